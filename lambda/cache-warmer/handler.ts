import { Logger } from '@aws-lambda-powertools/logger';
import { PRICE_BOOK } from '../../analysis/cost/prices/price-book';
import { type CachePolicies, connectCache } from '../../runtime/cache';
import { CacheSeeder } from '../../runtime/cache/seeding';
import { MetricsAggregator } from '../../runtime/telemetry/aggregator';
import { cacheServer } from '../../service/src/cache-configuration';
import { cachePolicies } from '../../service/src/cache-policies';
import { connectDatabase, readDataTierConfiguration } from '../../service/src/connect-data';
import { declaredKeys, warmClasses } from '../../service/src/warming/warm-classes';
import { requireEnv } from '../shared/env';
import { databasePressure } from './database-pressure';
import { runCost } from './run-cost';
import { runWarming, type WarmingReport } from './run-warming';
import { fetchFromEdge } from './warm-edge';
import { readWarmRequest } from './warm-request';
import { readWarmingSettings } from './warming-options';

const configuration = readDataTierConfiguration(process.env);
const { options, settings } = readWarmingSettings(process.env, cachePolicies, Object.keys(warmClasses));
const memoryMiB = Number(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? 512);
const logger = new Logger();
const metrics = new MetricsAggregator({ namespace: requireEnv('METRICS_NAMESPACE') });
const database = connectDatabase(configuration, metrics, 10_000);
const server = cacheServer(configuration);
const connecting = connectCache(server);

/** Kept back from the time-out: the batches under way end, and the metrics leave. */
const RESERVE_MS = 10_000;

interface Invocation {
  getRemainingTimeInMillis(): number;
}

export async function handler(event: unknown, invocation: Invocation): Promise<WarmingReport> {
  const request = readWarmRequest(event);
  const connection = await connecting;
  const seeder = new CacheSeeder({ connection, server, policies: cachePolicies, connections: options.concurrency });
  try {
    const report = await runWarming(
      request,
      {
        connection,
        database,
        seeder,
        classes: warmClasses,
        declared: () => declaredKeys(database),
        tagsOf: (key) => tagsOf(key.class, key.id),
        pressure: databasePressure(database, {
          lagMillis: settings.maxLagMilliseconds,
          activeSessions: settings.maxActiveSessions,
        }),
        fetchFromEdge,
        costOf: runCost(PRICE_BOOK, configuration.awsRegion, memoryMiB),
          cpuSessions: settings.maxCpuSessions,
        metrics,
        now: Date.now,
      },
      { ...options, deadline: Date.now() + invocation.getRemainingTimeInMillis() - RESERVE_MS },
    );
    logger.info('cache warmed', { report });
    return report;
  } finally {
    seeder.close();
    metrics.flush();
  }
}

function tagsOf(keyClass: string, id: string): readonly string[] {
  const policies: CachePolicies = cachePolicies;
  const policy = policies[keyClass];
  return policy?.cacheable ? (policy.tags?.(id) ?? []) : [];
}
