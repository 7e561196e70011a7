import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { WebhookWorkers } from '../../webhooks/webhook-workers';
import type { AlarmRow, Concern, MissingData } from '../alarm-row';

/** A delivery is given up after a day (runtime/webhooks/retry.ts); half of it is left to talk to the subscriber. */
const LATE = Duration.hours(12);
/** What fails is tried again after an hour at most (runtime/webhooks/retry.ts), so this long without an attempt is no pause. */
const SILENCE = { period: Duration.minutes(15), times: 6 } as const;
/** Fewer attempts of a quarter of an hour than these say nothing about a share. */
const FEW_ATTEMPTS = 20;

const NO_REPORT: MissingData = { counts: 'notBreaching', because: 'no worker reports, which webhooks-stopped tells' };
const NO_ATTEMPTS: MissingData = { counts: 'notBreaching', because: 'nothing was to be delivered' };

/** Whether webhooks leave. One subscriber that fails is that subscriber's trouble, until its webhooks are about to be given up. */
export function webhookAlarms(workers: WebhookWorkers): Concern {
  return { name: 'webhooks', rows: [stoppedRow(workers), stalledRow(workers), failingRow(workers), ageRow(workers)] };
}

function stoppedRow(workers: WebhookWorkers): AlarmRow {
  return {
    id: 'webhooks-stopped',
    says: 'No webhook worker has reported for a quarter of an hour: nothing is delivered',
    // A worker reports once a minute what waits, also when nothing does.
    metric: workers.metricWaiting({ statistic: cloudwatch.Stats.SAMPLE_COUNT, period: Duration.minutes(5) }),
    when: { below: 1 },
    datapoints: [3, 3],
    severity: 'ticket',
    missing: { counts: 'breaching', because: 'that nothing is reported is the trouble' },
  };
}

function stalledRow(workers: WebhookWorkers): AlarmRow {
  const { period, times } = SILENCE;
  return {
    id: 'webhooks-stalled',
    says: 'Webhooks wait, and none has been tried for an hour and a half',
    metric: new cloudwatch.MathExpression({
      expression: 'IF(waiting >= 1 AND FILL(accepted, 0) + FILL(failed, 0) < 1, 1, 0)',
      usingMetrics: {
        waiting: workers.metricWaiting({ period, statistic: cloudwatch.Stats.MINIMUM }),
        ...attempts(workers, period),
      },
      label: 'webhooks wait and none is tried',
      period,
    }),
    when: { atLeast: 1 },
    datapoints: [times, times],
    severity: 'ticket',
    missing: NO_REPORT,
  };
}

function failingRow(workers: WebhookWorkers): AlarmRow {
  const period = Duration.minutes(15);
  const all = '(FILL(accepted, 0) + FILL(failed, 0))';
  return {
    id: 'webhooks-failing',
    says: 'More than half of the attempts to deliver a webhook fail',
    metric: new cloudwatch.MathExpression({
      expression: `IF(${all} >= ${FEW_ATTEMPTS}, 100 * FILL(failed, 0) / ${all}, 0)`,
      usingMetrics: attempts(workers, period),
      label: 'failed attempts, %',
      period,
    }),
    when: { above: 50 },
    datapoints: [2, 3],
    severity: 'ticket',
    missing: NO_ATTEMPTS,
  };
}

function ageRow(workers: WebhookWorkers): AlarmRow {
  return {
    id: 'webhooks-age',
    says: `A webhook has waited for ${LATE.toHours()} hours, half of the time after which it is given up`,
    metric: workers.metricOldestDelivery({ period: Duration.minutes(5) }),
    when: { above: LATE.toSeconds() },
    datapoints: [2, 3],
    severity: 'ticket',
    missing: NO_REPORT,
  };
}

function attempts(workers: WebhookWorkers, period: Duration): Record<string, cloudwatch.Metric> {
  return {
    accepted: workers.metricAttempts('accepted', { period }),
    failed: workers.metricAttempts('failed', { period }),
  };
}
