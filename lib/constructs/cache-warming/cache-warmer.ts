import { Duration, Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { assertNoProblems, integerInRange, secondsInRange } from '../../shared/validation';
import type { DataAccess } from '../data-access/data-access';
import { PlatformFunction } from '../function/platform-function';
import type { FunctionNetwork } from '../function/platform-function-props';
import { type WarmingSettings, warmingProblems } from './cache-upkeep-settings';
import { edgeWarmerArn, edgeWarmerName, WARMING_TIMEOUT } from './edge-warmer';

export interface CacheWarmerProps extends WarmingSettings {
  /** Name of the environment. */
  readonly environment: string;

  readonly data: DataAccess;

  /** Where it runs: private, with a way out when the CDN is warmed. */
  readonly network: FunctionNetwork;

  /** The service whose deployments make it run. */
  readonly service: ecs.IService;

  /** The cluster whose failovers make it run. */
  readonly cluster: rds.IDatabaseCluster;

  /** CPUs of the smallest server that it reads from: more statements at once are too many. */
  readonly databaseCpus: number;

  /** Name under which viewers reach the CDN. */
  readonly viewerHost: string;

  /** CloudWatch namespace of its metrics. */
  readonly metricsNamespace: string;

  readonly logRetention: logs.RetentionDays;
}

/** What the invalidator says when the CDN has forgotten something (lambda/cache-invalidator/handler.ts). */
const INVALIDATED = { source: ['headroom.cache'], detailType: ['CacheInvalidated'] };

/**
 * Loads what is in demand before it is asked for: on its schedules, after a deployment, a failover or an invalidation,
 * and when it finds the cache empty. A node of ElastiCache that fails over sends no event, so the last is how that shows.
 */
export class CacheWarmer extends Construct {
  /** The function; one run at a time. */
  public readonly warmer: PlatformFunction;

  /** Time between two runs over all that is popular or declared. */
  public readonly every: Duration;

  /** Regions besides its own from which it has the CDN asked. */
  public readonly otherRegions: readonly string[];

  /** All regions from which the CDN is asked, its own first; none where the CDN is not warmed. */
  public readonly edgeRegions: readonly string[];

  private readonly metricsNamespace: string;

  /** @throws InvalidPropsError with every problem */
  public constructor(scope: Construct, id: string, props: CacheWarmerProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));
    this.metricsNamespace = props.metricsNamespace;
    this.every = props.every;
    this.otherRegions = props.edge === 'none' ? [] : props.edge.regions;
    this.edgeRegions = props.edge === 'none' ? [] : [Stack.of(this).region, ...props.edge.regions];
    this.warmer = new PlatformFunction(this, 'Function', {
      name: 'cache-warmer',
      description: 'Loads what is in demand into the cache before it is asked for',
      memory: Size.mebibytes(512),
      timeout: WARMING_TIMEOUT,
      network: props.network,
      data: { access: props.data, connectionsPerEndpoint: props.connections },
      // A second run would find the lock taken.
      reservedConcurrency: 1,
      metricsNamespace: props.metricsNamespace,
      logRetention: props.logRetention,
      environment: environmentOf(props, this.otherRegions),
      // The next run does what this one left.
      onFailure: 'queue',
      retryAttempts: 0,
      maxEventAge: Duration.minutes(5),
    });
    if (this.otherRegions.length > 0) this.reachRegions(props.environment);
    this.addSchedules(props);
    this.addEvents(props);
  }

  /** Entries that were warmed and then asked for, as a share of those warmed. Average over 5 minutes. */
  public metricEffectiveness(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cache_warming_effectiveness', { statistic: cloudwatch.Stats.AVERAGE, ...options });
  }

  /** Loads that did not happen because of the warmer. Sum over 5 minutes. */
  public metricMissesAvoided(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cache_misses_avoided_total', options);
  }

  /** Hits on entries that were warmed. Sum over 5 minutes. */
  public metricWarmHits(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cache_warm_hits_total', options);
  }

  /** Entries that its scheduled runs put into the cache. Sum over 5 minutes. */
  public metricWarmedKeys(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cache_warmed_keys_total', { dimensionsMap: { reason: 'schedule' }, ...options });
  }

  /** List price of its runs in USD. Sum over 5 minutes. */
  public metricCost(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cache_warming_cost_usd', options);
  }

  /** Requests that found an edge near `region` without the answer, and left it there. Sum over 5 minutes. */
  public metricEdgeFilled(region: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const dimensionsMap = { region, result: 'miss' };
    return this.metric('cache_warming_edge_requests_total', { dimensionsMap, ...options });
  }

  /** Runs in which `region` was to ask the CDN and failed. No data without one. Sum over 5 minutes. */
  public metricRegionFailures(region: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cache_warming_region_failures_total', { dimensionsMap: { region }, ...options });
  }

  /** The function in each region has a name and no other tie, so that no region waits for another. */
  private reachRegions(environment: string): void {
    iam.Grant.addToPrincipal({
      grantee: this.warmer,
      actions: ['lambda:InvokeFunction'],
      resourceArns: this.otherRegions.map((region) => edgeWarmerArn(this, environment, region)),
    });
  }

  private metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: this.metricsNamespace,
      metricName,
      statistic: cloudwatch.Stats.SUM,
      period: Duration.minutes(5),
      ...options,
    });
  }

  private addSchedules({ every, trendingEvery }: CacheWarmerProps): void {
    this.runOn('Popular', {
      description: 'Warms what is popular or declared',
      schedule: events.Schedule.rate(every),
      event: events.RuleTargetInput.fromObject({ warm: 'all', reason: 'schedule' }),
    });
    this.runOn('Trending', {
      description: 'Warms what is rising, and everything when the cache is empty',
      schedule: events.Schedule.rate(trendingEvery),
      event: events.RuleTargetInput.fromObject({ warm: 'trending' }),
    });
  }

  private addEvents({ service, cluster }: CacheWarmerProps): void {
    this.runOn('Deployed', {
      description: 'Warms after a deployment: the new version may ask for other keys',
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Deployment State Change'],
        resources: [service.serviceArn],
        detail: { eventName: ['SERVICE_DEPLOYMENT_COMPLETED'] },
      },
    });
    this.runOn('FailedOver', {
      description: 'Warms after a failover, while the new writer has nothing in memory',
      eventPattern: {
        source: ['aws.rds'],
        detailType: ['RDS DB Cluster Event'],
        detail: { EventCategories: ['failover'], SourceIdentifier: [cluster.clusterIdentifier] },
      },
    });
    this.runOn('Invalidated', {
      description: 'Warms again what an invalidation has emptied',
      eventPattern: INVALIDATED,
      event: events.RuleTargetInput.fromEventPath('$.detail'),
    });
  }

  private runOn(
    id: string,
    { event, ...rule }: events.RuleProps & { readonly event?: events.RuleTargetInput },
  ): events.Rule {
    const target = new LambdaFunction(this.warmer.function, {
      maxEventAge: Duration.minutes(5),
      retryAttempts: 2,
      ...(event && { event }),
    });
    return new events.Rule(this, id, { ...rule, targets: [target] });
  }
}

function environmentOf(props: CacheWarmerProps, otherRegions: readonly string[]): Record<string, string> {
  const { every, trendingEvery, maxKeys, connections, databaseCpus, edge, viewerHost, environment } = props;
  return {
    WARM_EVERY_SECONDS: String(every.toSeconds()),
    WARM_TRENDING_EVERY_SECONDS: String(trendingEvery.toSeconds()),
    WARM_MAX_KEYS: String(maxKeys),
    WARM_CONCURRENCY: String(connections),
    WARM_MAX_CPU_SESSIONS: String(databaseCpus),
    ...(edge !== 'none' && {
      WARM_EDGE_ORIGIN: `https://${viewerHost}`,
      WARM_EDGE_MAX_REQUESTS: String(edge.maxRequests),
      WARM_EDGE_MONTHLY_REQUESTS: String(edge.monthlyRequests),
    }),
    ...(otherRegions.length > 0 && {
      WARM_EDGE_REGIONS: otherRegions.join(','),
      WARM_EDGE_FUNCTION: edgeWarmerName(environment),
    }),
  };
}

function validate(props: CacheWarmerProps): string[] {
  return [
    ...secondsInRange('every', props.every, 60, 86_400),
    ...secondsInRange('trendingEvery', props.trendingEvery, 60, 86_400),
    ...integerInRange('maxKeys', props.maxKeys, 1, 100_000),
    ...integerInRange('connections', props.connections, 1, 32),
    ...integerInRange('databaseCpus', props.databaseCpus, 1, 1_000),
    ...warmingProblems(props),
  ];
}
