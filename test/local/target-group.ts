/** What a target group of a load balancer says about health, distribution and departure; times in seconds. */
export interface TargetGroup {
  readonly algorithm: 'round_robin' | 'least_outstanding_requests' | 'weighted_random';
  readonly healthCheck: {
    readonly path: string;
    readonly intervalSeconds: number;
    readonly timeoutSeconds: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
    /** Status codes of a healthy target, such as `200` or `200-299`. */
    readonly matcher: string;
  };
  /** How long a cookie keeps a client on one target; absent without stickiness. */
  readonly stickySeconds?: number;
  readonly deregistrationDelaySeconds: number;
}

const TYPE = 'AWS::ElasticLoadBalancingV2::TargetGroup';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/**
 * Reads a target group from a synthesized template, with the defaults that the service itself has.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html
 *
 * @param logicalId of the target group; may be left out when the template has one
 */
export function targetGroupOf(template: unknown, logicalId?: string): TargetGroup {
  const { Resources = {} } = template as { readonly Resources?: Readonly<Record<string, Resource>> };
  const found = Object.entries(Resources).filter(
    ([id, { Type }]) => Type === TYPE && (logicalId === undefined || id === logicalId),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) {
    const ids = found.map(([id]) => id).join(', ');
    throw new Error(
      `the template must have one ${TYPE}${logicalId === undefined ? '' : ` named ${logicalId}`}, it has ${found.length}${ids && `: ${ids}`}`,
    );
  }
  return parse(only[1].Properties ?? {});
}

function parse(properties: Readonly<Record<string, unknown>>): TargetGroup {
  const attributes = attributesOf(properties['TargetGroupAttributes']);
  const attribute = (key: string, fallback: string) => attributes.get(key) ?? fallback;
  if (attribute('stickiness.type', 'lb_cookie') !== 'lb_cookie') {
    throw new Error(
      `only stickiness by the load balancer's cookie can be played, not ${attributes.get('stickiness.type')}`,
    );
  }
  const sticky = attributes.get('stickiness.enabled') === 'true';
  return {
    algorithm: algorithmOf(attribute('load_balancing.algorithm.type', 'round_robin')),
    healthCheck: {
      path: String(properties['HealthCheckPath'] ?? '/'),
      intervalSeconds: Number(properties['HealthCheckIntervalSeconds'] ?? 30),
      timeoutSeconds: Number(properties['HealthCheckTimeoutSeconds'] ?? 5),
      healthyThreshold: Number(properties['HealthyThresholdCount'] ?? 5),
      unhealthyThreshold: Number(properties['UnhealthyThresholdCount'] ?? 2),
      matcher: String((properties['Matcher'] as { HttpCode?: string } | undefined)?.HttpCode ?? '200'),
    },
    deregistrationDelaySeconds: Number(attribute('deregistration_delay.timeout_seconds', '300')),
    ...(sticky ? { stickySeconds: Number(attribute('stickiness.lb_cookie.duration_seconds', '86400')) } : {}),
  };
}

function attributesOf(value: unknown): ReadonlyMap<string, string> {
  const rows = (value ?? []) as readonly { readonly Key: string; readonly Value: string }[];
  return new Map(rows.map(({ Key, Value }) => [Key, Value]));
}

function algorithmOf(type: string): TargetGroup['algorithm'] {
  if (type === 'round_robin' || type === 'least_outstanding_requests' || type === 'weighted_random') return type;
  throw new Error(`unknown load balancing algorithm '${type}'`);
}
