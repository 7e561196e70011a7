import { runWarming, type WarmingDeps, type WarmingOptions } from '../../../lambda/cache-warmer/run-warming';
import { readWarmRequest } from '../../../lambda/cache-warmer/warm-request';
import {
  type Cache,
  type CacheConnection,
  type CachePolicies,
  connectCache,
  createCache,
} from '../../../runtime/cache';
import { CacheSeeder } from '../../../runtime/cache/seeding';
import { createDatabase, type Database } from '../../../runtime/database';
import { cachePolicies, type KeyClass } from '../../../service/src/cache-policies';
import { declaredKeys, warmClasses } from '../../../service/src/warming/warm-classes';
import type { DataTier } from '../../local';
import { startServiceData } from '../../service/rig/local-service';
import { CountedMetrics } from './counted-metrics';

const encryption = { current: 'k', keys: { k: Buffer.alloc(32, 1) }, naming: Buffer.alloc(32, 2) };

/** A data tier with the sample catalogue, a process that serves from it, and the warmer beside it. */
export interface WarmingRig {
  readonly tier: DataTier;
  readonly database: Database;
  readonly connection: CacheConnection;
  /** Of a process of the service, its memory empty: what it finds, it finds in the shared cache. */
  newCache(): Promise<Cache<KeyClass>>;
  /** Runs the warmer with an event, and what differs from the usual. */
  warm(event: unknown, deps?: Partial<WarmingDeps>, options?: Partial<WarmingOptions>): ReturnType<typeof runWarming>;
  readonly metrics: CountedMetrics;
  readonly seeder: CacheSeeder;
  /** Statements that the database has answered through the warmer's connections so far. */
  statements(): number;
  stop(): Promise<void>;
}

export async function startWarmingRig(): Promise<WarmingRig> {
  const tier = await startServiceData({ replicas: 2, items: 400, events: 200 });
  const { primary, replicas } = tier;
  const database = createDatabase({
    credentials: { user: 'app_rw', database: tier.credentials.database },
    primary: { name: 'primary', host: primary.host, port: primary.port },
    replicas: replicas.map(({ name, host, port }) => ({ name, host, port })),
  });
  await database.ready();
  const connection = await connectCache({ url: tier.cache.url, replyTimeoutMs: 10_000 });
  const server = { url: tier.cache.url, replyTimeoutMs: 10_000 };
  const seeder = new CacheSeeder({ connection, server, policies: cachePolicies });
  const metrics = new CountedMetrics();
  const caches: Cache<KeyClass>[] = [];
  const policies: CachePolicies = cachePolicies;
  const usual: WarmingDeps = {
    connection,
    database,
    seeder,
    classes: warmClasses,
    declared: () => declaredKeys(database),
    tagsOf: ({ class: keyClass, id }) => {
      const policy = policies[keyClass];
      return policy?.cacheable ? (policy.tags?.(id) ?? []) : [];
    },
    pressure: async () => undefined,
    regions: [],
    costOf: () => 0,
    metrics,
    now: Date.now,
  };
  return {
    tier,
    database,
    connection,
    metrics,
    seeder,
    newCache: async () => {
      const cache = createCache({ connection, policies: cachePolicies, encryption, shareDemand: true });
      caches.push(cache);
      await cache.ready();
      return cache;
    },
    warm: (event, deps = {}, options = {}) =>
      runWarming(
        readWarmRequest(event),
        { ...usual, ...deps },
        {
          everyMs: { all: 300_000, trending: 60_000 },
          maxKeys: 1_000,
          batchSize: 100,
          concurrency: 4,
          edge: 'none',
          deadline: Date.now() + 60_000,
          ...options,
        },
      ),
    statements: () => database.statistics().servers.reduce((sum, { reads, writes }) => sum + reads + writes, 0),
    stop: async () => {
      seeder.close();
      await Promise.all(caches.map((cache) => cache.close()));
      await connection.close();
      await database.close();
      await tier.stop();
    },
  };
}
