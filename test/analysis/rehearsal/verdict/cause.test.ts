import type { Outcome, OutcomeRow } from '../../../../analysis/rehearsal/simulation/outcome';
import { simulate } from '../../../../analysis/rehearsal/simulation/simulate';
import type { ControlEvent } from '../../../../analysis/rehearsal/simulation/target-controller';
import { steady } from '../../../../analysis/rehearsal/traffic/traffic';
import { causeOf } from '../../../../analysis/rehearsal/verdict/cause';
import { input } from '../simulation/inputs';

const base = simulate(input({ traffic: steady(1, 60) }), 1);
const row = (minute: number, rps: number, running: number): OutcomeRow => ({
  atSeconds: 60 * minute,
  seconds: 60,
  requests: 60 * rps,
  failed: 0,
  slow: 0,
  p50Ms: 1,
  p95Ms: 1,
  p99Ms: 1,
  running,
  desired: running,
  cpuPercent: 0,
  readers: 0,
});

/** An outcome whose worst window is minutes 5 to 9; a task takes 50 requests/s. */
function outcome(rows: readonly OutcomeRow[], events: readonly ControlEvent[] = []): Outcome {
  return { ...base, rows, events, worstWindow: { atSeconds: 300, seconds: 300, p95Ms: 900 } };
}
const cause = (...given: Parameters<typeof outcome>) => causeOf(outcome(...given), 50, 10);
const calm = Array.from({ length: 12 }, (_, minute) => row(minute, 100, 4));

test('too few tasks for the load, by the shortest minute of the window', () => {
  expect(cause(calm.with(6, row(6, 300, 4)).with(7, row(7, 300, 5)))).toBe('the load keeps 6.0 tasks busy, 4 ran');
  // Outside the window nobody looks.
  expect(cause(calm.with(2, row(2, 900, 4)))).toBe('not for want of tasks: the database, or requests that take long');
});

test('the most tasks there may be are not enough', () => {
  expect(cause(calm.with(6, row(6, 600, 10)))).toBe('the load keeps 12.0 tasks busy, 10 ran, the most there may be');
});

test('what went wrong before', () => {
  const lost: ControlEvent = { atSeconds: 290, kind: 'fault', text: 'zone 1 is lost' };
  expect(cause(calm.with(6, row(6, 150, 2)), [lost])).toBe(
    'after "zone 1 is lost": the load keeps 3.0 tasks busy, 2 ran',
  );
  expect(cause(calm, [lost])).toBe('zone 1 is lost');
});
