import type { ValkeyCache } from '../../cache/valkey-cache';
import type { AlarmRow, Concern, MissingData } from '../alarm-row';
import type { RuntimeMetrics } from '../runtime-metrics';

const NO_NODE: MissingData = {
  counts: 'notBreaching',
  because: 'a node is being replaced; cache-unavailable tells when that hurts',
};
const NO_LOOKUPS: MissingData = { counts: 'notBreaching', because: 'nobody looks anything up' };
// From here on the system itself is short of memory; a little swap is normal:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html
const SWAP_BYTES = 300 * 2 ** 20;

/** What the shared cache reports, and what the tasks see of it. `hitRatio` is the share of popular queries it must answer. */
export function cacheAlarms(cache: ValkeyCache, runtime: RuntimeMetrics, hitRatio: number): Concern {
  return { name: 'cache', rows: [...tierRows(runtime, hitRatio), ...memoryRows(cache), ...kindRows(cache)] };
}

function tierRows(runtime: RuntimeMetrics, hitRatio: number): AlarmRow[] {
  return [
    {
      id: 'cache-unavailable',
      says: 'Tasks cannot reach the shared cache: everything is asked of the database',
      metric: runtime.metricCacheAvailable(),
      when: { below: 1 },
      datapoints: [3, 5],
      severity: 'page',
      missing: { counts: 'notBreaching', because: 'no task runs, which service-below-minimum tells' },
    },
    ...(['server', 'query'] as const).map(
      (tier): AlarmRow => ({
        id: `cache-hit-rate-${tier}`,
        says: `The cache tier '${tier}' answers less than ${hitRatio * 100} % of its look-ups, the objective`,
        metric: runtime.metricCacheHitRate(tier),
        when: { below: hitRatio },
        datapoints: [25, 30],
        severity: 'ticket',
        missing: NO_LOOKUPS,
        runbook: 'cache-hit-rate',
      }),
    ),
  ];
}

function memoryRows(cache: ValkeyCache): AlarmRow[] {
  return [
    {
      id: 'cache-memory',
      says: 'More than 85 % of the memory of the cache is used',
      metric: cache.metricMemoryUtilization(),
      when: { above: 85 },
      datapoints: [10, 15],
      severity: 'ticket',
      missing: NO_NODE,
    },
    {
      id: 'cache-evictions',
      says: 'The cache throws out more than 100 keys a minute because it is full',
      metric: cache.metricEvictions(),
      when: { above: 100 },
      datapoints: [10, 15],
      severity: 'ticket',
      missing: NO_NODE,
    },
    {
      id: 'cache-cpu',
      says: 'The cache is busy more than 80 % of the time',
      metric: cache.metricCpuUtilization(),
      when: { above: 80 },
      datapoints: [5, 10],
      severity: 'ticket',
      missing: NO_NODE,
    },
  ];
}

/** Nodes have a memory of their own and replicas; a serverless cache has a ceiling. */
function kindRows(cache: ValkeyCache): AlarmRow[] {
  if (cache.capacity.kind === 'serverless') {
    return [
      {
        id: 'cache-throttled',
        says: 'The cache turns commands away: it is at its ceiling',
        metric: cache.metricThrottledCommands(),
        when: { atLeast: 1 },
        datapoints: [5, 10],
        severity: 'ticket',
        missing: NO_NODE,
      },
    ];
  }
  const swap: AlarmRow = {
    id: 'cache-swap',
    says: 'A node of the cache has moved more than 300 MiB of memory to disk and becomes slow',
    metric: cache.metricSwapUsage(),
    when: { above: SWAP_BYTES },
    datapoints: [5, 10],
    severity: 'ticket',
    missing: NO_NODE,
  };
  const lag: AlarmRow = {
    id: 'cache-replication-lag',
    says: 'A replica of the cache is more than 10 s behind: a failover now would lose that much',
    metric: cache.metricReplicationLag(),
    when: { above: 10 },
    datapoints: [5, 10],
    severity: 'ticket',
    missing: NO_NODE,
  };
  return cache.capacity.replicasPerShard > 0 ? [swap, lag] : [swap];
}
