import type { Deployed } from '../../analysis/capacity';
import type { ScheduledEvent } from '../shared/scheduled-event';

/** A CloudWatch metric and how its values become shares of a ceiling: `offset + factor × value / ceiling`. */
export interface MeasuredRow {
  /** Label of the resource, such as `service_cpu`. */
  readonly type: string;
  /** Namespace and name of the metric, such as `AWS/ECS CPUUtilization`. */
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  /** Units of the ceiling per unit of the metric. */
  readonly factor: number;
  readonly ceiling: number;
  readonly unit: string;
  /** Share of the ceiling that can be used without harm. */
  readonly usable: number;
  /** Field of the configuration that sets the ceiling. */
  readonly field: string;
}

/** A quota of the account, whose use AWS measures. */
export interface QuotaRow {
  readonly type: string;
  readonly service: string;
  readonly code: string;
  /** Field of the configuration that makes use of it grow. */
  readonly field: string;
}

/** What the schedule sends every day. */
export interface AdvisorEvent extends ScheduledEvent {
  readonly environment: string;
  /** Requests, summed up over each hour. */
  readonly load: Pick<MeasuredRow, 'metric' | 'dimensions'>;
  /** What can run out. */
  readonly resources: readonly MeasuredRow[];
  /** What tells about sizes. */
  readonly sizes: readonly MeasuredRow[];
  readonly quotas: readonly QuotaRow[];
  readonly deployed: Deployed;
}
