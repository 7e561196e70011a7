import type { TargetTrackingPolicy } from '../../../../analysis/rehearsal/scaling/policy-definition';
import { managedAlarms, trackedCapacity, trackedScaleIn } from '../../../../analysis/rehearsal/scaling/target-tracking';

const POLICY: TargetTrackingPolicy = {
  type: 'target-tracking',
  name: 'cpu',
  queries: [{ id: 'm', measure: 'cpu', statistic: 'Average', resolutionSeconds: 60 }],
  returns: 'm',
  periodSeconds: 60,
  targetValue: 60,
  scaleOutCooldownSeconds: 300,
  scaleInCooldownSeconds: 300,
  disableScaleIn: false,
};
const MODEL = { fastTrackerHighDatapoints: 2, fastTrackerLowDatapoints: 9 };

// aws/containers-roadmap#1208: more than the target for 3 of 3 minutes, less than 90 % of it for 15 of 15.
test('the managed alarms are those that AWS creates', () => {
  const shared = { queries: POLICY.queries, returns: 'm', periodSeconds: 60, treatMissingData: 'missing' };
  expect(managedAlarms(POLICY, MODEL)).toEqual({
    high: {
      ...shared,
      name: 'cpu/AlarmHigh',
      comparison: 'GreaterThanThreshold',
      threshold: 60,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
    },
    low: {
      ...shared,
      name: 'cpu/AlarmLow',
      comparison: 'LessThanThreshold',
      threshold: 54,
      evaluationPeriods: 15,
      datapointsToAlarm: 15,
    },
  });
});

test('those on 20-second metrics have as many datapoints as is assumed', () => {
  const { high, low } = managedAlarms({ ...POLICY, periodSeconds: 20 }, MODEL);
  expect([high.evaluationPeriods, high.datapointsToAlarm]).toEqual([2, 2]);
  expect([low.evaluationPeriods, low.datapointsToAlarm]).toEqual([9, 9]);
});

test.each([
  [10, 70, 70, 10],
  [10, 71, 70, 11],
  [4, 100, 50, 8],
  // 7 × 0.1 / 0.7 is 1.0000000000000002 in binary, and one task.
  [7, 0.1, 0.7, 1],
])('%d tasks at %d with a target of %d need %d', (running, value, target, expected) => {
  expect(trackedCapacity(running, value, target)).toBe(expected);
});

test.each([
  // 2 × 44 / 50 is 1.76: nobody goes, however slowly.
  ['one-at-a-time', 2, 44, 2],
  ['one-at-a-time', 10, 20, 9],
  ['at-most-10-percent', 2, 44, 2],
  ['at-most-10-percent', 40, 10, 36],
  ['at-most-10-percent', 5, 10, 4],
  ['proportional', 40, 10, 8],
] as const)('%s: %d tasks at %d of 50 become %d', (model, running, value, expected) => {
  expect(trackedScaleIn(model, running, value, 50)).toBe(expected);
});
