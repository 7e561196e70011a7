import type { Outcome, OutcomeRow } from '../simulation/outcome';

/** Share of the tasks' time above which requests wait for each other more than they work. */
const BUSY = 0.9;

/**
 * Why the worst minutes of an outcome were bad, as far as they show it: too few tasks for the load, at the maximum or on the
 * way to it, or what went wrong before.
 */
export function causeOf(outcome: Outcome, taskCapacityRps: number, maxTasks: number): string {
  const { atSeconds, seconds } = outcome.worstWindow;
  const end = atSeconds + seconds;
  const rows = outcome.rows.filter((row) => row.atSeconds < end && row.atSeconds + row.seconds > atSeconds);
  const busyTasks = (row: OutcomeRow) => row.requests / row.seconds / taskCapacityRps;
  const short = rows.reduce<OutcomeRow | undefined>((worst, row) => {
    const isShorter = worst === undefined || busyTasks(row) / row.running > busyTasks(worst) / worst.running;
    return isShorter ? row : worst;
  }, undefined);
  const fault = outcome.events.findLast(
    ({ kind, atSeconds: at }) => (kind === 'fault' || kind === 'deployment') && at <= end && at >= atSeconds - seconds,
  );
  const before = fault === undefined ? '' : `after "${fault.text}": `;
  if (short === undefined || busyTasks(short) < BUSY * short.running) {
    return fault === undefined ? 'not for want of tasks: the database, or requests that take long' : fault.text;
  }
  const load = `${before}the load keeps ${busyTasks(short).toFixed(1)} tasks busy, ${short.running} ran`;
  return short.running >= maxTasks ? `${load}, the most there may be` : load;
}
