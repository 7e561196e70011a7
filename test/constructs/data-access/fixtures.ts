import { type App, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ValkeyCache } from '../../../lib/constructs/cache/valkey-cache';
import { DataAccess } from '../../../lib/constructs/data-access/data-access';
import { ConnectionPool } from '../../../lib/constructs/database/connection-pool';
import { testDatabase } from '../database/fixtures';

/** A small data tier in a stack of its own. */
export function testDataTier(app: App) {
  const stack = new Stack(app, 'Data');
  const vpc = new ec2.Vpc(stack, 'Vpc', { availabilityZones: ['us-east-1a', 'us-east-1b'] });
  const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  const { database } = testDatabase({}, { stack, vpc, vpcSubnets });
  const pool = new ConnectionPool(stack, 'Pool', { database, vpc, vpcSubnets, maxConnectionsPercent: 80 });
  const capacity = {
    kind: 'nodes',
    nodeType: 'cache.t4g.micro',
    shards: 1,
    replicasPerShard: 0,
    clusterMode: false,
    automaticFailover: false,
    scaling: 'fixed',
    maxmemoryPolicy: 'volatile-lfu',
  } as const;
  const cache = new ValkeyCache(stack, 'Cache', { vpc, vpcSubnets, capacity, snapshotRetention: Duration.days(1) });
  return { stack, vpc, vpcSubnets, access: new DataAccess({ pool, cache }) };
}
