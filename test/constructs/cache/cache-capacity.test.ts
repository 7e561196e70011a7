import { Duration } from 'aws-cdk-lib';
import type { NodeCapacity, ServerlessCapacity } from '../../../lib/constructs/cache/cache-capacity';
import type { ValkeyCacheProps } from '../../../lib/constructs/cache/valkey-cache';
import { cached, cluster, nodes, scaling, serverless } from './cache-fixture';

describe('refuses', () => {
  const withNodes = (change: Partial<NodeCapacity>) => ({ capacity: { ...nodes, ...change } });
  const withCluster = (change: Partial<NodeCapacity>) => ({ capacity: { ...cluster, ...change } });
  const withServerless = (change: Partial<ServerlessCapacity>) => ({ capacity: { ...serverless, ...change } });

  test.each<[string, Partial<ValkeyCacheProps>, string]>([
    [
      'it is to speak without TLS',
      { transitEncryption: false },
      '`transitEncryption` must be true, got false: tokens and data would cross the network in clear',
    ],
    [
      'it is to fail over without a replica',
      withNodes({ replicasPerShard: 0 }),
      '`capacity.replicasPerShard` must be at least 1 with `capacity.automaticFailover`, got 0: there is nothing to fail over to',
    ],
    [
      'a cluster cannot fail over',
      withCluster({ automaticFailover: false }),
      '`capacity.automaticFailover` must be true with `capacity.clusterMode`: ElastiCache has no cluster without it',
    ],
    [
      'a cluster that does not scale is to have two replicas',
      withCluster({ scaling: 'fixed', replicasPerShard: 2 }),
      '`capacity.replicasPerShard` must be 1 in a cluster that does not scale, got 2: CloudFormation replaces a cluster',
    ],
    [
      'there are shards without a cluster',
      withNodes({ shards: 2 }),
      '`capacity.clusterMode` must be true for more than one shard, got 2 shards; or use one larger node',
    ],
    ['there are too many shards', withCluster({ shards: 501 }), '`capacity.shards` must be between 1 and 500, got 501'],
    [
      'there are too many replicas',
      withNodes({ replicasPerShard: 6 }),
      '`capacity.replicasPerShard` must be between 0 and 5, got 6',
    ],
    [
      'it is to scale without being a cluster',
      withNodes({ scaling }),
      "`capacity.scaling` must be 'fixed' without `capacity.clusterMode`: only clusters scale",
    ],
    [
      'its nodes are too small to scale',
      withCluster({ nodeType: 'cache.t4g.micro' }),
      '`capacity.scaling` needs a node type of the m or r families, large or larger, got cache.t4g.micro',
    ],
    [
      'it is to scale below where it starts',
      withCluster({ scaling: { ...scaling, maxShards: 1 } }),
      '`capacity.scaling.maxShards` must be between 2 and 500, got 1',
    ],
    [
      'its replicas are to scale below where they start',
      withCluster({ scaling: { ...scaling, maxReplicasPerShard: 0 } }),
      '`capacity.scaling.maxReplicasPerShard` must be between 1 and 5, got 0',
    ],
    [
      'its target is one that ElastiCache does not take',
      withCluster({ scaling: { ...scaling, cpuPercent: 71 } }),
      '`capacity.scaling.cpuPercent` must be between 35 and 70, got 71',
    ],
    [
      'the floor of the data is above its ceiling',
      withServerless({ dataGb: { min: 11, max: 10 } }),
      '`capacity.dataGb.min` must not be above `capacity.dataGb.max`, got 11 and 10',
    ],
    [
      'the ceiling of the data is above what AWS has',
      withServerless({ dataGb: { min: 1, max: 5001 } }),
      '`capacity.dataGb.max` must be between 1 and 5000, got 5001',
    ],
    [
      'the processing units are below what AWS has',
      withServerless({ ecpuPerSecond: { min: 999, max: 2000 } }),
      '`capacity.ecpuPerSecond.min` must be between 1000 and 15000000, got 999',
    ],
    [
      'snapshots are kept for too long',
      { snapshotRetention: Duration.days(36) },
      '`snapshotRetention (days)` must be between 0 and 35, got 36',
    ],
  ])('fails when %s', (_title, props, message) => {
    expect(() => cached(props)).toThrow(message);
  });

  test('fails with every problem at once', () => {
    expect(() => cached({ ...withNodes({ shards: 0 }), transitEncryption: false })).toThrow(
      /capacity.shards.*\n.*transitEncryption/,
    );
  });
});
