import type { Rehearsal, RehearsalReport } from '../rehearse';
import { type ComparedTraffic, type Comparison, type ComparisonRow, summarizeComparison } from '../verdict/compare';
import type { Ceiling } from '../verdict/growth-plan';
import type { SensitivityRow } from '../verdict/sensitivity';
import { type Band, milliseconds, percent, type Verdict } from '../verdict/verdict';

export type Cell = string | number;

const HOURS_PER_MONTH = 730;
const one = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1));

export const SCENARIO_HEAD = [
  'scenario',
  'peak req/s',
  'verdict',
  'worst 5-min p95',
  'p50 / p95 / p99',
  'answered',
  'bad minutes',
  'longest',
];

/** What users saw of every scenario; medians over the seeds. */
export function scenarioRows({ rehearsals }: Pick<RehearsalReport, 'rehearsals'>): Cell[][] {
  return rehearsals.map(({ scenario, peakRps, verdict }) => experienceCells(scenario.name, peakRps, verdict));
}

/** The cells under {@link SCENARIO_HEAD}. */
export function experienceCells(name: string, peakRps: number, { holds, figures }: Verdict): Cell[] {
  return [
    name,
    one(peakRps),
    holds ? 'holds' : 'FAILS',
    milliseconds(figures.worstP95Ms.median),
    [figures.p50Ms, figures.p95Ms, figures.p99Ms].map(({ median }) => milliseconds(median)).join(' / '),
    percent(1 - figures.unansweredShare.median),
    spread(figures.badMinutes),
    `${figures.minutesToCapacity.median} min`,
  ];
}

export const CAPACITY_HEAD = [
  'scenario',
  'tasks',
  'most',
  'task-hours',
  'USD/month',
  'actions',
  'flaps',
  'hit ratio',
  'queries/s',
  'readers',
];

/** What every scenario took; medians over the seeds. A month is one of 730 hours like those of the scenario. */
export function capacityRows({
  rehearsals,
  taskHourUsd,
}: Pick<RehearsalReport, 'rehearsals' | 'taskHourUsd'>): Cell[][] {
  return rehearsals.map(({ scenario, verdict: { figures }, shown }) => [
    scenario.name,
    one(figures.meanTasks.median),
    figures.maxTasks.median,
    one(figures.taskHours.median),
    taskHourUsd === undefined ? '–' : one(figures.meanTasks.median * HOURS_PER_MONTH * taskHourUsd),
    figures.actions.median,
    figures.flaps.median,
    shown.hitRatio === undefined ? '–' : percent(shown.hitRatio),
    shown.hitRatio === undefined ? '–' : one(figures.databaseQueries.median / shown.durationSeconds),
    shown.readerHours === 0 ? '–' : one((shown.readerHours * 3600) / shown.durationSeconds),
  ]);
}

export const FAILURE_HEAD = ['scenario', 'objective', 'goal', 'found (90 % of seeds)', 'worst', 'cause'];

/** The objectives that do not hold. */
export function failureRows(rehearsals: readonly Rehearsal[]): Cell[][] {
  return rehearsals.flatMap(({ scenario, verdict, cause }) =>
    verdict.checks
      .filter(({ holds }) => !holds)
      .map(({ objective, goal, found, worst }) => [scenario.name, objective, goal, found, worst, cause]),
  );
}

export const SENSITIVITY_HEAD = ['undocumented parameter', 'verdict', 'bad minutes', 'tasks'];

export function sensitivityRows(rows: readonly SensitivityRow[]): Cell[][] {
  return rows.map(({ label, holds, badMinutes, meanTasks }) => [
    label,
    holds ? 'holds' : 'FAILS',
    `${one(badMinutes.median)} (${one(badMinutes.low)} to ${one(badMinutes.high)})`,
    one(meanTasks.median),
  ]);
}

/** Contenders that a table has columns for. */
const MOST_COLUMNS = 10;

/** Who was better on the same traffic: a column for each contender, the best first; of many contenders the sums in rows. */
export function comparisonTable(comparison: Comparison): { readonly head: string[]; readonly rows: Cell[][] } {
  const sums = summarizeComparison(comparison.cells).sort(
    (a, b) => a.badMinutes - b.badMinutes || a.taskHours - b.taskHours,
  );
  return sums.length > MOST_COLUMNS ? sumsInRows(sums) : sideBySide(comparison, sums);
}

function sideBySide({ traffics, cells }: Comparison, sums: readonly ComparisonRow[]) {
  const rows = traffics.map((traffic) => [
    trafficLabel(traffic),
    ...sums.map(({ contender }) => {
      const found = cells.find((cell) => cell.traffic === traffic.name && cell.contender === contender);
      return found === undefined ? '–' : `${spread(found.figures.badMinutes)} / ${one(found.figures.meanTasks.median)}`;
    }),
  ]);
  return {
    head: ['bad minutes / mean tasks', ...sums.map(({ contender }) => contender)],
    rows: [
      ...rows,
      ['bad minutes in all', ...sums.map(({ badMinutes }) => badMinutes.toFixed(0))],
      ['task-hours in all', ...sums.map(({ taskHours }) => taskHours.toFixed(0))],
      ['on the Pareto front', ...sums.map(({ pareto }) => (pareto ? 'yes' : ''))],
    ],
  };
}

function sumsInRows(sums: readonly ComparisonRow[]) {
  return {
    head: ['policies', 'bad minutes', 'task-hours', 'unanswered', 'on the Pareto front'],
    rows: sums.map(({ contender, badMinutes, taskHours, unansweredShare, pareto }) => [
      contender,
      badMinutes.toFixed(0),
      taskHours.toFixed(0),
      percent(unansweredShare),
      pareto ? 'yes' : '',
    ]),
  };
}

function trafficLabel({ name, durationSeconds, meanRps, peakRps }: ComparedTraffic): string {
  const hours = durationSeconds / 3600;
  const length = hours < 48 ? `${one(hours)} h` : `${one(hours / 24)} d`;
  return `${name} (${length}, mean ${meanRps.toFixed(0)}, peak ${peakRps.toFixed(0)} req/s)`;
}

/** The median, and the band where the seeds differ. */
function spread({ low, median, high }: Band): string {
  return low === high ? `${median}` : `${median} (${low}–${high})`;
}

export const PLAN_HEAD = ['ceiling', 'reached at (req/s)', 'times today', 'months', 'remedy'];

export function planRows(ceilings: readonly Ceiling[]): Cell[][] {
  return ceilings.map(({ ceiling, atPeakRps, growth, months, remedy }) => [
    ceiling,
    one(atPeakRps),
    one(growth),
    Number.isFinite(months) ? one(months) : 'never',
    remedy,
  ]);
}
