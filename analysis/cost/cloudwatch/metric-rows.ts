/** A metric of one resource, with what CloudFormation calls its physical id where the metric has its name. */
export interface MetricRow {
  readonly namespace: string;
  readonly name: string;
  readonly statistic: 'Sum' | 'Average' | 'SampleCount';
  /** Dimensions for a physical id; `undefined` when it is none that the metric knows. */
  readonly dimensions: (physicalId: string) => Readonly<Record<string, string>> | undefined;
  /** @default - the stack's */
  readonly region?: string;
  /** Seconds; what is reported once a day needs a day. @default 3600 */
  readonly period?: number;
}

/** How the values of a month become a figure: their sum in a month, their mean over all hours, or their mean where there are any. */
type Reduction = 'monthly sum' | 'hourly mean' | 'mean';

/** One input of a usage file and what measures it. */
export interface InputRow {
  readonly type: string;
  readonly input: string;
  readonly reduction: Reduction;
  /** Units of the input per unit of the metric. */
  readonly factor: number;
  /** Added up. */
  readonly metrics: readonly MetricRow[];
  /** Divides the sum, as a mean per invocation does. @default - nothing */
  readonly per?: MetricRow;
}

const GB = 2 ** 30;
const DAY = 86_400;
/** CloudFront reports there, wherever its origin is. */
const GLOBAL_REGION = 'us-east-1';

type Names = MetricRow['dimensions'];
const named =
  (dimension: string): Names =>
  (id) => ({ [dimension]: id });

/** `arn:aws:ecs:<region>:<account>:service/<cluster>/<service>`. */
const serviceNames: Names = (id) => {
  const [, cluster, service] = /:service\/([^/]+)\/([^/]+)$/u.exec(id) ?? [];
  return cluster === undefined || service === undefined ? undefined : { ClusterName: cluster, ServiceName: service };
};

/** `arn:aws:elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<id>`. */
const balancerName: Names = (id) => {
  const [, name] = /:loadbalancer\/(app\/.+)$/u.exec(id) ?? [];
  return name === undefined ? undefined : { LoadBalancer: name };
};

const sum = (namespace: string, name: string, dimensions: Names): MetricRow => ({
  namespace,
  name,
  dimensions,
  statistic: 'Sum',
});
const mean = (namespace: string, name: string, dimensions: Names): MetricRow => ({
  ...sum(namespace, name, dimensions),
  statistic: 'Average',
});
const edge = (name: string): MetricRow => ({
  ...sum('AWS/CloudFront', name, (id) => ({ DistributionId: id, Region: 'Global' })),
  region: GLOBAL_REGION,
});
const balancer = (name: string): MetricRow => sum('AWS/ApplicationELB', name, balancerName);
const lambda = (name: string): MetricRow => sum('AWS/Lambda', name, named('FunctionName'));
const nat = (name: string): MetricRow => sum('AWS/NATGateway', name, named('NatGatewayId'));
const cluster = named('DBClusterIdentifier');
const serverlessCache = named('ServerlessCacheName');

const DISTRIBUTION = 'AWS::CloudFront::Distribution';
const HTTP_API = 'AWS::ApiGatewayV2::Api';

/** Requests that a load balancer was sent, for the share that the edge passes on. */
export const PASSED_REQUESTS: InputRow = {
  type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  input: 'requests',
  reduction: 'monthly sum',
  factor: 1,
  metrics: [balancer('RequestCount')],
};

export const EDGE_REQUESTS: InputRow = {
  type: DISTRIBUTION,
  input: 'requests',
  reduction: 'monthly sum',
  factor: 1,
  metrics: [edge('Requests')],
};

export const API_REQUESTS: InputRow = {
  type: HTTP_API,
  input: 'requests',
  reduction: 'monthly sum',
  factor: 1,
  metrics: [sum('AWS/ApiGateway', 'Count', named('ApiId'))],
};

/** What CloudWatch measures of the usage file's inputs. Inputs without a row have no metric and stay assumed. */
export const INPUT_ROWS: readonly InputRow[] = [
  EDGE_REQUESTS,
  API_REQUESTS,
  row(DISTRIBUTION, 'responseGb', 'monthly sum', 1 / GB, edge('BytesDownloaded')),
  row(DISTRIBUTION, 'uploadGb', 'monthly sum', 1 / GB, edge('BytesUploaded')),
  // The hour's consumption is a mean, and every hour is billed.
  row(PASSED_REQUESTS.type, 'lcuHours', 'monthly sum', 1, mean('AWS/ApplicationELB', 'ConsumedLCUs', balancerName)),
  // Every task reports its CPU once a minute, so the samples of an hour are its tasks times 60.
  row('AWS::ECS::Service', 'averageTasks', 'hourly mean', 1 / 60, {
    ...sum('AWS/ECS', 'CPUUtilization', serviceNames),
    statistic: 'SampleCount',
  }),
  row('AWS::RDS::DBCluster', 'storageGb', 'mean', 1 / GB, mean('AWS/RDS', 'VolumeBytesUsed', cluster)),
  row(
    'AWS::RDS::DBCluster',
    'ioMillions',
    'monthly sum',
    1e-6,
    sum('AWS/RDS', 'VolumeReadIOPs', cluster),
    sum('AWS/RDS', 'VolumeWriteIOPs', cluster),
  ),
  row('AWS::RDS::DBCluster', 'backupGb', 'mean', 1 / GB, {
    ...mean('AWS/RDS', 'TotalBackupStorageBilled', cluster),
    period: DAY,
  }),
  row(
    'AWS::RDS::DBInstance',
    'averageAcu',
    'hourly mean',
    1,
    mean('AWS/RDS', 'ServerlessDatabaseCapacity', named('DBInstanceIdentifier')),
  ),
  row(
    'AWS::ElastiCache::ServerlessCache',
    'averageGb',
    'mean',
    1 / GB,
    mean('AWS/ElastiCache', 'BytesUsedForCache', serverlessCache),
  ),
  row(
    'AWS::ElastiCache::ServerlessCache',
    'ecpuMillions',
    'monthly sum',
    1e-6,
    sum('AWS/ElastiCache', 'ElastiCacheProcessingUnits', serverlessCache),
  ),
  row('AWS::Lambda::Function', 'invocations', 'monthly sum', 1, lambda('Invocations')),
  { ...row('AWS::Lambda::Function', 'durationMs', 'mean', 1, lambda('Duration')), per: lambda('Invocations') },
  row(
    'AWS::Logs::LogGroup',
    'ingestedGb',
    'monthly sum',
    1 / GB,
    sum('AWS/Logs', 'IncomingBytes', named('LogGroupName')),
  ),
  row(
    'AWS::EC2::NatGateway',
    'processedGb',
    'monthly sum',
    1 / GB,
    nat('BytesInFromSource'),
    nat('BytesInFromDestination'),
  ),
  row('AWS::S3::Bucket', 'storageGb', 'mean', 1 / GB, {
    ...mean('AWS/S3', 'BucketSizeBytes', (id) => ({ BucketName: id, StorageType: 'StandardStorage' })),
    period: DAY,
  }),
];

function row(
  type: string,
  input: string,
  reduction: Reduction,
  factor: number,
  ...metrics: readonly MetricRow[]
): InputRow {
  return { type, input, reduction, factor, metrics };
}
