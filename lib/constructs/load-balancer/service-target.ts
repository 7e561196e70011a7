import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { PlatformTargetGroup, type PlatformTargetGroupProps } from './target-group';

/** Where a service registers its tasks. */
export interface ServiceTarget {
  /** The target group that production traffic goes to at first. */
  readonly targetGroup: elbv2.ApplicationTargetGroup;

  /** The other target group and the rule that moves between them, when deployments shift traffic. */
  readonly alternate?: {
    readonly targetGroup: elbv2.ApplicationTargetGroup;
    readonly productionRule: elbv2.ApplicationListenerRule;
  };
}

/** What a caller may say about a metric of the target groups. */
export type RequestRateOptions = Pick<cloudwatch.MetricOptions, 'label' | 'color' | 'period'>;

/**
 * A second target group beside `blue`, with the rule that deployments shift traffic by. ECS moves the weights of this rule
 * during a deployment, so they drift from the template on purpose.
 */
export function alternating(
  scope: Construct,
  listener: elbv2.IApplicationListener,
  blue: elbv2.ApplicationTargetGroup,
  props: PlatformTargetGroupProps,
): ServiceTarget {
  const { targetGroup: green } = new PlatformTargetGroup(scope, 'AlternateTarget', props);
  const productionRule = new elbv2.ApplicationListenerRule(scope, 'ProductionRule', {
    listener,
    priority: 1,
    conditions: [elbv2.ListenerCondition.pathPatterns(['/*'])],
    action: elbv2.ListenerAction.weightedForward([
      { targetGroup: blue, weight: 100 },
      { targetGroup: green, weight: 0 },
    ]),
  });
  return { targetGroup: blue, alternate: { targetGroup: green, productionRule } };
}

/** A metric of the target groups, added up when there are two. */
export function overGroups(
  { targetGroup, alternate }: ServiceTarget,
  label: string,
  options: RequestRateOptions | undefined,
  of: (group: elbv2.ApplicationTargetGroup, period: Duration) => cloudwatch.Metric,
): cloudwatch.IMetric {
  const period = options?.period ?? Duration.minutes(1);
  if (alternate === undefined) return of(targetGroup, period).with({ ...options, period });
  return new cloudwatch.MathExpression({
    label,
    ...options,
    period,
    expression: 'SUM([blue, green])',
    usingMetrics: { blue: of(targetGroup, period), green: of(alternate.targetGroup, period) },
  });
}
