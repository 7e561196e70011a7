import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { PlatformFunction } from '../../function/platform-function';
import type { AlarmRow, Concern, MissingData } from '../alarm-row';
import { inGroups, numbered, summedUp } from './in-groups';

const NOT_CALLED: MissingData = { counts: 'notBreaching', because: 'no function was called' };

/**
 * What goes wrong in functions: few alarms over all of them, because each has few calls and each alarm its price. Which
 * one it is, the runbook finds with one query.
 *
 * @param accountConcurrency the account's limit of concurrent executions in the region
 */
export function functionAlarms(functions: readonly PlatformFunction[], accountConcurrency: number): Concern {
  const groups = inGroups(functions);
  return {
    name: 'functions',
    rows: [...groups.flatMap((group, index) => groupRows(group, index)), concurrencyRow(accountConcurrency)],
  };
}

function groupRows(group: readonly PlatformFunction[], index: number): AlarmRow[] {
  const row = (id: string, rest: Omit<AlarmRow, 'id' | 'severity' | 'missing' | 'runbook'>): AlarmRow => ({
    ...rest,
    id: numbered(id, index),
    severity: 'ticket',
    missing: NOT_CALLED,
    runbook: id,
  });
  const sums = (of: (fn: PlatformFunction, period: Duration) => cloudwatch.Metric, period: Duration) =>
    summedUp(
      group.map((fn) => of(fn, period)),
      period,
    );
  return [
    row('functions-failing', {
      says: 'Functions have failed three times or more within a quarter of an hour',
      metric: sums((fn, period) => fn.metricErrors({ period }), Duration.minutes(15)),
      when: { atLeast: 3 },
      datapoints: [1, 1],
    }),
    row('functions-throttled', {
      says: 'Functions are called more often than their concurrency allows',
      metric: sums((fn, period) => fn.metricThrottles({ period }), Duration.minutes(5)),
      when: { atLeast: 1 },
      datapoints: [3, 3],
    }),
    row('functions-near-timeout', {
      says: 'A function needs more than 90 % of its time-out',
      metric: shareOfTimeout(group),
      when: { above: 90 },
      datapoints: [2, 3],
    }),
    row('functions-events-lost', {
      says: 'Events that a function gave up could not be kept: they are lost',
      metric: sums((fn, period) => fn.metricEventsLost({ period }), Duration.minutes(5)),
      when: { atLeast: 1 },
      datapoints: [1, 1],
    }),
  ];
}

/** The longest run of each as a share of what it may take, and the largest of these. */
function shareOfTimeout(group: readonly PlatformFunction[]): cloudwatch.MathExpression {
  const period = Duration.minutes(15);
  const terms = group.map(
    (fn, index) => `f${index} / ${(fn.function.timeout ?? Duration.seconds(3)).toMilliseconds()}`,
  );
  return new cloudwatch.MathExpression({
    expression: `100 * MAX([${terms.join(', ')}])`,
    usingMetrics: Object.fromEntries(
      group.map((fn, index) => [`f${index}`, fn.metricDuration({ period, statistic: cloudwatch.Stats.MAXIMUM })]),
    ),
    label: 'longest run, % of its time-out',
    period,
  });
}

function concurrencyRow(accountConcurrency: number): AlarmRow {
  return {
    id: 'functions-concurrency',
    says: `Functions of the account use more than 80 % of its ${accountConcurrency} concurrent executions`,
    metric: new cloudwatch.Metric({
      namespace: 'AWS/Lambda',
      metricName: 'ConcurrentExecutions',
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.minutes(1),
    }),
    when: { above: 0.8 * accountConcurrency },
    datapoints: [3, 5],
    severity: 'ticket',
    missing: NOT_CALLED,
  };
}
