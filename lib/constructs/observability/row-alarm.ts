import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { ALARM_METADATA, type AlarmMetadata, type AlarmRow, type Condition } from './alarm-row';

/** Whom an alarm tells, or why it tells nobody by itself. */
export type AlarmRole = Pick<AlarmMetadata, 'severity' | 'silent'>;

/** The alarm of `row`, which says of itself what the platform's checks want to know. */
export function rowAlarm(scope: Construct, row: AlarmRow, role: AlarmRole): cloudwatch.Alarm {
  const runbook = row.runbook ?? row.id;
  const alarm = new cloudwatch.Alarm(scope, constructId(row.id), {
    alarmDescription: description(row.says, runbook),
    metric: row.metric,
    ...comparison(row.when),
    datapointsToAlarm: row.datapoints[0],
    evaluationPeriods: row.datapoints[1],
    treatMissingData: row.missing.counts as cloudwatch.TreatMissingData,
    ...(row.fewSamples === undefined ? {} : { evaluateLowSampleCountPercentile: row.fewSamples }),
  });
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
  if (row.window === 'calendar') {
    (alarm.node.defaultChild as cloudwatch.CfnAlarm).evaluationWindow = { wallClockWindow: {} };
  }
  sign(alarm, { id: row.id, runbook, missing: row.missing.because, ...role });
  return alarm;
}

/** Writes into the template what an alarm is, beside its properties. */
export function sign(alarm: cloudwatch.AlarmBase, metadata: AlarmMetadata): void {
  (alarm.node.defaultChild as cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm).addMetadata(ALARM_METADATA, metadata);
}

/** What whoever is woken reads. */
export function description(says: string, runbook: string): string {
  return `${says}. Runbook: docs/runbooks/${runbook}.md`;
}

/** `database-writer-cpu` becomes `DatabaseWriterCpu`. */
export function constructId(id: string): string {
  return id.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}

function comparison(when: Condition): { threshold: number; comparisonOperator: cloudwatch.ComparisonOperator } {
  const { ComparisonOperator: operator } = cloudwatch;
  if ('above' in when) return { threshold: when.above, comparisonOperator: operator.GREATER_THAN_THRESHOLD };
  if ('below' in when) return { threshold: when.below, comparisonOperator: operator.LESS_THAN_THRESHOLD };
  if ('atLeast' in when) {
    return { threshold: when.atLeast, comparisonOperator: operator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD };
  }
  return { threshold: when.atMost, comparisonOperator: operator.LESS_THAN_OR_EQUAL_TO_THRESHOLD };
}
