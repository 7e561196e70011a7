import { Duration, Size, Stack, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { CacheCapacity } from '../cache/cache-capacity';
import type { TaskSize } from '../cost/reported-usage';
import type { DatabaseSettings } from '../database/database-settings';
import { PlatformFunction } from '../function/platform-function';
import type { PlatformParts } from '../observability/watched-platform';
import { type AdvisedLimits, type AdvisedResource, advisedResources, advisedSizes } from './advised-resources';
import { insightsMetric } from './insights-metric';
import type { ReportBucket } from './report-bucket';

/** What is deployed, as far as advice about it needs to know. */
export interface AdvisedPlatform extends AdvisedLimits {
  /** Name of the environment. */
  readonly environment: string;
  /** Size of a task. */
  readonly task: TaskSize;
  readonly databaseStorage: DatabaseSettings['storage'];
  /** Connections that each task holds to each endpoint. */
  readonly connectionsPerEndpoint: number;
}

export interface CapacityAdvisorProps extends AdvisedPlatform {
  readonly parts: PlatformParts;
  readonly reports: ReportBucket;
  /** CloudWatch namespace of its metrics. */
  readonly metricsNamespace: string;
}

/** Quotas of the account that a growing service meets: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html, lambda-service.html */
const QUOTAS = [
  { type: 'quota_fargate_vcpu', service: 'fargate', code: 'L-3032A538', field: 'service.maxTasks' },
  { type: 'quota_lambda_concurrency', service: 'lambda', code: 'L-B99A9384', field: 'functions.accountConcurrency' },
];

/** Says once a day what is full first, when ceilings are reached and what to change (docs/capacity-advisor.md). */
export class CapacityAdvisor extends Construct {
  /** The underlying function. */
  public readonly function: PlatformFunction;
  private readonly namespace: string;

  public constructor(scope: Construct, id: string, props: CapacityAdvisorProps) {
    super(scope, id);
    const { parts, reports, metricsNamespace } = props;
    this.namespace = metricsNamespace;
    const bus = events.EventBus.fromEventBusName(this, 'Bus', 'default');
    this.function = new PlatformFunction(this, 'Function', {
      name: 'capacity-advisor',
      description: 'Says what is full first, when ceilings are reached and what to change',
      memory: Size.mebibytes(1024),
      timeout: Duration.minutes(5),
      metricsNamespace,
      onFailure: 'queue',
      environment: { EVENT_BUS: bus.eventBusName, REPORT_BUCKET: reports.bucket.bucketName },
    });
    this.grantRead();
    bus.grantPutEventsTo(this.function);
    reports.grantFolder(this.function.role, 'capacity-advisor');
    new events.Rule(this, 'Daily', {
      description: 'Advice about capacity',
      schedule: events.Schedule.cron({ hour: '6', minute: '10' }),
      targets: [
        new targets.LambdaFunction(this.function.function, {
          event: events.RuleTargetInput.fromObject({
            time: events.EventField.time,
            environment: props.environment,
            load: reference(parts.loadBalancer.metricRequestCount({ period: Duration.hours(1) })),
            resources: advisedResources(parts, props).map(row),
            sizes: advisedSizes(parts).map(row),
            quotas: QUOTAS,
            deployed: this.deployed(props),
          }),
        }),
      ],
    });
  }

  /** How full a resource was in 95 % of the hours of a day, in percent of its ceiling. Over 1 day. */
  public metricUtilization(resourceType: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.daily('resource_utilization_percent', { resource_type: resourceType }, options);
  }

  /** Days until a resource is full. No data while its use does not grow. Minimum over 1 day. */
  public metricDaysLeft(resourceType: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.daily(
      'capacity_days_left',
      { resource_type: resourceType },
      { statistic: cloudwatch.Stats.MINIMUM, ...options },
    );
  }

  /** Load at which the first resource is full, as a multiple of the busiest hours. Minimum over 1 day. */
  public metricBottleneckRatio(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.daily('capacity_bottleneck_ratio', {}, { statistic: cloudwatch.Stats.MINIMUM, ...options });
  }

  /** Recommendations of the day. Maximum over 1 day. */
  public metricRecommendations(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.daily('capacity_recommendations', {}, options);
  }

  private daily(
    name: string,
    dimensions: Record<string, string>,
    options?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    return insightsMetric(this.namespace, name, dimensions, { period: Duration.days(1), ...options });
  }

  private grantRead(): void {
    const policy = new iam.Policy(this, 'ReadUse', {
      roles: [this.function.role],
      statements: [
        new iam.PolicyStatement({
          actions: [
            'cloudwatch:GetMetricData',
            'servicequotas:GetServiceQuota',
            'servicequotas:GetAWSDefaultServiceQuota',
          ],
          resources: ['*'],
        }),
      ],
    });
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'GetMetricData and default quotas have no resource to name; all of it only reads figures',
    });
  }

  private deployed({ parts, task, databaseStorage: storage, connectionsPerEndpoint }: CapacityAdvisorProps) {
    const { database, cache, minTasks } = parts;
    const { capacity } = database;
    const instances = 1 + database.readers;
    return {
      region: Stack.of(this).region,
      task: { cpu: task.cpu, memoryMiB: task.memoryMiB, minTasks },
      database:
        capacity.kind === 'provisioned'
          ? { kind: capacity.kind, instanceClass: capacity.instanceClass, instances, storage }
          : { kind: capacity.kind, maxAcu: capacity.maxAcu, instances, storage },
      cache: nodesOf(cache.capacity),
      connectionsPerEndpoint,
    };
  }
}

function nodesOf(capacity: CacheCapacity) {
  if (capacity.kind === 'serverless') return 'none';
  return { nodeType: capacity.nodeType, nodes: capacity.shards * (1 + capacity.replicasPerShard) };
}

function row({ metric, ...rest }: AdvisedResource): Readonly<Record<string, unknown>> {
  return { ...rest, ...reference(metric), statistic: metric.statistic };
}

/** The metric as the function reads it: an event has room for 8 kB. */
function reference({ namespace, metricName, dimensions }: cloudwatch.Metric) {
  return { metric: `${namespace} ${metricName}`, dimensions: dimensions ?? {} };
}
