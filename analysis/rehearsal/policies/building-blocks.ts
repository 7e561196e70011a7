import type { AlarmDefinition, Comparison, Measure, MeasuredQuery, Statistic } from '../alarms/alarm-definition';
import {
  DEFAULT_COOLDOWN_SECONDS,
  type StepAdjustment,
  type StepScalingPolicy,
  type TargetTrackingPolicy,
} from '../scaling/policy-definition';

/** The metric an alarm or a tracker looks at. */
export function query(measure: Measure, statistic: Statistic = 'Average', resolutionSeconds = 60): MeasuredQuery {
  return { id: 'm', measure, statistic, resolutionSeconds };
}

/** An alarm over one metric. */
export function alarmOn(
  name: string,
  on: MeasuredQuery,
  comparison: Comparison,
  threshold: number,
  periods: { readonly datapoints: number; readonly of?: number; readonly periodSeconds?: number },
): AlarmDefinition {
  return {
    name,
    queries: [on],
    returns: on.id,
    periodSeconds: periods.periodSeconds ?? on.resolutionSeconds,
    comparison,
    threshold,
    evaluationPeriods: periods.of ?? periods.datapoints,
    datapointsToAlarm: periods.datapoints,
    treatMissingData: 'missing',
  };
}

/** A step policy with one alarm. */
export function stepPolicy(
  name: string,
  alarm: AlarmDefinition,
  steps: readonly StepAdjustment[],
  given: Partial<Omit<StepScalingPolicy, 'type' | 'name' | 'alarms' | 'steps'>> = {},
): StepScalingPolicy {
  return {
    type: 'step',
    name,
    alarms: [alarm],
    steps,
    adjustmentType: 'ChangeInCapacity',
    cooldownSeconds: DEFAULT_COOLDOWN_SECONDS,
    aggregation: 'Average',
    ...given,
  };
}

/** A target-tracking policy with one metric and AWS's default cool-downs. */
export function trackingPolicy(
  name: string,
  on: MeasuredQuery,
  targetValue: number,
  given: Partial<TargetTrackingPolicy> = {},
): TargetTrackingPolicy {
  return {
    type: 'target-tracking',
    name,
    queries: [on],
    returns: on.id,
    periodSeconds: on.resolutionSeconds,
    targetValue,
    scaleOutCooldownSeconds: DEFAULT_COOLDOWN_SECONDS,
    scaleInCooldownSeconds: DEFAULT_COOLDOWN_SECONDS,
    disableScaleIn: false,
    ...given,
  };
}
