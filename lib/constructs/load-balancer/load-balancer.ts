import { Duration } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { assertNoProblems, secondsInRange } from '../../shared/validation';
import { LogBucket } from '../logging/log-bucket';
import { alternating, overGroups, type RequestRateOptions, type ServiceTarget } from './service-target';
import { PlatformTargetGroup, type TargetGroupSettings } from './target-group';

/** What an environment decides about its load balancer. */
export interface LoadBalancerSettings extends TargetGroupSettings {
  /** Whether the load balancer refuses to be deleted. */
  readonly deletionProtection: boolean;
}

export interface LoadBalancerProps extends LoadBalancerSettings {
  /** The VPC it runs in. */
  readonly vpc: ec2.IVpc;

  /** Its subnets, one per zone. */
  readonly vpcSubnets: ec2.SubnetSelection;

  /** How long an idle connection stays open; longer than the CDN's keep-alive, shorter than the service's. */
  readonly idleTimeout: Duration;

  /** How long a leaving task finishes its requests; not longer than the container's stop time-out. */
  readonly deregistrationDelay: Duration;

  /** The port that the targets listen on. */
  readonly targetPort: number;

  /**
   * Certificate of the HTTPS listener.
   *
   * @default - the listener speaks HTTP inside the VPC; TLS then ends at the CDN
   */
  readonly certificate?: acm.ICertificate;

  /**
   * Whether deployments shift traffic between two target groups (canary, linear, blue/green).
   *
   * @default false
   */
  readonly shiftsTraffic?: boolean;
}

/** An internal application load balancer with one listener; nobody reaches it until something is let in through `connections`. */
export class LoadBalancer extends Construct implements ec2.IConnectable {
  /** The underlying load balancer. */
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;

  /** The only listener. */
  public readonly listener: elbv2.ApplicationListener;

  /** Where the service registers. */
  public readonly target: ServiceTarget;

  public readonly connections: ec2.Connections;

  private readonly zones: readonly string[];

  public constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));
    this.zones = props.vpc.availabilityZones;

    this.loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'Resource', {
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      internetFacing: false,
      deletionProtection: props.deletionProtection,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: elbv2.DesyncMitigationMode.STRICTEST,
      idleTimeout: props.idleTimeout,
    });
    // L2 has no prop for it: https://docs.aws.amazon.com/r53recovery/latest/dg/arc-zonal-shift.html
    this.loadBalancer.setAttribute('zonal_shift.config.enabled', 'true');

    const { bucket } = new LogBucket(this, 'Logs');
    this.loadBalancer.logAccessLogs(bucket, 'access');
    this.loadBalancer.logConnectionLogs(bucket, 'connection');

    const { targetGroup } = new PlatformTargetGroup(this, 'Target', props);
    this.listener = this.addListener(props.certificate, targetGroup);
    // The listener's connections know the port; the load balancer's do not.
    this.connections = this.listener.connections;
    this.target = props.shiftsTraffic === true ? alternating(this, this.listener, targetGroup, props) : { targetGroup };
  }

  /**
   * Lets CloudFront in: its VPC origin comes from inside the VPC with addresses of the prefix list; the load balancer has
   * no others.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
   */
  public letCloudFrontIn(prefixList: string): void {
    this.connections.allowDefaultPortFrom(
      ec2.Peer.prefixList(prefixList),
      'CloudFront reaches the application through its VPC origin',
    );
  }

  /**
   * Requests that a task gets in a minute, over both target groups: deployments swap them, and a metric of one group
   * falls silent after a swap. `SUM` skips a group without data, so the newest minute is missing until it has arrived
   * instead of looking like zero. No data means no requests. Sum over 1 minute.
   */
  public metricRequestCountPerTarget(options?: RequestRateOptions): cloudwatch.IMetric {
    return overGroups(this.target, 'requests per task and minute', options, (group, period) =>
      group.metrics.requestCountPerTarget({ period, statistic: 'Sum' }),
    );
  }

  /** Tasks that pass their health checks, over both target groups. Minimum over 1 minute. */
  public metricHealthyHostCount(options?: RequestRateOptions): cloudwatch.IMetric {
    return overGroups(this.target, 'healthy tasks', options, (group, period) =>
      group.metrics.healthyHostCount({ period, statistic: cloudwatch.Stats.MINIMUM }),
    );
  }

  /** Tasks that fail their health checks, over both target groups. Maximum over 1 minute. */
  public metricUnhealthyHostCount(options?: RequestRateOptions): cloudwatch.IMetric {
    return overGroups(this.target, 'unhealthy tasks', options, (group, period) =>
      group.metrics.unhealthyHostCount({ period, statistic: cloudwatch.Stats.MAXIMUM }),
    );
  }

  /** Connections to tasks that could not be made. No data when all could. Sum over 1 minute. */
  public metricTargetConnectionErrorCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.loadBalancer.metrics.targetConnectionErrorCount({ period: Duration.minutes(1), ...options });
  }

  /** Connections that were refused because there were too many. No data when none was. Sum over 1 minute. */
  public metricRejectedConnectionCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.loadBalancer.metrics.rejectedConnectionCount({ period: Duration.minutes(1), ...options });
  }

  /** Answers with 5xx that tasks gave. No data when none did. Sum over 1 minute. */
  public metricTargetErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const code = elbv2.HttpCodeTarget.TARGET_5XX_COUNT;
    return this.loadBalancer.metrics.httpCodeTarget(code, { period: Duration.minutes(1), ...options });
  }

  /** Answers with 5xx that the load balancer gave for want of a task's. No data when it gave none. Sum over 1 minute. */
  public metricBalancerErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const code = elbv2.HttpCodeElb.ELB_5XX_COUNT;
    return this.loadBalancer.metrics.httpCodeElb(code, { period: Duration.minutes(1), ...options });
  }

  /**
   * Requests that were answered with 5xx, by tasks or for want of one, in percent; 0 below `minRequests`. A request that
   * found no task is not in `RequestCount`, hence the larger of the two as the whole.
   */
  public metricErrorPercent(
    minRequests: number,
    options?: cloudwatch.MathExpressionOptions,
  ): cloudwatch.MathExpression {
    const period = options?.period ?? Duration.minutes(1);
    const bad = '(FILL(target, 0) + FILL(balancer, 0))';
    const all = `MAX([FILL(requests, 0), ${bad}])`;
    return new cloudwatch.MathExpression({
      expression: `IF(${all} >= ${minRequests}, 100 * ${bad} / ${all}, 0)`,
      usingMetrics: {
        target: this.metricTargetErrors({ period }),
        balancer: this.metricBalancerErrors({ period }),
        requests: this.metricRequestCount({ period }),
      },
      label: 'failed requests, %',
      ...options,
      period,
    });
  }

  /** Requests that tasks took longer than `limit` for, in percent; 0 below `minRequests`. No data without requests. */
  public metricSlowPercent(
    limit: Duration,
    minRequests: number,
    options?: cloudwatch.MathExpressionOptions,
  ): cloudwatch.MathExpression {
    const period = options?.period ?? Duration.minutes(1);
    const within = cloudwatch.Stats.percentileRank(limit.toMilliseconds() / 1000);
    return new cloudwatch.MathExpression({
      expression: `IF(requests >= ${minRequests}, 100 - within, 0)`,
      usingMetrics: {
        within: this.metricTargetResponseTime({ statistic: within, period }),
        requests: this.metricTargetResponseTime({ statistic: cloudwatch.Stats.SAMPLE_COUNT, period }),
      },
      label: `requests over ${limit.toMilliseconds()} ms, %`,
      ...options,
      period,
    });
  }

  /** Requests of the busiest zone as a multiple of a fair share; 1 below `minRequests`. */
  public metricZoneImbalance(
    minRequests: number,
    options?: cloudwatch.MathExpressionOptions,
  ): cloudwatch.MathExpression {
    const requests = this.zones.map((AvailabilityZone, index) => [
      `zone${index + 1}`,
      this.metricRequestCount({
        dimensionsMap: { LoadBalancer: this.loadBalancer.loadBalancerFullName, AvailabilityZone },
      }),
    ]);
    const all = `[${requests.map(([id]) => id).join(', ')}]`;
    return new cloudwatch.MathExpression({
      expression: `IF(SUM(${all}) >= ${minRequests}, MAX(${all}) * ${requests.length} / SUM(${all}), 1)`,
      usingMetrics: Object.fromEntries(requests),
      label: 'busiest zone, multiple of its share',
      period: Duration.minutes(1),
      ...options,
    });
  }

  /** Time from the load balancer to the task and back, in seconds. No data without requests. p95 over 1 minute. */
  public metricTargetResponseTime(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.loadBalancer.metrics.targetResponseTime({
      statistic: cloudwatch.Stats.percentile(95),
      period: Duration.minutes(1),
      ...options,
    });
  }

  /** Requests that reached the load balancer. No data without requests. Sum over 1 minute. */
  public metricRequestCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.loadBalancer.metrics.requestCount({ period: Duration.minutes(1), ...options });
  }

  private addListener(
    certificate: acm.ICertificate | undefined,
    targetGroup: elbv2.IApplicationTargetGroup,
  ): elbv2.ApplicationListener {
    const defaultAction = elbv2.ListenerAction.forward([targetGroup]);
    if (certificate === undefined) {
      return this.loadBalancer.addListener('Listener', {
        protocol: elbv2.ApplicationProtocol.HTTP,
        open: false,
        defaultAction,
      });
    }
    return this.loadBalancer.addListener('Listener', {
      protocol: elbv2.ApplicationProtocol.HTTPS,
      open: false,
      certificates: [certificate],
      sslPolicy: elbv2.SslPolicy.TLS13_12_RES_PQ,
      defaultAction,
    });
  }
}

function validate(props: LoadBalancerProps): string[] {
  return [
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#connection-idle-timeout
    ...secondsInRange('idleTimeout', props.idleTimeout, 1, 4000),
  ];
}
