import type { Rehearsal, RehearsalReport } from '../rehearse';
import type { OutcomeRow } from '../simulation/outcome';
import type { ControlEvent } from '../simulation/target-controller';

/** Everything the page's script draws of one scenario: columns over one time axis, as uPlot takes them, and what happened. */
export function plotData({ shown }: Rehearsal, { objectives, model }: Pick<RehearsalReport, 'objectives' | 'model'>) {
  const column = (pick: (row: OutcomeRow) => number | undefined) => shown.rows.map((row) => pick(row) ?? null);
  const { atSeconds, seconds, p95Ms } = shown.worstWindow;
  return {
    at: column((row) => row.atSeconds),
    rps: column((row) => row.requests / row.seconds),
    failedRps: column((row) => row.failed / row.seconds),
    running: column(({ running }) => running),
    desired: column(({ desired }) => desired),
    p50: column((row) => row.p50Ms),
    p95: column((row) => row.p95Ms),
    p99: column((row) => row.p99Ms),
    cpu: column(({ cpuPercent }) => cpuPercent),
    objectiveMs: objectives.latencyP95Ms,
    maxTasks: model.scaling.maxCapacity,
    worst: { from: atSeconds, to: atSeconds + seconds, holds: p95Ms <= objectives.latencyP95Ms },
    alarms: alarmSpans(shown.events, shown.durationSeconds),
    actions: shown.events
      .filter(({ kind }) => kind !== 'alarm')
      .map(({ atSeconds: at, kind, text }) => ({
        at,
        kind,
        label: labelOf(kind, text),
      })),
  };
}

/** When each alarm was in ALARM, in the order in which they went off. */
function alarmSpans(events: readonly ControlEvent[], endSeconds: number) {
  const spans = new Map<string, [number, number][]>();
  for (const { alarm, atSeconds } of events) {
    if (alarm === undefined) continue;
    const own = spans.get(alarm.name) ?? [];
    const open = own.at(-1);
    if (alarm.state === 'ALARM') spans.set(alarm.name, [...own, [atSeconds, endSeconds]]);
    else if (open !== undefined) open[1] = atSeconds;
  }
  return [...spans].map(([name, found]) => ({ name: withoutHash(name), spans: found }));
}

/** What was done, in a few characters: `2 → 4` for scaling, the words for everything else. */
function labelOf(kind: ControlEvent['kind'], text: string): string {
  return kind === 'scale-out' || kind === 'scale-in' ? (/\d+ → \d+$/.exec(text)?.[0] ?? text) : text;
}

/** Logical ids of the CDK end in eight characters that say nothing to people. */
function withoutHash(name: string): string {
  return name.replace(/[0-9A-F]{8}(?=$|\/)/, '');
}
