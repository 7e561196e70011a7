import { Duration } from 'aws-cdk-lib';
import type * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import { AdjustmentType, MetricAggregationType, StepScalingAction } from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { quietCapacityPercent, type ScaleInCondition } from './scaling-policies';
import type { ServiceMetrics } from './service-metrics';

/**
 * Adds the one alarm that removes tasks and the policy that it invokes. The alarm is metric math because composite
 * alarms cannot scale, and one alarm because several policies would act as OR (docs/decisions/0046).
 */
export function addScaleIn(
  scope: Construct,
  condition: ScaleInCondition,
  metrics: ServiceMetrics,
  scalingTarget: appscaling.ScalableTarget,
): cloudwatch.Alarm {
  const { remove } = condition;
  const inTasks = 'tasks' in remove;
  const action = new StepScalingAction(scope, 'QuietPolicy', {
    scalingTarget,
    adjustmentType: inTasks ? AdjustmentType.CHANGE_IN_CAPACITY : AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
    ...(!inTasks && { minAdjustmentMagnitude: 1 }),
    cooldown: condition.cooldown,
    metricAggregationType: MetricAggregationType.AVERAGE,
  });
  // The series is 1 when all is quiet and the threshold is 1: a breach of 0 selects this step.
  action.addAdjustment({ lowerBound: 0, adjustment: inTasks ? -remove.tasks : -remove.percent });
  const alarm = new cloudwatch.Alarm(scope, 'Quiet', {
    alarmDescription: `Removes tasks: CPU, memory, request rate and latency all low for ${condition.minutes} minutes`,
    metric: quiet(condition, metrics),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 1,
    evaluationPeriods: condition.minutes,
    datapointsToAlarm: condition.minutes,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(new ApplicationScalingAction(action));
  return alarm;
}

/**
 * 1 in a minute in which everything is quiet, 0 in any other, nothing in a minute for which CPU and memory have not
 * arrived. In metric math a missing side counts as zero, and the newest minutes of CPU and memory are always late:
 * without the outer `IF(memory, …)`, which drops such a minute, they would read as "not quiet" and no task would ever be
 * removed. A request rate without data is no traffic, and without traffic there is no latency either; with traffic a
 * missing latency counts as slow.
 * Requests arrive a minute before CPU does, so enough of them end the quiet by themselves: otherwise the first minutes of
 * a spike would take back what the fast lane has just added.
 */
function quiet(
  condition: ScaleInCondition,
  { cpuPercent, memoryPercent, capacityPercent, p95Millis }: ServiceMetrics,
): cloudwatch.MathExpression {
  const { cpuPercentBelow, memoryPercentBelow, p95MillisBelow } = condition;
  const slow = p95Millis.toSeries(p95MillisBelow);
  const conditions = [
    `cpu < ${cpuPercent.toSeries(cpuPercentBelow)}`,
    `memory < ${memoryPercent.toSeries(memoryPercentBelow)}`,
    `(FILL(requests, 0) == 0 OR FILL(latency, ${slow}) < ${slow})`,
  ];
  const busy = `FILL(requests, 0) >= ${Math.round(capacityPercent.toSeries(quietCapacityPercent(condition)))}`;
  return new cloudwatch.MathExpression({
    label: 'everything is quiet',
    period: Duration.minutes(1),
    expression: `IF(${busy}, 0, IF(memory, IF(${conditions.join(' AND ')}, 1, 0)))`,
    usingMetrics: {
      cpu: cpuPercent.series,
      memory: memoryPercent.series,
      requests: capacityPercent.series,
      latency: p95Millis.series,
    },
  });
}
