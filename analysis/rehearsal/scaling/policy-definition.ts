import type { AlarmDefinition, MetricQuery } from '../alarms/alarm-definition';

type AdjustmentType = 'ChangeInCapacity' | 'PercentChangeInCapacity' | 'ExactCapacity';

/** One step; bounds are relative to the threshold of the alarm that invokes the policy. */
export interface StepAdjustment {
  /** @default - no lower bound */
  readonly lowerBound?: number;
  /** @default - no upper bound */
  readonly upperBound?: number;
  readonly adjustment: number;
}

export interface StepScalingPolicy {
  readonly type: 'step';
  readonly name: string;
  readonly adjustmentType: AdjustmentType;
  readonly steps: readonly StepAdjustment[];
  /** Least number of tasks a percentage moves. @default - none */
  readonly minAdjustmentMagnitude?: number;
  readonly cooldownSeconds: number;
  readonly aggregation: 'Average' | 'Minimum' | 'Maximum';
  /** The alarms that invoke it. */
  readonly alarms: readonly AlarmDefinition[];
}

export interface TargetTrackingPolicy {
  readonly type: 'target-tracking';
  readonly name: string;
  readonly queries: readonly MetricQuery[];
  /** Id of the query that is tracked. */
  readonly returns: string;
  /** 60, or 20 for the high-resolution ECS metrics. */
  readonly periodSeconds: number;
  readonly targetValue: number;
  readonly scaleOutCooldownSeconds: number;
  readonly scaleInCooldownSeconds: number;
  readonly disableScaleIn: boolean;
  /**
   * Share of the target below which the managed low alarm breaches.
   *
   * @default 0.9; ElastiCache uses 0.75
   */
  readonly lowAlarmShare?: number;
}

/** Sets the bounds at a time. */
export interface ScheduledAction {
  readonly name: string;
  /** `cron(…)`, `rate(…)` or `at(…)` as Application Auto Scaling reads them. */
  readonly schedule: string;
  /** IANA name. @default 'Etc/UTC' */
  readonly timeZone?: string;
  /** @default - unchanged */
  readonly minCapacity?: number;
  /** @default - unchanged */
  readonly maxCapacity?: number;
}

/** How the unpublished forecast model is stood in for; a report says which one was used. */
export const FORECAST_MODELS = ['same-hour-last-week', 'mean-of-last-weeks', 'perfect-hour'] as const;

export type ForecastModel = (typeof FORECAST_MODELS)[number];

export interface PredictivePolicy {
  readonly type: 'predictive';
  readonly name: string;
  readonly mode: 'ForecastOnly' | 'ForecastAndScale';
  /** Requests per second one task takes at the policy's target. */
  readonly requestsPerSecondPerTask: number;
  readonly schedulingBufferSeconds: number;
  readonly maxCapacityBreach: 'HonorMaxCapacity' | 'IncreaseMaxCapacity';
}

export type ScalingPolicy = StepScalingPolicy | TargetTrackingPolicy | PredictivePolicy;

/** One scalable target with everything that moves it. */
export interface ScalableTargetDefinition {
  readonly name: string;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly policies: readonly ScalingPolicy[];
  readonly schedules: readonly ScheduledAction[];
}

/** Cool-down of ECS, Aurora and Lambda targets when a policy states none. */
export const DEFAULT_COOLDOWN_SECONDS = 300;
