import { fullDiff, type ResourceDifference, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { App, Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { context } from '../../cdk.json';
import type { PlatformConfig } from '../../lib/config';
import { production } from '../../lib/config/production';
import type { NodeCapacity, ServerlessCapacity } from '../../lib/constructs/cache/cache-capacity';
import { DataStack, type DataStackProps } from '../../lib/stacks/data-stack';
import { NetworkStack } from '../../lib/stacks/network-stack';

type DataConfig = Pick<PlatformConfig, 'database' | 'cache' | 'objectives'> & {
  readonly replication?: DataStackProps['replication'];
};

const templates = new Map<DataConfig, Record<string, unknown>>();

function templateOf(config: DataConfig): Record<string, unknown> {
  const known = templates.get(config);
  if (known !== undefined) return known;
  const template = synthesize(config);
  templates.set(config, template);
  return template;
}

function synthesize({ database, cache, objectives, replication = 'none' }: DataConfig): Record<string, unknown> {
  const app = new App({ context: { ...context, [DISABLE_ASSET_STAGING_CONTEXT]: true } });
  const { availabilityZones } = production.primary;
  const { network } = new NetworkStack(app, 'Network', { network: { ...production.network, availabilityZones } });
  const thresholds = { slowQuery: objectives.query.complexMax };
  return Template.fromStack(new DataStack(app, 'Data', { network, database, cache, thresholds, replication })).toJSON();
}

const HARMLESS = [ResourceImpact.NO_CHANGE, ResourceImpact.WILL_UPDATE, ResourceImpact.WILL_CREATE];

/** Resources that a change replaces, may replace, deletes or leaves behind, by logical id. */
function losses(before: DataConfig, after: DataConfig): string[] {
  return lossesBetween(templateOf(before), templateOf(after));
}

function lossesBetween(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const lost: string[] = [];
  fullDiff(before, after).resources.forEachDifference((id, change) => {
    if (!HARMLESS.includes(change.changeImpact) && !reshardsOnline(change)) lost.push(`${change.changeImpact} ${id}`);
  });
  return lost;
}

/**
 * The number of shards replaces a cache unless it is resharded online, which the diff cannot see.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html#cfn-attributes-updatepolicy-useonlineresharding
 */
function reshardsOnline({ changeImpact, newValue, propertyUpdates }: ResourceDifference): boolean {
  return (
    changeImpact === ResourceImpact.MAY_REPLACE &&
    Object.keys(propertyUpdates).join() === 'NumNodeGroups' &&
    newValue?.['UpdatePolicy']?.UseOnlineResharding === true
  );
}

const base: DataConfig = production;
const nodes: NodeCapacity = production.cache.capacity;
const cluster: NodeCapacity = {
  ...nodes,
  clusterMode: true,
  shards: 2,
  scaling: { maxShards: 6, maxReplicasPerShard: 3, cpuPercent: 60 },
};
const serverless: ServerlessCapacity = {
  kind: 'serverless',
  dataGb: { min: 1, max: 10 },
  ecpuPerSecond: { min: 1000, max: 20_000 },
};

const onDatabase = (change: Partial<DataConfig['database']>) => ({
  ...base,
  database: { ...base.database, ...change },
});
const onCache = (capacity: DataConfig['cache']['capacity']): DataConfig => ({
  ...base,
  cache: { ...base.cache, capacity },
});
const onAcu: DataConfig = onDatabase({
  capacity: { kind: 'serverless', minAcu: 1, maxAcu: 8, autoPauseAfter: 'never' },
});
const onCluster = onCache(cluster);
const onServerless = onCache(serverless);

test.each<[field: string, after: DataConfig, before?: DataConfig]>([
  ['database.capacity.instanceClass', onDatabase({ capacity: { kind: 'provisioned', instanceClass: 'r8g.4xlarge' } })],
  ['database.capacity.kind', onAcu],
  ['database.capacity.kind, back', base, onAcu],
  [
    'database.capacity.minAcu and maxAcu',
    onDatabase({ capacity: { kind: 'serverless', minAcu: 4, maxAcu: 64, autoPauseAfter: 'never' } }),
    onAcu,
  ],
  [
    'database.capacity.autoPauseAfter',
    onDatabase({ capacity: { kind: 'serverless', minAcu: 0, maxAcu: 8, autoPauseAfter: Duration.minutes(30) } }),
    onAcu,
  ],
  ['database.storage', onDatabase({ storage: 'io-optimized' })],
  ['database.backupRetention', onDatabase({ backupRetention: Duration.days(7) })],
  ['database.insights', onDatabase({ insights: 'standard' })],
  ['database.deletionProtection and removal', onDatabase({ deletionProtection: false, removal: 'snapshot' })],
  ['database.planManagement', onDatabase({ planManagement: false })],
  ['database.minReaders, more', onDatabase({ minReaders: 4 })],
  [
    'database.readerScaling.maxReaders',
    onDatabase({ readerScaling: { ...production.database.readerScaling, maxReaders: 15 } }),
  ],
  [
    'database.readerScaling.target',
    onDatabase({ readerScaling: { maxReaders: 6, target: { kind: 'connections', perReader: 500 } } }),
  ],
  ['database.pool', onDatabase({ pool: { maxConnectionsPercent: 50, maxIdleConnectionsPercent: 10 } })],
  [
    'database.pool, times',
    onDatabase({
      pool: { maxConnectionsPercent: 80, borrowTimeout: Duration.seconds(1), idleClientTimeout: Duration.hours(1) },
    }),
  ],
  ['database.connectionsPerEndpoint', onDatabase({ connectionsPerEndpoint: 16 })],
  [
    'objectives.query.complexMax',
    { ...base, objectives: { ...base.objectives, query: { complexMax: Duration.millis(100) } } },
  ],
  ['cache.capacity.nodeType', onCache({ ...nodes, nodeType: 'cache.r7g.2xlarge' })],
  ['cache.capacity.replicasPerShard, more', onCache({ ...nodes, replicasPerShard: 5 })],
  ['cache.capacity.replicasPerShard, fewer', onCache({ ...nodes, replicasPerShard: 1 })],
  ['cache.capacity.automaticFailover', onCache({ ...nodes, automaticFailover: false })],
  ['cache.capacity.maxmemoryPolicy', onCache({ ...nodes, maxmemoryPolicy: 'allkeys-lru' })],
  ['cache.snapshotRetention', { ...base, cache: { ...base.cache, snapshotRetention: Duration.days(35) } }],
  ['cache.capacity.shards, more', onCache({ ...cluster, shards: 4 }), onCluster],
  ['cache.capacity.shards, fewer', onCluster, onCache({ ...cluster, shards: 4 })],
  ['cache.capacity.replicasPerShard of a cluster', onCache({ ...cluster, replicasPerShard: 1 }), onCluster],
  ['cache.capacity.nodeType of a cluster', onCache({ ...cluster, nodeType: 'cache.r7g.4xlarge' }), onCluster],
  [
    'cache.capacity.scaling',
    onCache({ ...cluster, scaling: { maxShards: 12, maxReplicasPerShard: 5, cpuPercent: 50 } }),
    onCluster,
  ],
  [
    'cache.capacity.dataGb and ecpuPerSecond',
    onCache({ ...serverless, dataGb: { min: 5, max: 100 }, ecpuPerSecond: { min: 5000, max: 100_000 } }),
    onServerless,
  ],
])('a deploy that changes %s replaces and loses nothing', (_field, after, before = base) => {
  expect(losses(before, after)).toEqual([]);
});

test('a database that another region is to follow stays where it is; only the migrations learn another secret', () => {
  const followed = { ...base, replication: { region: 'us-west-2', globalDatabase: 'headroom-x' } };
  expect(losses(base, followed)).toEqual([
    expect.stringMatching(/^WILL_DESTROY DatabaseMigrationsFunctionCurrentVersion/),
  ]);
});

test('fewer readers delete the last reader and touch nothing else', () => {
  expect(losses(base, onDatabase({ minReaders: 1 }))).toEqual([
    expect.stringMatching(/^WILL_DESTROY DatabaseClusterReader2/),
  ]);
});

test('the diff does see a replacement: shards that are not resharded online', () => {
  const [before, after] = [templateOf(onCluster), synthesize(onCache({ ...cluster, shards: 4 }))];
  const group = Object.values(after['Resources'] as Record<string, { Type: string; UpdatePolicy?: unknown }>).find(
    ({ Type }) => Type === 'AWS::ElastiCache::ReplicationGroup',
  );
  delete group?.UpdatePolicy;
  expect(lossesBetween(before, after)).toEqual([expect.stringMatching(/^MAY_REPLACE CacheNodes/)]);
});
