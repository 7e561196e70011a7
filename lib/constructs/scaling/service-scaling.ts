import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { assertNoProblems, inRange } from '../../shared/validation';
import type { ContainerService } from '../container-service/container-service';
import type { LoadBalancer } from '../load-balancer/load-balancer';
import { addBurst } from './burst';
import { policyProblems, type TaskBounds } from './policy-problems';
import { scalableTargetOf, scalingPolicyName } from './scalable-target';
import { addScaleIn } from './scale-in';
import { addScaleOut } from './scale-out';
import type { PredictiveScaling, ScalingPolicies, TaskCapacity } from './scaling-policies';
import { addScheduledMinimum } from './scheduled-minimum';
import { serviceMetrics } from './service-metrics';
import { addTracker } from './tracker';

export interface ServiceScalingProps extends ScalingPolicies, TaskBounds, Pick<TaskCapacity, 'capacityPerTask'> {
  /** The service that gets more and fewer tasks, with the same bounds. */
  readonly service: ContainerService;

  /** The load balancer in front of it. */
  readonly loadBalancer: LoadBalancer;
}

/**
 * Moves a service between its fewest and most tasks: any trigger and any tracker adds, one condition over all metrics
 * removes. Application Auto Scaling takes the largest capacity when several act at once.
 */
export class ServiceScaling extends Construct {
  /** The alarms that scale; each acts on one policy. */
  public readonly alarms: readonly cloudwatch.Alarm[];

  public constructor(scope: Construct, id: string, props: ServiceScalingProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));

    const { service, loadBalancer, predictive } = props;
    const target = scalableTargetOf(service.scaling);
    const metrics = serviceMetrics(service, loadBalancer, props.capacityPerTask);
    this.alarms = [
      ...props.out.map((trigger) => addScaleOut(this, trigger, metrics, target)),
      ...props.bursts.map((burst) => addBurst(this, burst, service, target)),
      addScaleIn(this, props.in, metrics, target),
    ];
    for (const tracker of props.trackers) addTracker(this, tracker, metrics, target);
    for (const schedule of props.schedules) addScheduledMinimum(target, schedule, props.minTasks);
    if (predictive !== 'none') addForecast(this, predictive, target);
  }
}

/** L1: the L2 has no predictive scaling. */
function addForecast(
  scope: Construct,
  { mode, metric, target, lead }: PredictiveScaling,
  { scalableTargetId }: appscaling.ScalableTarget,
): void {
  const predefinedMetricType = metric === 'cpuPercent' ? 'ECSServiceCPUUtilization' : 'ECSServiceMemoryUtilization';
  new appscaling.CfnScalingPolicy(scope, 'Forecast', {
    policyName: scalingPolicyName(scope, 'Forecast'),
    policyType: 'PredictiveScaling',
    scalingTargetId: scalableTargetId,
    predictiveScalingPolicyConfiguration: {
      mode,
      schedulingBufferTime: lead.toSeconds(),
      maxCapacityBreachBehavior: 'HonorMaxCapacity',
      metricSpecifications: [{ targetValue: target, predefinedMetricPairSpecification: { predefinedMetricType } }],
    },
  });
}

function validate(props: ServiceScalingProps): string[] {
  return [...inRange('capacityPerTask', props.capacityPerTask, 0.1, 1e6), ...policyProblems(props, props)];
}
