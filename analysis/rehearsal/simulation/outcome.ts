import type { ControlEvent } from './target-controller';

/** One stretch of the time axis: a minute, or several in a long rehearsal. */
export interface OutcomeRow {
  /** Start of the stretch. */
  readonly atSeconds: number;
  readonly seconds: number;
  readonly requests: number;
  /** Refused, failed or timed out. */
  readonly failed: number;
  /** Answered later than the objective. */
  readonly slow: number;
  /** The worst minute of the stretch; undefined without answers. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p99Ms: number | undefined;
  /** Fewest running tasks. */
  readonly running: number;
  readonly desired: number;
  readonly cpuPercent: number;
  readonly readers: number;
}

/** The worst window of five minutes, or of as many as 200 requests took. */
export interface WorstWindow {
  readonly atSeconds: number;
  readonly seconds: number;
  /** Infinite when more than 5 % of the window's requests were not answered. */
  readonly p95Ms: number;
}

/** What one rehearsal with one seed came to. */
export interface Outcome {
  readonly seed: number;
  readonly durationSeconds: number;
  readonly requests: number;
  readonly refused: number;
  /** Sent to dead tasks, or timed out. */
  readonly failed: number;
  readonly slow: number;
  /** Quantiles of all answered requests, never means of quantiles. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Minutes in which more than 5 % of the requests were slow or not answered. */
  readonly badMinutes: number;
  /** Longest run of bad minutes: how long it takes to have enough capacity again. */
  readonly longestBadMinutes: number;
  readonly worstWindow: WorstWindow;
  readonly taskHours: number;
  readonly readerHours: number;
  readonly minTasks: number;
  readonly maxTasks: number;
  readonly scaleOuts: number;
  readonly scaleIns: number;
  /** Scale-ins that a scale-out took back within ten minutes. */
  readonly flaps: number;
  /** Tasks that ECS replaced because they failed their health checks. */
  readonly replacements: number;
  readonly hitRatio: number | undefined;
  readonly databaseQueries: number;
  readonly rows: readonly OutcomeRow[];
  readonly events: readonly ControlEvent[];
}

/** An outcome without its time axis: what verdicts and comparisons look at. */
export type OutcomeTotals = Omit<Outcome, 'rows' | 'events'>;
