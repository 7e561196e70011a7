/** A CloudWatch metric, as the platform's stacks name it. */
export interface MetricReference {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Average` or `SampleCount` over an hour. */
  readonly statistic: string;
  /** Region that has the metric. @default - the function's own */
  readonly region?: string;
}

/** One meter of the bill and how much of it an hour uses: a constant, or a metric times a factor. */
export interface UsageRow {
  /** Meter of the price book, such as `alb.lcu`. */
  readonly meter: string;
  /** Units per hour, or units per unit of the metric. */
  readonly factor: number;
  /** @default - the factor is the usage of every hour */
  readonly metric?: MetricReference;
}

/** Asks for the model of the last full hour. */
export interface ModelEvent {
  readonly report: 'model';
  readonly environment: string;
  readonly usage: readonly UsageRow[];
  /** Requests of users: what the cost is divided by. */
  readonly requests: MetricReference;
}

/** Asks for what AWS billed the day before yesterday. */
export interface TruthEvent {
  readonly report: 'truth';
  readonly environment: string;
  /** Cost allocation tag that marks the environment's resources. */
  readonly tag: string;
}

export type ReportEvent = ModelEvent | TruthEvent;

/** A schedule that sends anything else is a defect of the stack. */
export class UnknownReportError extends Error {
  public override readonly name = 'UnknownReportError';
}

/** @throws UnknownReportError when `event` asks for no known report */
export function assertReport(event: { readonly report?: unknown }): asserts event is ReportEvent {
  if (event.report === 'model' || event.report === 'truth') return;
  throw new UnknownReportError(`\`report\` must be model or truth, got ${JSON.stringify(event.report)}`);
}
