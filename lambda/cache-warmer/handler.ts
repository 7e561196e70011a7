import { Logger } from '@aws-lambda-powertools/logger';
import { PRICE_BOOK } from '../../analysis/cost/prices/price-book';
import { type CachePolicies, connectCache } from '../../runtime/cache';
import { CacheSeeder } from '../../runtime/cache/seeding';
import { MetricsAggregator } from '../../runtime/telemetry/aggregator';
import { cacheServer } from '../../service/src/cache-configuration';
import { cachePolicies } from '../../service/src/cache-policies';
import { connectDatabase, readDataTierConfiguration } from '../../service/src/connect-data';
import { declaredKeys, warmClasses } from '../../service/src/warming/warm-classes';
import { fetchFromEdge } from '../shared/ask-edge';
import { requireEnv } from '../shared/env';
import type { Invocation } from '../shared/invocation';
import { databasePressure } from './database-pressure';
import { fromElsewhere, fromHere, REPORT_WITHIN_MS } from './edge-regions';
import { runCost } from './run-cost';
import { runWarming, type WarmingReport } from './run-warming';
import type { WarmEdgeReport } from './warm-edge';
import { readWarmRequest } from './warm-request';
import { readWarmingSettings } from './warming-options';

const configuration = readDataTierConfiguration(process.env);
const { options, settings, otherRegions } = readWarmingSettings(process.env, cachePolicies, Object.keys(warmClasses));
const memoryMiB = Number(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? 512);
const logger = new Logger();
const metrics = new MetricsAggregator({ namespace: requireEnv('METRICS_NAMESPACE') });
const database = connectDatabase(configuration, metrics, 10_000);
const server = cacheServer(configuration);
const connecting = connectCache(server);
const { edgeOrigin, edgeFunction } = settings;
const regions = [
  fromHere(configuration.awsRegion, edgeOrigin, fetchFromEdge),
  ...otherRegions.map((region) => fromElsewhere(region, edgeOrigin, edgeFunction)),
];

/** Kept back from the time-out: what is under way ends, here and in other regions, and the metrics leave. */
const RESERVE_MS = REPORT_WITHIN_MS + 3_000;

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
          cpuSessions: settings.maxCpuSessions,
          activeSessions: settings.maxActiveSessions,
        }),
        regions,
        costOf: runCost(PRICE_BOOK, configuration.awsRegion, memoryMiB),
        metrics,
        now: Date.now,
      },
      { ...options, deadline: Date.now() + invocation.getRemainingTimeInMillis() - RESERVE_MS },
    );
    if ('edge' in report && report.edge !== 'none') warnOfFailures(report.edge);
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

function warnOfFailures({ regions }: WarmEdgeReport): void {
  for (const [region, { failure }] of Object.entries(regions)) {
    if (failure !== undefined) logger.warn('the CDN was not warmed from a region', { region, failure });
  }
}
