import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** One graph, as data. */
export interface Panel {
  readonly title: string;
  /** Series at the left axis. */
  readonly left: readonly cloudwatch.IMetric[];

  /**
   * Series at the right axis.
   *
   * @default - none
   */
  readonly right?: readonly cloudwatch.IMetric[];

  /**
   * Alarms whose thresholds are drawn into the left axis; those that the environment does not have are left out.
   *
   * @default - none
   */
  readonly alarms?: readonly string[];
}

/** Panels under a heading. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}
