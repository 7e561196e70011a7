import { inRange, integerInRange } from '../../shared/validation';

/** A cache of nodes that the platform chooses, sizes and scales. */
export interface NodeCapacity {
  readonly kind: 'nodes';

  /** Type of every node, such as `cache.r7g.large`. */
  readonly nodeType: `cache.${string}`;

  /** Shards that the keys are spread over, 1 to 500. More than one needs `clusterMode`. */
  readonly shards: number;

  /** Replicas of each shard, 0 to 5. With one or more, another zone takes over when a primary is lost. */
  readonly replicasPerShard: number;

  /** Whether the cache is a cluster, which can grow beyond one shard and needs a client that knows clusters. */
  readonly clusterMode: boolean;

  /** Whether a replica in another zone takes over from a lost primary. */
  readonly automaticFailover: boolean;

  /** How shards and replicas follow the load, or `'fixed'`. */
  readonly scaling: CacheScalingSettings | 'fixed';

  /** What is thrown out when memory is full. */
  readonly maxmemoryPolicy: MaxmemoryPolicy;
}

/** Bounds and target of a cache that scales; `shards` and `replicasPerShard` are where it starts and its least. */
export interface CacheScalingSettings {
  /** Most shards. */
  readonly maxShards: number;
  /** Most replicas of each shard. */
  readonly maxReplicasPerShard: number;
  /** Engine CPU, in percent, that the number of nodes is kept at, 35 to 70. */
  readonly cpuPercent: number;
}

/** A cache that AWS sizes, from nothing to the ceiling, in seconds. */
export interface ServerlessCapacity {
  readonly kind: 'serverless';

  /** Data kept ready and most data, in GB, 1 to 5,000. */
  readonly dataGb: Range;

  /** Processing units per second kept ready and most of them, 1,000 to 15,000,000; one is a command of up to 1 kB. */
  readonly ecpuPerSecond: Range;
}

/** From and to, both included. The lower end is paid for also when it is not used. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export type CacheCapacity = NodeCapacity | ServerlessCapacity;

/** What Valkey throws out when memory is full. https://valkey.io/topics/lru-cache */
export const MAXMEMORY_POLICIES = [
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
] as const;

export type MaxmemoryPolicy = (typeof MAXMEMORY_POLICIES)[number];

/** Problems with a capacity by itself. */
export function cacheCapacityProblems(capacity: CacheCapacity): string[] {
  return capacity.kind === 'nodes' ? nodeProblems(capacity) : serverlessProblems(capacity);
}

function nodeProblems(capacity: NodeCapacity): string[] {
  const { shards, replicasPerShard, clusterMode, automaticFailover, scaling } = capacity;
  return [
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Shards.html
    ...integerInRange('capacity.shards', shards, 1, 500),
    ...integerInRange('capacity.replicasPerShard', replicasPerShard, 0, 5),
    ...(shards > 1 && !clusterMode
      ? [`\`capacity.clusterMode\` must be true for more than one shard, got ${shards} shards; or use one larger node`]
      : []),
    ...(automaticFailover && replicasPerShard === 0
      ? [
          '`capacity.replicasPerShard` must be at least 1 with `capacity.automaticFailover`, got 0: there is nothing to ' +
            'fail over to; add a replica or turn failover off',
        ]
      : []),
    ...(clusterMode && !automaticFailover
      ? ['`capacity.automaticFailover` must be true with `capacity.clusterMode`: ElastiCache has no cluster without it']
      : []),
    ...(clusterMode && scaling === 'fixed' && replicasPerShard !== 1
      ? [
          `\`capacity.replicasPerShard\` must be 1 in a cluster that does not scale, got ${replicasPerShard}: CloudFormation ` +
            'replaces a cluster to change it; set `capacity.scaling`, and it becomes the least that scaling keeps',
        ]
      : []),
    ...(scaling === 'fixed' ? [] : scalingProblems(capacity, scaling)),
  ];
}

function scalingProblems(capacity: NodeCapacity, scaling: CacheScalingSettings): string[] {
  const { shards, replicasPerShard, clusterMode, nodeType } = capacity;
  return [
    ...integerInRange('capacity.scaling.maxShards', scaling.maxShards, shards, 500),
    ...integerInRange('capacity.scaling.maxReplicasPerShard', scaling.maxReplicasPerShard, replicasPerShard, 5),
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoScaling-Scaling-Policies-Replicas-Replicas.html
    ...inRange('capacity.scaling.cpuPercent', scaling.cpuPercent, 35, 70),
    ...(clusterMode ? [] : ["`capacity.scaling` must be 'fixed' without `capacity.clusterMode`: only clusters scale"]),
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoScaling.html
    ...(/^cache\.(r|m)\d\w*\.\d*x?large$/.test(nodeType)
      ? []
      : [`\`capacity.scaling\` needs a node type of the m or r families, large or larger, got ${nodeType}`]),
  ];
}

// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Scaling.html#Pre-Scaling
function serverlessProblems({ dataGb, ecpuPerSecond }: ServerlessCapacity): string[] {
  return [
    ...rangeProblems('capacity.dataGb', dataGb, 1, 5000),
    ...rangeProblems('capacity.ecpuPerSecond', ecpuPerSecond, 1000, 15_000_000),
  ];
}

function rangeProblems(name: string, { min, max }: Range, lowest: number, highest: number): string[] {
  return [
    ...integerInRange(`${name}.min`, min, lowest, highest),
    ...integerInRange(`${name}.max`, max, lowest, highest),
    ...(min > max ? [`\`${name}.min\` must not be above \`${name}.max\`, got ${min} and ${max}`] : []),
  ];
}
