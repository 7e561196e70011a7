import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { CacheCapacity } from '../cache/cache-capacity';
import { reported } from '../cache/cache-metrics';
import { smallestMaxConnections } from '../database/database-capacity';
import type { PlatformParts } from '../observability/watched-platform';

/** Something that can run out or be of the wrong size, as the advisor is told (lambda/capacity-advisor/advisor-event.ts). */
export interface AdvisedResource {
  /** Label of its metric. */
  readonly type: string;
  /** Values over an hour. */
  readonly metric: cloudwatch.Metric;
  /** Units of the ceiling per unit of the metric. */
  readonly factor: number;
  readonly ceiling: number;
  readonly unit: string;
  /** Share of the ceiling that can be used without harm. */
  readonly usable: number;
  /** Field of the configuration that sets the ceiling. */
  readonly field: string;
}

/** What the advisor must know of the configuration. */
export interface AdvisedLimits {
  /** The most readers that scaling makes. */
  readonly maxReaders: number;
  /** Share of `max_connections` that the pool may use. */
  readonly maxConnectionsPercent: number;
}

const HOUR = Duration.hours(1);
/** ECS and RDS report each task and instance once a minute. */
const SAMPLES_PER_HOUR = 60;
const PERCENT = { ceiling: 100, unit: 'percent', factor: 1 };
/** Utilisation law and queues: above this, waiting grows faster than work. */
const USABLE = 0.7;
/** What does not queue but ends when it is full. */
const USABLE_STOCK = 0.8;

/** What can run out under load, with the field that gives more of it. */
export function advisedResources(parts: PlatformParts, limits: AdvisedLimits): readonly AdvisedResource[] {
  const { database, pool, service, maxTasks } = parts;
  const { connections } = smallestMaxConnections(database.capacity);
  const capacityField =
    database.capacity.kind === 'serverless' ? 'database.capacity.maxAcu' : 'database.capacity.instanceClass';
  const busySum = { period: HOUR, statistic: cloudwatch.Stats.SUM };
  return [
    {
      type: 'service_cpu',
      // All tasks together: percent of one task, summed up over the minutes of an hour.
      metric: service.metricCpuUtilization(busySum),
      factor: 1 / 100 / SAMPLES_PER_HOUR,
      ceiling: maxTasks,
      unit: 'tasks',
      usable: USABLE,
      field: 'service.maxTasks',
    },
    {
      type: 'database_cpu',
      metric: database.metricCpuUtilization('WRITER', { period: HOUR }),
      ...PERCENT,
      usable: USABLE,
      field: capacityField,
    },
    ...(limits.maxReaders === 0
      ? []
      : [
          {
            type: 'database_reader_cpu',
            metric: database.metricCpuUtilization('READER', busySum),
            factor: 1 / 100 / SAMPLES_PER_HOUR,
            ceiling: limits.maxReaders,
            unit: 'readers',
            usable: USABLE,
            field: 'database.readerScaling.maxReaders',
          },
        ]),
    ...(database.capacity.kind === 'provisioned'
      ? []
      : [
          {
            type: 'database_acu',
            metric: database.metricAcuUtilization({ period: HOUR }),
            ...PERCENT,
            usable: USABLE_STOCK,
            field: capacityField,
          },
        ]),
    {
      type: 'database_connections',
      metric: database.metricDatabaseConnections('WRITER', { period: HOUR }),
      factor: 1,
      ceiling: connections,
      unit: 'connections',
      usable: USABLE_STOCK,
      field: capacityField,
    },
    {
      type: 'pool_connections',
      // A sum over the pool's nodes and minutes.
      metric: pool.metricBorrowedConnections('READ_WRITE', busySum),
      factor: 1 / SAMPLES_PER_HOUR,
      ceiling: Math.floor((connections * limits.maxConnectionsPercent) / 100),
      unit: 'connections',
      usable: USABLE,
      field: 'database.pool.maxConnectionsPercent',
    },
    ...cacheResources(parts),
  ];
}

/** What tells about the sizes of tasks. */
export function advisedSizes({ service, scalingEvents, maxTasks }: PlatformParts): readonly AdvisedResource[] {
  return [
    {
      type: 'task_cpu',
      metric: service.metricCpuUtilization({ period: HOUR }),
      ...PERCENT,
      usable: USABLE,
      field: 'service.cpu',
    },
    {
      type: 'service_memory',
      metric: service.metricMemoryUtilization({ period: HOUR, statistic: cloudwatch.Stats.MAXIMUM }),
      ...PERCENT,
      usable: USABLE_STOCK,
      field: 'service.memoryMiB',
    },
    {
      type: 'running_tasks',
      metric: scalingEvents.metricInstancesRunning({ period: HOUR }),
      factor: 1,
      ceiling: maxTasks,
      unit: 'tasks',
      usable: 1,
      field: 'service.maxTasks',
    },
  ];
}

/** Of nodes the first one, which begins as the primary and takes all writes. */
function cacheResources({ cache }: PlatformParts): readonly AdvisedResource[] {
  return cache.server.metricDimensions.slice(0, 1).flatMap((dimensions) =>
    cacheRows(cache.capacity).map(({ name, statistic, ...row }) => ({
      ...row,
      metric: reported(dimensions, name, statistic, HOUR),
    })),
  );
}

function cacheRows(
  capacity: CacheCapacity,
): readonly (Omit<AdvisedResource, 'metric'> & { readonly name: string; readonly statistic: string })[] {
  const [memory, cpu] = ['cache_memory', 'cache_cpu'];
  if (capacity.kind === 'nodes') {
    const node = { ...PERCENT, field: 'cache.capacity.nodeType', statistic: cloudwatch.Stats.MAXIMUM };
    return [
      { ...node, type: memory, name: 'DatabaseMemoryUsageCountedForEvictPercentage', usable: USABLE_STOCK },
      { ...node, type: cpu, name: 'EngineCPUUtilization', usable: USABLE },
    ];
  }
  return [
    {
      type: memory,
      name: 'BytesUsedForCache',
      statistic: cloudwatch.Stats.MAXIMUM,
      factor: 1e-9,
      ceiling: capacity.dataGb.max,
      unit: 'GB',
      usable: USABLE_STOCK,
      field: 'cache.capacity.dataGb.max',
    },
    {
      type: cpu,
      name: 'ElastiCacheProcessingUnits',
      statistic: cloudwatch.Stats.SUM,
      factor: 1 / HOUR.toSeconds(),
      ceiling: capacity.ecpuPerSecond.max,
      unit: 'processing units per second',
      usable: USABLE,
      field: 'cache.capacity.ecpuPerSecond.max',
    },
  ];
}
