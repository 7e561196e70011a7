import { isMap, numberOf, Unresolved } from '../../template';
import { exactly, mapQuantity, times } from '../quantity';
import { scaledCount, scalingInput } from './joins';
import {
  type Charge,
  type Context,
  fixed,
  hourly,
  originRequests,
  perRequest,
  type Rule,
  type Subject,
  UnresolvedPropertyError,
} from './rule';

/** Least data a serverless cache is billed for, in GB: https://aws.amazon.com/elasticache/pricing/. */
const SERVERLESS_MINIMUM_GB: Readonly<Record<string, number>> = { valkey: 0.1, redis: 1 };

const snapshotGb = fixed('GB of snapshots billed', 'one GB for each snapshot beyond the first', (cache) =>
  Math.max(cache.number('SnapshotRetentionLimit', 0) - 1, 0),
);

export const CACHE_RULES: Readonly<Record<string, Rule>> = {
  'AWS::ElastiCache::ReplicationGroup': {
    inputs: { snapshotGb, shards: scalingInput('shards'), replicas: scalingInput('replicas per shard') },
    charges: replicationGroup,
  },
  'AWS::ElastiCache::CacheCluster': {
    inputs: { snapshotGb },
    charges: (cache, context) => [
      hourly(nodeMeter(cache), cache.number('NumCacheNodes', 1), 'nodes', context),
      ...snapshots(cache),
    ],
  },
  'AWS::ElastiCache::ServerlessCache': {
    inputs: {
      averageGb: fixed('GB stored on average', 'a small cache', () => 1),
      ecpuMillions: perRequest(
        'million ECPUs',
        'two 1 kB operations per passed request',
        (_, context) => (2 * originRequests(context)) / 1e6,
      ),
    },
    charges: serverlessCache,
  },
};

function replicationGroup(group: Subject, context: Context): readonly Charge[] {
  const meter = nodeMeter(group);
  const explicit = explicitNodes(group);
  const nodes = explicit ?? nodesByShape(group, context);
  if (typeof nodes === 'number') return [hourly(meter, nodes, 'nodes', context), ...snapshots(group)];
  return [{ meter, quantity: times(nodes, context.hours, `${nodes.why}, ${context.hours} h`) }, ...snapshots(group)];
}

/** Nodes listed one group at a time, if they are. */
function explicitNodes(group: Subject): number | undefined {
  const groups = group.list('NodeGroupConfiguration');
  const counts = groups.map((item) => (isMap(item) ? numberOf(item['ReplicaCount']) : undefined));
  if (groups.length === 0 || counts.some((count) => count === undefined)) return undefined;
  return counts.reduce<number>((sum, count) => {
    if (count instanceof Unresolved) throw new UnresolvedPropertyError(`\`ReplicaCount\`: ${count.reason}`);
    return sum + 1 + (count ?? 0);
  }, 0);
}

/** Shards times one primary and its replicas, either of which may scale; else the plain count of clusters. */
function nodesByShape(group: Subject, context: Context): ReturnType<typeof scaledCount> | number {
  if (group.has('NumCacheClusters') && !group.has('NumNodeGroups')) return group.number('NumCacheClusters');
  const scaled = (dimension: string, absent: number, what: string): ReturnType<typeof scaledCount> =>
    scaledCount(group, context, { dimension: `elasticache:replication-group:${dimension}`, input: what, absent, what });
  const shards = scaled('NodeGroups', group.number('NumNodeGroups', 1), 'shards');
  const replicas = scaled('Replicas', group.number('ReplicasPerNodeGroup', 0), 'replicas');
  const nodes = mapQuantity(shards, (count) => count);
  return {
    ...nodes,
    low: shards.low * (1 + replicas.low),
    expected: shards.expected * (1 + replicas.expected),
    high: shards.high * (1 + replicas.high),
    origin: shards.origin === 'template' ? replicas.origin : shards.origin,
    why: `${shards.why} of one primary and ${replicas.why}`,
  };
}

function nodeMeter(cache: Subject): string {
  const engine = cache.text('Engine', 'redis').toLowerCase();
  return `elasticache.${engine}.node.${cache.text('CacheNodeType')}`;
}

function snapshots(cache: Subject): readonly Charge[] {
  return cache.number('SnapshotRetentionLimit', 0) > 0
    ? [{ meter: 'elasticache.backup', quantity: cache.use('snapshotGb') }]
    : [];
}

function serverlessCache(cache: Subject, context: Context): readonly Charge[] {
  const engine = cache.text('Engine').toLowerCase();
  const least = Math.max(SERVERLESS_MINIMUM_GB[engine] ?? 0, cache.number('CacheUsageLimits.DataStorage.Minimum', 0));
  const stored = mapQuantity(cache.use('averageGb'), (gb) => Math.max(gb, least));
  const perSecond = cache.number('CacheUsageLimits.ECPUPerSecond.Minimum', 0);
  const floor = exactly((perSecond * context.hours * 3600) / 1e6, 'the minimum rate').expected;
  return [
    {
      meter: `elasticache.serverless.${engine}.gbhour`,
      quantity: times(stored, context.hours, `${stored.why}, at least ${least} GB, ${context.hours} h`),
    },
    {
      meter: `elasticache.serverless.${engine}.ecpu`,
      quantity: mapQuantity(cache.use('ecpuMillions'), (ecpu) => Math.max(ecpu, floor)),
    },
  ];
}
