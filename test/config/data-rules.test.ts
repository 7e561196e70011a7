import { Duration } from 'aws-cdk-lib';
import { InvalidConfigError, type PlatformConfig, validateConfig } from '../../lib/config';
import { development } from '../../lib/config/development';
import { production } from '../../lib/config/production';
import type { EdgeWarmingSettings } from '../../lib/constructs/cache-warming/cache-upkeep-settings';

const { database, cache } = production;
const serverless = { kind: 'serverless', minAcu: 1, maxAcu: 8, autoPauseAfter: 'never' } as const;

function problems(change: Partial<PlatformConfig>): readonly string[] {
  try {
    validateConfig({ ...production, ...change });
    return [];
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.problems;
    throw error;
  }
}

const onDatabase = (change: Partial<PlatformConfig['database']>) => problems({ database: { ...database, ...change } });
const onWarming = (change: Partial<PlatformConfig['cacheUpkeep']['warming']>) =>
  problems({ cacheUpkeep: { ...production.cacheUpkeep, warming: { ...production.cacheUpkeep.warming, ...change } } });
const onEdge = (change: Partial<EdgeWarmingSettings>) =>
  onWarming({ edge: { ...production.cacheUpkeep.warming.edge, ...change } });
const onCache = (change: Partial<PlatformConfig['cache']>) => problems({ cache: { ...cache, ...change } });

test.each<[string, () => readonly string[], string]>([
  [
    'readers scale without a fixed one',
    () => onDatabase({ minReaders: 0 }),
    '`database.minReaders` must be at least 1 for readers to scale, got 0',
  ],
  [
    'fewer readers are allowed than are fixed',
    () => onDatabase({ minReaders: 7 }),
    '`database.readerScaling.maxReaders` must not be below `database.minReaders`, got 6 and 7',
  ],
  [
    'tasks need more connections than the pool may open',
    () => problems({ database: { ...database, connectionsPerEndpoint: 100, capacity: serverless } }),
    'connections must fit into the pool, got service 10 × 200 + webhooks 2 × 4 = 2008 of 151 ' +
      '(80 % of max_connections 189 at 1 ACU, the floor of the range)',
  ],
  [
    'the floor of the capacity is above its ceiling',
    () => onDatabase({ capacity: { ...serverless, minAcu: 16 } }),
    '`database.capacity.minAcu` must not be above `database.capacity.maxAcu`, got 16 and 8',
  ],
  [
    'the database is to pause behind the pool',
    () =>
      onDatabase({
        connectionsPerEndpoint: 1,
        capacity: { ...serverless, minAcu: 0, autoPauseAfter: Duration.minutes(10) },
      }),
    '`database.capacity.minAcu` must be at least 0.5 behind the connection pool, got 0: RDS Proxy keeps a connection open',
  ],
  [
    'it is protected and yet to be deleted',
    () => onDatabase({ removal: 'snapshot' }),
    "`database.removal` must be 'retain' while `database.deletionProtection` is on, got 'snapshot'",
  ],
  [
    'backups are kept for too long',
    () => onDatabase({ backupRetention: Duration.days(36) }),
    '`database.backupRetention` must be a Duration between 1 day and 35 days, got 36 days',
  ],
  [
    'the instance class is one that nobody sized',
    () => onDatabase({ capacity: { kind: 'provisioned', instanceClass: 'x9.huge' as 'r8g.large' } }),
    '`database.capacity.instanceClass` must be one of',
  ],
  [
    'the cache is to fail over without a replica',
    () => onCache({ capacity: { ...cache.capacity, replicasPerShard: 0 } }),
    '`cache.capacity.replicasPerShard` must be at least 1 with `cache.capacity.automaticFailover`, got 0',
  ],
  [
    'the cache is a cluster, which the service cannot speak to',
    () => onCache({ capacity: { ...cache.capacity, clusterMode: true, replicasPerShard: 1 } }),
    '`cache.capacity` must be nodes without cluster mode: the service speaks to one endpoint',
  ],
  [
    'the cache is serverless, which is a cluster',
    () =>
      onCache({
        capacity: { kind: 'serverless', dataGb: { min: 1, max: 5 }, ecpuPerSecond: { min: 1000, max: 5000 } },
      }),
    '`cache.capacity` must be nodes without cluster mode: the service speaks to one endpoint',
  ],
  [
    'the migrations cannot reach the password of the master user',
    () =>
      problems({
        webhooks: 'none',
        network: { ...production.network, natGateways: 'none', interfaceEndpoints: ['logs'] },
        cacheUpkeep: development.cacheUpkeep,
      }),
    "`network.interfaceEndpoints` must name 'secrets-manager' without NAT gateways",
  ],
  [
    'webhooks cannot reach the internet',
    () =>
      problems({
        cacheUpkeep: development.cacheUpkeep,
        network: { ...production.network, natGateways: 'none', interfaceEndpoints: ['secrets-manager'] },
      }),
    "`network.natGateways` must not be 'none' unless `webhooks` is: they are delivered to the internet",
  ],
  [
    'a worker for webhooks has a size that Fargate does not offer',
    () => problems({ webhooks: { cpu: 256, memoryMiB: 8192, tasks: 1 } }),
    '`webhooks.memoryMiB` with 256 CPU units must be one of 512, 1024, 2048, got 8192',
  ],
  [
    'what is warmed would expire before the next run',
    () => onWarming({ every: Duration.minutes(10) }),
    '`cacheUpkeep.warming.every` must be shorter than `cacheUpkeep.warming.shortestTtl` less its jitter (540 s), got 600 s',
  ],
  [
    'the CDN is warmed from the primary region twice',
    () => onEdge({ regions: ['us-west-2', 'us-east-1'] }),
    "`cacheUpkeep.warming.edge.regions` must not name `primary.region`, got 'us-east-1': the CDN is warmed from there",
  ],
  [
    'the CDN is warmed from one region twice',
    () => onEdge({ regions: ['us-west-2', 'us-west-2'] }),
    '`cacheUpkeep.warming.edge.regions` must not name an item twice',
  ],
  [
    'the CDN is warmed from nowhere on earth',
    () => onEdge({ regions: ['mars'] }),
    "`cacheUpkeep.warming.edge.regions[0]` must look like a region such as us-east-1, got 'mars'",
  ],
  [
    'the CDN is warmed from more regions than one alarm can watch',
    () => onEdge({ regions: Array.from({ length: 11 }, (_, index) => `eu-${'x'.repeat(index + 1)}-1`) }),
    '`cacheUpkeep.warming.edge.regions` must be a list of 0 to 10 items',
  ],
  [
    'nobody has said from where the CDN is warmed',
    () => onWarming({ edge: { maxRequests: 10, monthlyRequests: 100 } as EdgeWarmingSettings }),
    '`cacheUpkeep.warming.edge.regions` is missing; it must be a list of 0 to 10 items',
  ],
  [
    'a region has no request of a run',
    () => onEdge({ maxRequests: 1 }),
    '`cacheUpkeep.warming.edge.maxRequests` must be at least 2, one for each region that the CDN is warmed from, got 1; ' +
      'raise it or name fewer `cacheUpkeep.warming.edge.regions`',
  ],
  [
    'a region has no request of a month',
    () => onEdge({ monthlyRequests: 1 }),
    '`cacheUpkeep.warming.edge.monthlyRequests` must be at least 2, one for each region that the CDN is warmed from, got 1',
  ],
  [
    'the CDN is warmed with nothing',
    () => onEdge({ maxRequests: 0 }),
    "`cacheUpkeep.warming.edge.maxRequests` must be a whole number between 1 and 10000, got 0 (or 'none')",
  ],
  [
    'regions are to warm a CDN that is not warmed',
    () => onWarming({ edge: 'none', regions: ['us-west-2'] } as { edge: 'none' }),
    '`cacheUpkeep.warming.regions` is not a setting; the settings here are every',
  ],
  [
    'the CDN is warmed from a network without a way out',
    () =>
      problems({
        webhooks: 'none',
        network: { ...production.network, natGateways: 'none', interfaceEndpoints: ['secrets-manager'] },
      }),
    "`cacheUpkeep.warming.edge` must be 'none' without NAT gateways",
  ],
  [
    'the cache throws out by a policy that does not exist',
    () => onCache({ capacity: { ...cache.capacity, maxmemoryPolicy: 'oldest' as 'allkeys-lru' } }),
    '`cache.capacity.maxmemoryPolicy` must be one of noeviction, allkeys-lru',
  ],
])('fails when %s', (_title, found, message) => {
  expect(found()).toEqual([expect.stringContaining(message)]);
});

test('development is the same shape as production, at its smallest', () => {
  expect(Object.keys(development.database)).toEqual(Object.keys(database));
  expect(Object.keys(development.cache.capacity)).toEqual(Object.keys(cache.capacity));
});
