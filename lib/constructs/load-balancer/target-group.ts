import { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { assertNoProblems, secondsInRange } from '../../shared/validation';

/** How requests are spread over the tasks. Only round robin allows a slow start; only weighted random mitigates anomalies. */
export type BalancingAlgorithm =
  | {
      readonly kind: 'round-robin';
      /** Ramp for a new task, 30 to 900 seconds, or `'none'`. */
      readonly slowStart: Duration | 'none';
    }
  | { readonly kind: 'least-outstanding-requests' }
  | {
      readonly kind: 'weighted-random';
      /** Whether requests move away from tasks that answer with more errors or slower than the others. */
      readonly anomalyMitigation: boolean;
    };

/** What an environment decides about its target group. */
export interface TargetGroupSettings {
  /** How requests are spread over the tasks. */
  readonly algorithm: BalancingAlgorithm;

  /** Life time of the load balancer's cookie, or `'none'`: the service is stateless, any task serves any request. */
  readonly stickiness: Duration | 'none';
}

export interface PlatformTargetGroupProps extends TargetGroupSettings {
  /** The VPC of the targets. */
  readonly vpc: ec2.IVpc;

  /** How long a leaving task finishes its requests; not longer than the container's stop time-out. */
  readonly deregistrationDelay: Duration;

  /** The port that the targets listen on. */
  readonly targetPort: number;
}

const ALGORITHM_TYPES = {
  'round-robin': elbv2.TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN,
  'least-outstanding-requests': elbv2.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
  'weighted-random': elbv2.TargetGroupLoadBalancingAlgorithmType.WEIGHTED_RANDOM,
} as const;

/** Tasks behind the load balancer, asked for their liveness every 10 seconds; three failures take one out. */
export class PlatformTargetGroup extends Construct {
  /** The underlying target group. */
  public readonly targetGroup: elbv2.ApplicationTargetGroup;

  public constructor(scope: Construct, id: string, props: PlatformTargetGroupProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));

    const { algorithm, stickiness } = props;
    this.targetGroup = new elbv2.ApplicationTargetGroup(this, 'Resource', {
      vpc: props.vpc,
      targetType: elbv2.TargetType.IP,
      port: props.targetPort,
      protocol: elbv2.ApplicationProtocol.HTTP,
      deregistrationDelay: props.deregistrationDelay,
      loadBalancingAlgorithmType: ALGORITHM_TYPES[algorithm.kind],
      ...(algorithm.kind === 'round-robin' && algorithm.slowStart !== 'none' && { slowStart: algorithm.slowStart }),
      ...(algorithm.kind === 'weighted-random' && { enableAnomalyMitigation: algorithm.anomalyMitigation }),
      ...(stickiness !== 'none' && { stickinessCookieDuration: stickiness }),
      healthCheck: {
        // Liveness only: a database outage must not drain the whole fleet (docs/decisions/0006).
        path: '/health/live',
        healthyHttpCodes: '200',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(2),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
  }
}

/** Ranges: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
function validate({ algorithm, stickiness, deregistrationDelay }: PlatformTargetGroupProps): string[] {
  const loose: { kind: string; slowStart?: unknown; anomalyMitigation?: unknown } = algorithm;
  return [
    ...(loose.kind !== 'round-robin' && loose.slowStart !== undefined
      ? [`\`algorithm.slowStart\` works with round-robin only, got ${loose.kind}; leave it out or use round-robin`]
      : []),
    ...(loose.kind !== 'weighted-random' && loose.anomalyMitigation !== undefined
      ? [
          `\`algorithm.anomalyMitigation\` works with weighted-random only, got ${loose.kind}; leave it out or use weighted-random`,
        ]
      : []),
    ...(algorithm.kind === 'round-robin' && algorithm.slowStart !== 'none'
      ? secondsInRange('algorithm.slowStart', algorithm.slowStart, 30, 900)
      : []),
    ...(stickiness === 'none' ? [] : secondsInRange('stickiness', stickiness, 1, 604_800)),
    ...secondsInRange('deregistrationDelay', deregistrationDelay, 0, 3600),
  ];
}
