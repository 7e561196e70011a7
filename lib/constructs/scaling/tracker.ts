import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import type { Construct } from 'constructs';
import { scalingPolicyName } from './scalable-target';
import type { Tracker } from './scaling-policies';
import type { ServiceMetrics } from './service-metrics';
import { trackingQueries } from './tracking-queries';

const ID: Readonly<Record<Tracker['metric'], string>> = {
  cpuPercent: 'CpuTracker',
  memoryPercent: 'MemoryTracker',
  capacityPercent: 'RequestRateTracker',
};

type TrackedMetric = Pick<
  appscaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty,
  'predefinedMetricSpecification' | 'customizedMetricSpecification'
>;

/**
 * Adds a policy that keeps `metric` at its target by adding tasks. L1, because the L2 has neither the 20-second metrics
 * (https://github.com/aws/aws-cdk/issues/38207) nor metric math. It never removes a task: the one condition over all
 * metrics does.
 */
export function addTracker(
  scope: Construct,
  { metric, target, cooldown }: Tracker,
  metrics: ServiceMetrics,
  scalingTarget: appscaling.ScalableTarget,
): void {
  new appscaling.CfnScalingPolicy(scope, ID[metric], {
    policyName: scalingPolicyName(scope, ID[metric]),
    policyType: 'TargetTrackingScaling',
    scalingTargetId: scalingTarget.scalableTargetId,
    targetTrackingScalingPolicyConfiguration: {
      ...tracked(metric, metrics),
      targetValue: metrics[metric].toSeries(target),
      scaleOutCooldown: cooldown.toSeconds(),
      disableScaleIn: true,
    },
  });
}

function tracked(metric: Tracker['metric'], metrics: ServiceMetrics): TrackedMetric {
  switch (metric) {
    case 'cpuPercent':
      return predefined('ECSServiceAverageCPUUtilizationHighResolution');
    case 'memoryPercent':
      return predefined('ECSServiceAverageMemoryUtilizationHighResolution');
    case 'capacityPercent':
      // Not ALBRequestCountPerTarget: it is bound to one target group and falls silent when a deployment swaps them.
      return { customizedMetricSpecification: { metrics: trackingQueries(metrics[metric].series) } };
  }
}

function predefined(predefinedMetricType: string): TrackedMetric {
  return { predefinedMetricSpecification: { predefinedMetricType } };
}
