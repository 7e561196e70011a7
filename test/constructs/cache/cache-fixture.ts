import { Duration } from 'aws-cdk-lib';
import type { NodeCapacity, ServerlessCapacity } from '../../../lib/constructs/cache/cache-capacity';
import { ValkeyCache, type ValkeyCacheProps } from '../../../lib/constructs/cache/valkey-cache';
import { testStack } from '../testing';

export const nodes: NodeCapacity = {
  kind: 'nodes',
  nodeType: 'cache.r7g.large',
  shards: 1,
  replicasPerShard: 1,
  clusterMode: false,
  automaticFailover: true,
  scaling: 'fixed',
  maxmemoryPolicy: 'allkeys-lfu',
};
export const scaling = { maxShards: 6, maxReplicasPerShard: 3, cpuPercent: 60 };
export const cluster: NodeCapacity = { ...nodes, shards: 2, clusterMode: true, scaling };
export const serverless: ServerlessCapacity = {
  kind: 'serverless',
  dataGb: { min: 1, max: 10 },
  ecpuPerSecond: { min: 1000, max: 20_000 },
};

/** A cache with a primary and a replica, or as `props` say. */
export function cached(props: Partial<ValkeyCacheProps> = {}, { stack, vpc, vpcSubnets } = testStack()) {
  const defaults = { capacity: nodes, snapshotRetention: Duration.days(7) };
  const cache = new ValkeyCache(stack, 'Cache', { vpc, vpcSubnets, ...defaults, ...props });
  return { stack, vpc, cache };
}
