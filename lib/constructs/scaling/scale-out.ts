import type * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import { AdjustmentType, MetricAggregationType, StepScalingAction } from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import type { ScaleOutTrigger, ScalingMetric } from './scaling-policies';
import type { ServiceMetrics } from './service-metrics';

/** Ids of the children: a contract, because alarms and dashboards name them. */
const ID: Readonly<Record<ScalingMetric, string>> = {
  cpuPercent: 'CpuHigh',
  memoryPercent: 'MemoryHigh',
  capacityPercent: 'RequestRateHigh',
  p95Millis: 'LatencyHigh',
};

/** Adds the alarm of one trigger and the policy that it invokes. */
export function addScaleOut(
  scope: Construct,
  { metric, above, minutes, steps, cooldown }: ScaleOutTrigger,
  metrics: ServiceMetrics,
  scalingTarget: appscaling.ScalableTarget,
): cloudwatch.Alarm {
  const { series, toSeries } = metrics[metric];
  const action = new StepScalingAction(scope, `${ID[metric]}Policy`, {
    scalingTarget,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    cooldown,
    metricAggregationType: MetricAggregationType.AVERAGE,
  });
  steps.forEach(({ from, add }, index) => {
    const next = steps[index + 1];
    // Bounds count from the alarm's threshold, in the unit of its series.
    action.addAdjustment({
      lowerBound: toSeries(from - above),
      ...(next && { upperBound: toSeries(next.from - above) }),
      adjustment: add,
    });
  });
  const alarm = new cloudwatch.Alarm(scope, ID[metric], {
    alarmDescription: `Adds tasks: ${metric} above ${above} for ${minutes} minutes`,
    metric: series,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: toSeries(above),
    evaluationPeriods: minutes,
    datapointsToAlarm: minutes,
    // Nothing to report is no reason for another task.
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(new ApplicationScalingAction(action));
  return alarm;
}
