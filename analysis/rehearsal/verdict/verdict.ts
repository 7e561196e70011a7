import type { RehearsalObjectives } from '../objectives';
import type { OutcomeTotals } from '../simulation/outcome';
import type { Fault } from '../simulation/simulation-input';

/** A figure over all seeds: its median, and the band that 90 % of them are in. */
export interface Band {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** One objective and whether it held. */
interface Check {
  readonly objective: string;
  readonly goal: string;
  readonly found: string;
  readonly holds: boolean;
  /** Where it was worst. */
  readonly worst: string;
}

export interface Verdict {
  readonly holds: boolean;
  readonly checks: readonly Check[];
  readonly figures: Readonly<Record<Figure, Band>>;
  readonly seeds: number;
}

const FIGURES = {
  p50Ms: (outcome: OutcomeTotals) => outcome.p50Ms,
  p95Ms: (outcome: OutcomeTotals) => outcome.p95Ms,
  p99Ms: (outcome: OutcomeTotals) => outcome.p99Ms,
  worstP95Ms: (outcome: OutcomeTotals) => outcome.worstWindow.p95Ms,
  unansweredShare: (outcome: OutcomeTotals) => (outcome.refused + outcome.failed) / Math.max(1, outcome.requests),
  badMinutes: (outcome: OutcomeTotals) => outcome.badMinutes,
  minutesToCapacity: (outcome: OutcomeTotals) => outcome.longestBadMinutes,
  meanTasks: (outcome: OutcomeTotals) => (outcome.taskHours * 3600) / outcome.durationSeconds,
  taskHours: (outcome: OutcomeTotals) => outcome.taskHours,
  maxTasks: (outcome: OutcomeTotals) => outcome.maxTasks,
  actions: (outcome: OutcomeTotals) => outcome.scaleOuts + outcome.scaleIns,
  flaps: (outcome: OutcomeTotals) => outcome.flaps,
  databaseQueries: (outcome: OutcomeTotals) => outcome.databaseQueries,
} as const;

export type Figure = keyof typeof FIGURES;

/** Faults that come a few times a year and that no fleet of a few tasks gets through without a failed request. */
const INCIDENTS: ReadonlySet<Fault['kind']> = new Set(['zone-lost']);

const BUDGET_HOURS = 28 * 24;

/** Above it an incident needs a postmortem: https://sre.google/workbook/error-budget-policy/ */
const INCIDENT_SHARE = 0.2;

/** Quantile of a few values, the nearest rank. */
export function rankOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** The band of a figure over all seeds. */
export function bandOf(outcomes: readonly OutcomeTotals[], figure: Figure): Band {
  const values = outcomes.map(FIGURES[figure]);
  return { low: rankOf(values, 0.05), median: rankOf(values, 0.5), high: rankOf(values, 0.95) };
}

/**
 * Judges outcomes by the objectives: an objective holds when it does at the bad end of the band.
 *
 * @param faults what went wrong meanwhile; an incident is judged by what it takes of the error budget
 */
export function verdictOf(
  outcomes: readonly OutcomeTotals[],
  objectives: RehearsalObjectives,
  faults: readonly Fault[] = [],
): Verdict {
  const isIncident = faults.some(({ kind }) => INCIDENTS.has(kind));
  const names = Object.keys(FIGURES) as Figure[];
  const figures = Object.fromEntries(names.map((name) => [name, bandOf(outcomes, name)])) as Record<Figure, Band>;
  const checks = [
    latencyCheck(outcomes, figures.worstP95Ms, objectives),
    isIncident ? budgetCheck(outcomes, objectives) : availabilityCheck(figures.unansweredShare, objectives),
  ];
  return { holds: checks.every(({ holds }) => holds), checks, figures, seeds: outcomes.length };
}

function latencyCheck(outcomes: readonly OutcomeTotals[], band: Band, { latencyP95Ms }: RehearsalObjectives): Check {
  const worst = outcomes.reduce<OutcomeTotals | undefined>(
    (found, one) => (found === undefined || one.worstWindow.p95Ms > found.worstWindow.p95Ms ? one : found),
    undefined,
  );
  return {
    objective: 'p95 of every five minutes',
    goal: `≤ ${latencyP95Ms} ms`,
    found: `${milliseconds(band.median)} (${milliseconds(band.low)} to ${milliseconds(band.high)})`,
    holds: band.high <= latencyP95Ms,
    worst: worst === undefined ? '' : `seed ${worst.seed}, from ${clock(worst.worstWindow.atSeconds)}`,
  };
}

function availabilityCheck(band: Band, { availability }: RehearsalObjectives): Check {
  return {
    objective: 'answered requests',
    goal: `≥ ${percent(availability)}`,
    found: `${percent(1 - band.median)} (${percent(1 - band.high)} to ${percent(1 - band.low)})`,
    holds: 1 - band.high >= availability,
    worst: '',
  };
}

/** The requests an incident left unanswered, as a share of what the objective lets go in four weeks of the mean load. */
function budgetCheck(
  outcomes: readonly OutcomeTotals[],
  { availability, requestsPerHour }: RehearsalObjectives,
): Check {
  const budget = (1 - availability) * requestsPerHour * BUDGET_HOURS;
  const spent = outcomes.map(({ refused, failed }) => (refused + failed) / budget);
  const high = rankOf(spent, 0.95);
  return {
    objective: 'error budget of four weeks',
    goal: `≤ ${percent(INCIDENT_SHARE)} spent`,
    found: `${percent(rankOf(spent, 0.5))} (${percent(rankOf(spent, 0.05))} to ${percent(high)})`,
    holds: high <= INCIDENT_SHARE,
    worst: '',
  };
}

/** Milliseconds for people. */
export function milliseconds(ms: number): string {
  if (!Number.isFinite(ms)) return 'unanswered';
  return ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`;
}

/** A share for people, never rounded up to 100 %. */
export function percent(share: number): string {
  const text = (100 * share).toFixed(2);
  return share < 1 && text === '100.00' ? '> 99.99 %' : `${text} %`;
}

/** Seconds since the start as days, hours and minutes. */
export function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const days = Math.floor(minutes / 1440);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${days > 0 ? `${days} d ` : ''}${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}
