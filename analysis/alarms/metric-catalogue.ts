/** What AWS publishes, as far as alarms and dashboards use it: the check of what they ask for. */
export interface KnownMetric {
  /** Sets of dimensions under which it has data. */
  readonly dimensions: readonly (readonly string[])[];
  /** Smallest and largest value that one datapoint can have. */
  readonly range: readonly [number, number];
  /** Seconds between datapoints. @default 60 */
  readonly resolution?: number;
  /** Whether percentiles and ranks can be asked for. @default false */
  readonly percentiles?: true;
  /** Where it is published, whatever the region of the resource. @default - the region of the resource */
  readonly region?: 'us-east-1';
}

const ANY = Number.MAX_SAFE_INTEGER;
const AMOUNT = [0, ANY] as const;
const PERCENT = [0, 100] as const;

const rows = (
  names: readonly string[],
  dimensions: KnownMetric['dimensions'],
  range: KnownMetric['range'],
  more: Omit<KnownMetric, 'dimensions' | 'range'> = {},
): Record<string, KnownMetric> => Object.fromEntries(names.map((name) => [name, { dimensions, range, ...more }]));

const ROLE = [['DBClusterIdentifier'], ['DBClusterIdentifier', 'Role'], ['DBInstanceIdentifier']];
const PROXY = [['ProxyName']];
const PROXY_ROLE = [
  ['ProxyName'],
  ['ProxyName', 'TargetGroup'],
  ['ProxyName', 'TargetGroup', 'TargetRole'],
  ['ProxyName', 'Target', 'TargetGroup'],
];
const NODE = [['CacheClusterId'], ['CacheClusterId', 'CacheNodeId']];
const SERVERLESS_CACHE = [['clusterId']];
const BALANCER = [['LoadBalancer'], ['LoadBalancer', 'AvailabilityZone']];
const TARGETS = [...BALANCER, ['TargetGroup', 'LoadBalancer'], ['TargetGroup', 'LoadBalancer', 'AvailabilityZone']];
const SERVICE = [['ClusterName', 'ServiceName'], ['ClusterName']];
const DISTRIBUTION = [['DistributionId', 'Region']];
const WEB_ACL = [
  ['WebACL', 'Rule'],
  ['WebACL', 'Rule', 'Region'],
];
const FUNCTION = [['FunctionName'], ['FunctionName', 'Resource'], []];
const QUEUE = [['QueueName']];
const REST_API = [['ApiName'], ['ApiName', 'Stage']];
const HTTP_API = [['ApiId'], ['ApiId', 'Stage']];

/**
 * By namespace and name. Sources: the metric pages of each service's user guide, linked at its namespace.
 */
export const METRIC_CATALOGUE: Readonly<Record<string, Readonly<Record<string, KnownMetric>>>> = {
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
  'AWS/ApplicationELB': {
    ...rows(['RequestCount', 'HTTPCode_Target_5XX_Count', 'TargetConnectionErrorCount'], TARGETS, AMOUNT),
    ...rows(['HTTPCode_ELB_5XX_Count', 'RejectedConnectionCount', 'ActiveConnectionCount'], BALANCER, AMOUNT),
    ...rows(['TargetResponseTime'], TARGETS, AMOUNT, { percentiles: true }),
    ...rows(['HealthyHostCount', 'UnHealthyHostCount'], TARGETS.slice(2), AMOUNT),
    ...rows(['RequestCountPerTarget'], [['TargetGroup'], ...TARGETS.slice(2)], AMOUNT),
    ...rows(['ConsumedLCUs'], [['LoadBalancer']], AMOUNT),
  },
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
  'AWS/ECS': rows(['CPUUtilization', 'MemoryUtilization'], SERVICE, PERCENT, { resolution: 20 }),
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
  'ECS/ContainerInsights': rows(['DeploymentCount', 'RunningTaskCount', 'PendingTaskCount'], SERVICE, AMOUNT),
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
  'AWS/Events': rows(['TriggeredRules', 'Invocations', 'FailedInvocations'], [['RuleName']], AMOUNT),
  // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
  // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.monitoring.html
  'AWS/RDS': {
    ...rows(['CPUUtilization', 'BufferCacheHitRatio', 'ACUUtilization'], ROLE, PERCENT),
    ...rows(['AuroraReplicaLag', 'EngineUptime', 'FreeableMemory', 'FreeLocalStorage', 'Deadlocks'], ROLE, AMOUNT),
    ...rows(['CommitLatency', 'ServerlessDatabaseCapacity', 'VolumeBytesUsed'], ROLE, AMOUNT),
    ...rows(['MaximumUsedTransactionIDs'], ROLE, [0, 2 ** 31]),
    ...rows(['DatabaseConnections'], [...ROLE, ...PROXY_ROLE], AMOUNT),
    ...rows(['ClientConnections', 'ClientConnectionsSetupFailedAuth', 'QueryDatabaseResponseLatency'], PROXY, AMOUNT),
    ...rows(['DatabaseConnectionsCurrentlySessionPinned', 'DatabaseConnectionsBorrowLatency'], PROXY_ROLE, AMOUNT),
    ...rows(['DatabaseConnectionsCurrentlyBorrowed', 'MaxDatabaseConnectionsAllowed'], PROXY_ROLE, AMOUNT),
  },
  // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
  'AWS/ElastiCache': {
    ...rows(['EngineCPUUtilization', 'DatabaseMemoryUsageCountedForEvictPercentage'], NODE, PERCENT),
    ...rows(['ReplicationLag', 'SwapUsage'], NODE, AMOUNT),
    ...rows(['CacheHits', 'CacheMisses', 'Evictions', 'CurrConnections'], [...NODE, ...SERVERLESS_CACHE], AMOUNT),
    ...rows(['BytesUsedForCache', 'ElastiCacheProcessingUnits', 'ThrottledCmds'], SERVERLESS_CACHE, AMOUNT),
  },
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
  'AWS/CloudFront': {
    ...rows(['Requests', 'BytesDownloaded'], DISTRIBUTION, AMOUNT, { region: 'us-east-1' }),
    ...rows(['5xxErrorRate', '4xxErrorRate', 'CacheHitRate'], DISTRIBUTION, PERCENT, { region: 'us-east-1' }),
    ...rows(['OriginLatency'], DISTRIBUTION, AMOUNT, { region: 'us-east-1', percentiles: true }),
  },
  // https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
  'AWS/WAFV2': rows(['AllowedRequests', 'BlockedRequests', 'CountedRequests'], WEB_ACL, AMOUNT),
  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  'AWS/Lambda': {
    ...rows(['Errors', 'Invocations', 'Throttles', 'ConcurrentExecutions', 'IteratorAge'], FUNCTION, AMOUNT),
    ...rows(['AsyncEventAge', 'AsyncEventsDropped', 'DestinationDeliveryFailures'], FUNCTION, AMOUNT),
    ...rows(['Duration'], FUNCTION, AMOUNT, { percentiles: true }),
    ...rows(['ProvisionedConcurrencyUtilization'], FUNCTION, [0, 1]),
  },
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
  'AWS/ApiGateway': {
    ...rows(['4XXError', '5XXError'], REST_API, AMOUNT),
    ...rows(['4xx', '5xx'], HTTP_API, AMOUNT),
    ...rows(['Count'], [...REST_API, ...HTTP_API], AMOUNT),
    ...rows(['Latency', 'IntegrationLatency'], [...REST_API, ...HTTP_API], AMOUNT, { percentiles: true }),
  },
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  'AWS/SQS': {
    ...rows(
      ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage', 'NumberOfMessagesSent'],
      QUEUE,
      AMOUNT,
    ),
    ...rows(['ApproximateNumberOfMessagesNotVisible', 'NumberOfMessagesDeleted'], QUEUE, AMOUNT),
  },
  // https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
  'AWS/States': rows(['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsStarted'], [['StateMachineArn']], AMOUNT),
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_metrics.html
  CloudWatchSynthetics: {
    ...rows(['SuccessPercent'], [['CanaryName'], ['CanaryName', 'StepName']], PERCENT),
    ...rows(['Duration'], [['CanaryName'], ['CanaryName', 'StepName']], AMOUNT),
  },
};

/** Ranges of what the platform's own code reports, in whatever namespace; the rest of it is amounts. */
export const OWN_RANGES: Readonly<Record<string, KnownMetric['range']>> = {
  cache_hit_rate_by_tier: [0, 1],
  cache_hit_rate_by_class: [0, 1],
  cache_server_available: [0, 1],
  db_pool_usage_percent: PERCENT,
  resource_utilization_percent: PERCENT,
  cost_per_request_change_percent: [-100, ANY],
  cost_model_error_percent: [-100, ANY],
};

/** The range of a metric that nobody has said anything about. */
export const AMOUNTS: KnownMetric['range'] = AMOUNT;

/** What a dimension names: a resource of a type, the `Name` of one, or words. */
export type DimensionSource =
  | { readonly types: readonly string[] }
  | { readonly nameOf: string }
  | { readonly words: RegExp };

/** Keyed by `<namespace> <dimension>` where a name has two meanings. */
export const DIMENSION_SOURCES: Readonly<Record<string, DimensionSource>> = {
  // The ARN of a listener has the name of its load balancer in it, and the CDK cuts it out of there.
  LoadBalancer: { types: ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::ElasticLoadBalancingV2::Listener'] },
  'AWS/ApplicationELB TargetGroup': { types: ['AWS::ElasticLoadBalancingV2::TargetGroup'] },
  'AWS/RDS TargetGroup': { words: /^default$/ },
  AvailabilityZone: { words: /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/ },
  ClusterName: { types: ['AWS::ECS::Cluster'] },
  ServiceName: { types: ['AWS::ECS::Service'] },
  RuleName: { types: ['AWS::Events::Rule'] },
  DBClusterIdentifier: { types: ['AWS::RDS::DBCluster'] },
  DBInstanceIdentifier: { types: ['AWS::RDS::DBInstance'] },
  Role: { words: /^(WRITER|READER)$/ },
  ProxyName: { types: ['AWS::RDS::DBProxy'] },
  TargetRole: { words: /^(READ_WRITE|READ_ONLY)$/ },
  CacheClusterId: { types: ['AWS::ElastiCache::ReplicationGroup', 'AWS::ElastiCache::CacheCluster'] },
  clusterId: { types: ['AWS::ElastiCache::ServerlessCache'] },
  DistributionId: { types: ['AWS::CloudFront::Distribution'] },
  'AWS/CloudFront Region': { words: /^Global$/ },
  FunctionName: { types: ['AWS::Lambda::Function'] },
  Resource: { types: ['AWS::Lambda::Function'] },
  QueueName: { types: ['AWS::SQS::Queue'] },
  ApiName: { nameOf: 'AWS::ApiGateway::RestApi' },
  ApiId: { types: ['AWS::ApiGatewayV2::Api'] },
  Stage: { words: /^[\w-]+$/ },
  StateMachineArn: { types: ['AWS::StepFunctions::StateMachine'] },
  CanaryName: { types: ['AWS::Synthetics::Canary'] },
};
