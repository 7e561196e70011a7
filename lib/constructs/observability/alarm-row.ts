import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** When a value is bad. */
export type Condition =
  | { readonly above: number }
  | { readonly atLeast: number }
  | { readonly below: number }
  | { readonly atMost: number };

/** What a missing datapoint counts as. There is no default: somebody has to know why data can be missing. */
export interface MissingData {
  readonly counts: 'notBreaching' | 'breaching' | 'ignore' | 'missing';
  readonly because: string;
}

/** One alarm, as data. */
export interface AlarmRow {
  /** Unique in an environment, such as `database-writer-cpu`. */
  readonly id: string;

  /** What has happened, for whoever is woken: one sentence without a full stop. */
  readonly says: string;

  readonly metric: cloudwatch.IMetric;
  readonly when: Condition;

  /** How many of the latest datapoints must be bad, such as `[3, 5]`: three of five. */
  readonly datapoints: readonly [bad: number, of: number];

  /** `page` wakes somebody, `ticket` waits for the morning. */
  readonly severity: 'page' | 'ticket';

  readonly missing: MissingData;

  /**
   * What a percentile over too few samples does.
   *
   * @default 'evaluate', which is only right for statistics that are no percentiles
   */
  readonly fewSamples?: 'ignore' | 'evaluate';

  /**
   * Which time a datapoint is over: the latest at every moment (`sliding`), or whole days and weeks in UTC (`calendar`),
   * for what happens once in each, not always at the same hour.
   *
   * @default 'sliding'
   */
  readonly window?: 'sliding' | 'calendar';

  /**
   * Name of the file under `docs/runbooks/`.
   *
   * @default - the id
   */
  readonly runbook?: string;
}

/** The alarms of one part of the platform. */
export interface Concern {
  /** Such as `database`. */
  readonly name: string;
  readonly rows: readonly AlarmRow[];
}

/** Key of the metadata that tells the platform's checks about an alarm (analysis/alarms). */
export const ALARM_METADATA = 'Headroom::Alarm';

/** What the template says about an alarm beside its properties. */
export interface AlarmMetadata {
  readonly id: string;
  readonly severity: 'page' | 'ticket' | 'none';
  /** Name of the file under `docs/runbooks/`. */
  readonly runbook: string;
  /** Why missing data counts as it does. */
  readonly missing?: string;
  /** Why the alarm has no action of its own. */
  readonly silent?: string;
}
