import type { AlarmRule, AlarmState, Comparison } from './alarm-definition';

/** Datapoints of an evaluation range, oldest first; `undefined` is a missing one. */
export type Datapoints = readonly (number | undefined)[];

/** Whether `value` breaches `threshold`. */
export function breaches(comparison: Comparison, threshold: number, value: number): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    case 'LessThanThreshold':
      return value < threshold;
  }
}

/**
 * The state CloudWatch gives an alarm for the datapoints of its evaluation range.
 *
 * N real points or more: the N most recent ones decide. Fewer: all of them count, and the missing ones are what
 * `TreatMissingData` says, except that breaching points which are old enough raise the alarm although younger ones are
 * missing ("premature alarm" rule).
 * Source: "Configuring how CloudWatch alarms treat missing data" in the CloudWatch user guide, whose two tables are
 * the tests of this function.
 *
 * @param range datapoints of the evaluation range, at least N of them
 * @param previous the state that `ignore` keeps
 */
export function alarmState(rule: AlarmRule, range: Datapoints, previous: AlarmState): AlarmState {
  const real = range.filter((value) => value !== undefined);
  const used = real.slice(-rule.evaluationPeriods);
  const breaching = used.filter((value) => breaches(rule.comparison, rule.threshold, value)).length;
  const filled = Math.max(0, rule.evaluationPeriods - used.length);
  if (breaching >= rule.datapointsToAlarm) return 'ALARM';
  if (filled === 0) return 'OK';
  switch (rule.treatMissingData) {
    case 'breaching':
      return breaching + filled >= rule.datapointsToAlarm ? 'ALARM' : 'OK';
    case 'notBreaching':
      return 'OK';
    case 'ignore':
      return breaching < used.length ? 'OK' : previous;
    case 'missing':
      if (used.length === 0) return 'INSUFFICIENT_DATA';
      return breaching === used.length && oldestAge(range) >= rule.datapointsToAlarm ? 'ALARM' : 'OK';
  }
}

/** Periods since the oldest real datapoint; 1 is the newest place of the range. */
function oldestAge(range: Datapoints): number {
  const oldest = range.findIndex((value) => value !== undefined);
  return range.length - oldest;
}

/**
 * Whether a percentile rests on too few samples to be judged: fewer than 10 / (1 − p) above the median, fewer than 10 / p
 * below. Source: "Percentile-based CloudWatch alarms and low data samples".
 */
export function hasTooFewSamples(percentile: number, samples: number): boolean {
  // 1 − 0.99 is a little more than 0.01 in binary: round the way the documentation's 1000 does.
  return samples < Math.round(10 / (percentile >= 0.5 ? 1 - percentile : percentile));
}
