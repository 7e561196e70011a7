import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { CacheCapacity } from '../cache/cache-capacity';
import { reported } from '../cache/cache-metrics';
import type { ValkeyCache } from '../cache/valkey-cache';
import type { ContainerService } from '../container-service/container-service';
import type { AuroraDatabase } from '../database/aurora-database';
import type { ContentDelivery } from '../edge/content-delivery';
import type { LoadBalancer } from '../load-balancer/load-balancer';

/** One meter of the bill and how much of it an hour uses: a constant, or a metric over the hour times a factor. */
export interface ReportedUsage {
  /** Meter of the price book, such as `alb.lcu`. */
  readonly meter: string;

  /** Units per hour, or units per unit of `metric`. */
  readonly factor: number;

  /**
   * Metric whose value over an hour is multiplied.
   *
   * @default - the factor is the usage of every hour
   */
  readonly metric?: cloudwatch.Metric;
}

const HOUR = { period: Duration.hours(1) };
const HOURS_PER_MONTH = 730;
const BYTES_PER_GB = 2 ** 30;
/** ECS reports the CPU of every task once a minute, so an hour of one task is this many samples. */
const SAMPLES_PER_TASK_HOUR = 60;

/** Size of a task. */
export interface TaskSize {
  /** CPU units, 1024 per vCPU. */
  readonly cpu: number;
  readonly memoryMiB: number;
}

/** vCPU and memory of the tasks that ran. */
export function serviceUsage(service: ContainerService, size: TaskSize): readonly ReportedUsage[] {
  const metric = service.metricCpuUtilization({ ...HOUR, statistic: cloudwatch.Stats.SAMPLE_COUNT });
  return [
    { meter: 'fargate.vcpu.arm', factor: size.cpu / 1024 / SAMPLES_PER_TASK_HOUR, metric },
    { meter: 'fargate.gb.arm', factor: size.memoryMiB / 1024 / SAMPLES_PER_TASK_HOUR, metric },
  ];
}

/** Hours of the load balancer and the capacity units that it used. */
export function loadBalancerUsage({ loadBalancer }: LoadBalancer): readonly ReportedUsage[] {
  const metric = loadBalancer.metrics.consumedLCUs({ ...HOUR, statistic: cloudwatch.Stats.AVERAGE });
  return [
    { meter: 'alb.hour', factor: 1 },
    { meter: 'alb.lcu', factor: 1, metric },
  ];
}

/** Instances or ACUs, storage and I/O of the database. */
export function databaseUsage(
  database: AuroraDatabase,
  storage: 'standard' | 'io-optimized',
): readonly ReportedUsage[] {
  const kind = storage === 'io-optimized' ? 'ioopt' : 'standard';
  const instances = 1 + database.readers;
  const { capacity } = database;
  const acus = database.metricServerlessDatabaseCapacity({ ...HOUR, statistic: cloudwatch.Stats.AVERAGE });
  const compute: ReportedUsage =
    capacity.kind === 'provisioned'
      ? { meter: `aurora.instance.${kind}.db.${capacity.instanceClass}`, factor: instances }
      : { meter: `aurora.acu.${kind}`, factor: instances, metric: acus };
  const volume = database.metricVolumeBytesUsed({ ...HOUR, statistic: cloudwatch.Stats.AVERAGE });
  const io = [database.cluster.metricVolumeReadIOPs, database.cluster.metricVolumeWriteIOPs].map(
    (metric): ReportedUsage => ({
      meter: 'aurora.io',
      factor: 1e-6,
      metric: metric.call(database.cluster, { ...HOUR, statistic: cloudwatch.Stats.SUM }),
    }),
  );
  return [
    compute,
    { meter: `aurora.storage.${kind}`, factor: 1 / BYTES_PER_GB / HOURS_PER_MONTH, metric: volume },
    ...(storage === 'standard' ? io : []),
  ];
}

/** Nodes of the cache; a serverless cache by the bytes it holds. */
export function cacheUsage({ server }: ValkeyCache, capacity: CacheCapacity): readonly ReportedUsage[] {
  if (capacity.kind === 'nodes') {
    const nodes = capacity.shards * (1 + capacity.replicasPerShard);
    return [{ meter: `elasticache.valkey.node.${capacity.nodeType}`, factor: nodes }];
  }
  return server.metricDimensions.flatMap((dimensionsMap): readonly ReportedUsage[] => {
    const of = (metricName: string, statistic: string): cloudwatch.Metric =>
      reported(dimensionsMap, metricName, statistic, HOUR.period);
    return [
      {
        meter: 'elasticache.serverless.valkey.gbhour',
        factor: 1 / BYTES_PER_GB,
        metric: of('BytesUsedForCache', 'Average'),
      },
      { meter: 'elasticache.serverless.valkey.ecpu', factor: 1e-6, metric: of('ElastiCacheProcessingUnits', 'Sum') },
    ];
  });
}

/** NAT gateways with their public addresses. */
export function networkUsage(natGateways: number): readonly ReportedUsage[] {
  return natGateways === 0
    ? []
    : [
        { meter: 'nat.hour', factor: natGateways },
        { meter: 'ipv4.public', factor: natGateways },
      ];
}

/** Requests and bytes to viewers, the edge functions, and what the web ACL inspects. */
export function deliveryUsage(delivery: ContentDelivery): readonly ReportedUsage[] {
  const requests = delivery.metricRequests(HOUR);
  // The distribution's own method leaves out the dimension `Region`, without which CloudFront's metrics have no data.
  const bytes = new cloudwatch.Metric({
    namespace: requests.namespace,
    metricName: 'BytesDownloaded',
    dimensionsMap: { ...requests.dimensions },
    statistic: cloudwatch.Stats.SUM,
    region: 'us-east-1',
    ...HOUR,
  });
  return [
    { meter: 'cloudfront.req.https.us', factor: 1e-4, metric: requests },
    { meter: 'cloudfront.gb.us', factor: 1 / BYTES_PER_GB, metric: bytes },
    // One function on the way in and one on the way out.
    { meter: 'cloudfront.function', factor: 2e-6, metric: requests },
    { meter: 'waf.request', factor: 1e-6, metric: requests },
    { meter: 'waf.acl', factor: 1 / HOURS_PER_MONTH },
  ];
}
