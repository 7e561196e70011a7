/** A number of the simulated platform that CloudWatch would show as a metric. */
export type Measure =
  | 'cpu'
  | 'memory'
  | 'request-count'
  | 'request-count-per-target'
  | 'response-time'
  | 'target-errors'
  | 'healthy-hosts'
  | 'running-tasks'
  | 'reader-cpu'
  | 'reader-connections'
  | 'provisioned-utilization'
  /** A metric that this rehearsal never publishes, such as those of the idle target group of a blue/green deployment. */
  | 'silent';

/** A CloudWatch statistic, with the extended ones: percentiles such as `p95` and percentile ranks such as `PR(:0.2)`. */
export type Statistic = 'Average' | 'Sum' | 'Minimum' | 'Maximum' | 'SampleCount' | `p${number}` | `PR(${string})`;

/** A metric that is fetched: one entry of an alarm's `Metrics` with a `MetricStat`. */
export interface MeasuredQuery<M extends string = Measure> {
  readonly id: string;
  readonly measure: M;
  readonly statistic: Statistic;
  /** Resolution the source publishes at, in seconds: 60, or 20 for high-resolution ECS metrics. */
  readonly resolutionSeconds: number;
}

/** A metric that is computed: one entry of an alarm's `Metrics` with an `Expression`. */
interface ExpressionQuery {
  readonly id: string;
  readonly expression: string;
}

export type MetricQuery<M extends string = Measure> = MeasuredQuery<M> | ExpressionQuery;

export type Comparison =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanOrEqualToThreshold'
  | 'LessThanThreshold';

/** What a missing datapoint counts as; CloudWatch's default is `missing`. */
export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The part of an alarm that turns datapoints into a state. */
export interface AlarmRule {
  readonly comparison: Comparison;
  readonly threshold: number;
  /** N: how many of the most recent datapoints are looked at. */
  readonly evaluationPeriods: number;
  /** M: how many of the N must breach. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingData;
}

/** One metric alarm, as plain data. `M` names its metrics: by default those that a rehearsal publishes. */
export interface AlarmDefinition<M extends string = Measure> extends AlarmRule {
  readonly name: string;
  readonly queries: readonly MetricQuery<M>[];
  /** Id of the query whose series is compared with the threshold. */
  readonly returns: string;
  readonly periodSeconds: number;
  /**
   * Whether the window slides with each evaluation or sticks to multiples of the period.
   *
   * @default 'sliding'
   */
  readonly evaluationWindow?: 'sliding' | 'wall-clock';
  /**
   * `ignore` keeps the state while a percentile rests on too few samples (`EvaluateLowSampleCountPercentile`).
   *
   * @default 'evaluate'
   */
  readonly lowSampleCountPercentile?: 'evaluate' | 'ignore';
}

/** The order of percentile `p95` as a share, or undefined for any other statistic. */
export function percentileOf(statistic: Statistic): number | undefined {
  return statistic.startsWith('p') ? Number(statistic.slice(1)) / 100 : undefined;
}
