import {
  AdjustmentType,
  MetricAggregationType,
  type ScalableTarget,
  StepScalingAction,
} from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import type { ContainerService } from '../container-service/container-service';
import type { BurstTrigger } from './scaling-policies';

const ID = { cpuPercent: 'CpuBurst', memoryPercent: 'MemoryBurst' } as const satisfies Record<
  BurstTrigger['metric'],
  string
>;

/** Adds the 20-second alarm of a burst and the policy that it invokes. */
export function addBurst(
  scope: Construct,
  { metric, above, datapoints, addPercent, addAtLeast, cooldown }: BurstTrigger,
  service: ContainerService,
  scalingTarget: ScalableTarget,
): cloudwatch.Alarm {
  const action = new StepScalingAction(scope, `${ID[metric]}Policy`, {
    scalingTarget,
    adjustmentType: AdjustmentType.PERCENT_CHANGE_IN_CAPACITY,
    minAdjustmentMagnitude: addAtLeast,
    cooldown,
    // The average may take in datapoints from before the burst; below the threshold there is no step to select.
    metricAggregationType: MetricAggregationType.MAXIMUM,
  });
  action.addAdjustment({ lowerBound: 0, adjustment: addPercent });
  const alarm = new cloudwatch.Alarm(scope, ID[metric], {
    alarmDescription: `Adds ${addPercent} % of the tasks: ${metric} above ${above} for ${datapoints * 20} seconds`,
    metric: metric === 'cpuPercent' ? service.metricCpuUtilization() : service.metricMemoryUtilization(),
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: above,
    evaluationPeriods: datapoints,
    datapointsToAlarm: datapoints,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  // The L2 knows periods of 10 and 30 seconds, CloudWatch also 20: https://github.com/aws/aws-cdk/issues/38207
  (alarm.node.defaultChild as cloudwatch.CfnAlarm).period = 20;
  alarm.addAlarmAction(new ApplicationScalingAction(action));
  return alarm;
}
