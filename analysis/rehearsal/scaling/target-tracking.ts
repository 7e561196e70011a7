import type { AlarmDefinition } from '../alarms/alarm-definition';
import type { TargetTrackingPolicy } from './policy-definition';

/** How far target tracking scales in; AWS says only "more gradually". */
export type ScaleInModel = 'proportional' | 'one-at-a-time' | 'at-most-10-percent';

/** Datapoints of the managed alarms on 20-second metrics, which nobody has published. */
export interface FastTrackerModel {
  readonly fastTrackerHighDatapoints: number;
  readonly fastTrackerLowDatapoints: number;
}

/** Datapoints of the managed alarms on one-minute metrics: above the target for 3, below 90 % of it for 15. */
const HIGH_DATAPOINTS = 3;
const LOW_DATAPOINTS = 15;

/**
 * The two alarms that Application Auto Scaling creates for a target-tracking policy.
 * Source: aws/containers-roadmap#1208 (periods), Application Auto Scaling user guide ("usually more than 10 % lower").
 */
export function managedAlarms(
  policy: TargetTrackingPolicy,
  model: FastTrackerModel,
): { readonly high: AlarmDefinition; readonly low: AlarmDefinition } {
  const { name, queries, returns, periodSeconds, targetValue } = policy;
  const shared = { queries, returns, periodSeconds, treatMissingData: 'missing' } as const;
  const isFast = periodSeconds < 60;
  const datapoints = (count: number) => ({ evaluationPeriods: count, datapointsToAlarm: count });
  return {
    high: {
      ...shared,
      ...datapoints(isFast ? model.fastTrackerHighDatapoints : HIGH_DATAPOINTS),
      name: `${name}/AlarmHigh`,
      comparison: 'GreaterThanThreshold',
      threshold: targetValue,
    },
    low: {
      ...shared,
      ...datapoints(isFast ? model.fastTrackerLowDatapoints : LOW_DATAPOINTS),
      name: `${name}/AlarmLow`,
      comparison: 'LessThanThreshold',
      threshold: targetValue * (policy.lowAlarmShare ?? 0.9),
    },
  };
}

/** Capacity that brings the metric to its target: proportional, rounded up. */
export function trackedCapacity(running: number, value: number, targetValue: number): number {
  // 10 × 70 / 70 must stay 10: a rounding error of the division is no task.
  return Math.ceil((running * value) / targetValue - 1e-9);
}

/** Capacity after scaling in towards `trackedCapacity`. */
export function trackedScaleIn(model: ScaleInModel, running: number, value: number, targetValue: number): number {
  const wanted = trackedCapacity(running, value, targetValue);
  switch (model) {
    case 'proportional':
      return wanted;
    case 'one-at-a-time':
      return Math.max(wanted, running - 1);
    case 'at-most-10-percent':
      return Math.max(wanted, running - Math.max(1, Math.floor(running / 10)));
  }
}
