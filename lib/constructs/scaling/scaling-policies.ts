import type { Duration } from 'aws-cdk-lib';
import type { ScheduledMinimum } from './scheduled-minimum';

/**
 * What scaling looks at; the name ends in the unit. `cpuPercent` and `memoryPercent` are shares of what the tasks
 * reserve, `capacityPercent` is the request rate as a share of the measured capacity of a task, and `p95Millis` is the
 * 95th percentile of the response time at the load balancer. CPU and memory end at 100 %, the other two do not.
 */
export type ScalingMetric = 'cpuPercent' | 'memoryPercent' | 'capacityPercent' | 'p95Millis';

/** From this value of the metric up to the next step, this many tasks are added. */
export interface ScaleOutStep {
  /** Value of the metric, in its own unit; the first step starts at the threshold. */
  readonly from: number;
  /** Tasks to add. */
  readonly add: number;
}

/** Adds tasks when one metric is above its threshold for some minutes; a larger breach takes a larger step. */
export interface ScaleOutTrigger {
  readonly metric: ScalingMetric;

  /** Exceeded by every one of the last `minutes` one-minute datapoints. */
  readonly above: number;
  readonly minutes: number;

  /** Rising; in force from the threshold to infinity without a gap. */
  readonly steps: readonly ScaleOutStep[];

  /** Pause before the same policy adds again; a larger step may still come at once. */
  readonly cooldown: Duration;
}

/** Removes tasks when everything is quiet at the same time: one condition, because separate policies act as OR. */
export interface ScaleInCondition {
  readonly cpuPercentBelow: number;
  readonly memoryPercentBelow: number;
  readonly capacityPercentBelow: number;
  readonly p95MillisBelow: number;

  /**
   * Times the present request rate that the fleet must be able to take before a task goes, for the spike that nobody
   * foresees: what is there when it begins is all there is for its first minute. The request rate then also has to be
   * below 100 / `reserve` percent of the capacity.
   *
   * @default - no reserve: the four bounds alone
   */
  readonly reserve?: number;

  /** All of it holds in every one of the last `minutes` one-minute datapoints. */
  readonly minutes: number;

  /** How many to remove at a time; a percentage of the running tasks rounds down, to one task at least. */
  readonly remove: { readonly tasks: number } | { readonly percent: number };

  /** Pause before the next removal. */
  readonly cooldown: Duration;
}

/**
 * Keeps one metric at a target by adding tasks in proportion; it never removes one. CPU and memory are tracked on
 * their 20-second metrics, the request rate on its one-minute metric.
 */
export interface Tracker {
  readonly metric: Exclude<ScalingMetric, 'p95Millis'>;
  readonly target: number;

  /** Pause before it adds again; a larger addition may still come at once. */
  readonly cooldown: Duration;
}

/**
 * Adds a share of the fleet on few 20-second datapoints: for the first seconds of a spike, when a tracker still waits for
 * its third datapoint.
 */
export interface BurstTrigger {
  readonly metric: 'cpuPercent' | 'memoryPercent';

  /** Exceeded by every one of the last `datapoints` 20-second datapoints. */
  readonly above: number;
  readonly datapoints: number;

  /** Share of the running tasks to add. */
  readonly addPercent: number;

  /** Tasks to add when the share is smaller. */
  readonly addAtLeast: number;

  /** Pause before it adds again. */
  readonly cooldown: Duration;
}

/** Forecasts the coming hours from the past days and, once trusted, adds tasks ahead of them. */
export interface PredictiveScaling {
  /** `ForecastOnly` shows what it would do; switch when the forecast has been compared with at least a week. */
  readonly mode: 'ForecastOnly' | 'ForecastAndScale';
  readonly metric: 'cpuPercent' | 'memoryPercent';
  readonly target: number;

  /** How long before the forecast load its tasks are started. */
  readonly lead: Duration;
}

/** How a container service follows its load: presets in `scaling-presets.ts`, anything in between as data. */
export interface ScalingPolicies {
  /** Any of them adds tasks. */
  readonly out: readonly ScaleOutTrigger[];

  /** The only thing that removes tasks. */
  readonly in: ScaleInCondition;

  /** The fast lane, without waiting for minutes of breach. */
  readonly trackers: readonly Tracker[];

  /** The first answer to a spike. */
  readonly bursts: readonly BurstTrigger[];

  /** Foreseen load. */
  readonly schedules: readonly ScheduledMinimum[];

  readonly predictive: PredictiveScaling | 'none';
}

/** What a task can do, measured on the reference service at the task's size. */
export interface TaskCapacity {
  /** Requests per second that one task answers within the latency objective: 100 % of `capacityPercent`. */
  readonly capacityPerTask: number;

  /** Memory of an idle task in MiB. */
  readonly baselineMemoryMiB: number;
}

/** Share of the capacity, in percent, that the request rate has to be below before a task goes. */
export function quietCapacityPercent({ capacityPercentBelow, reserve = 1 }: ScaleInCondition): number {
  return Math.min(capacityPercentBelow, 100 / reserve);
}
