import { globalDatabaseIdentifier } from '../constructs/database/global-database';
import type { AdvisedLimits } from '../constructs/insights/advised-resources';
import type { WatchedObjectives } from '../constructs/observability/watched-platform';
import type { Objectives } from './objectives';
import type { PlatformConfig } from './platform-config';
import type { DataReplication } from './recovery-config';

// What the parts of the platform are told of a configuration, each in its own words: none of them sees all of it.

/** `production` becomes the stage `Production`. */
export function stageId(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Environments that share an account and a region must not share their metrics. */
export function metricsNamespace({ name }: PlatformConfig): string {
  return `Headroom/${stageId(name)}`;
}

/** The objectives that metrics can tell. */
export function watchedObjectives({ objectives }: PlatformConfig): WatchedObjectives {
  return {
    availability: objectives.availability,
    p95: objectives.latency.p95,
    complexQuery: objectives.query.complexMax,
    hitRatio: objectives.cacheHitRatio.popular,
    replicationLag: objectives.replicationLag,
  };
}

/** The bounds that advice must stay within. */
export function advisedLimits({ database: { minReaders, readerScaling, pool } }: PlatformConfig): AdvisedLimits {
  return {
    maxReaders: readerScaling === 'fixed' ? minReaders : readerScaling.maxReaders,
    maxConnectionsPercent: pool.maxConnectionsPercent,
  };
}

/** What of the data another region follows. */
export function dataReplication({ name, recovery, backup }: PlatformConfig): DataReplication | 'none' {
  if (recovery === 'none' || backup.kind === 'none') return 'none';
  const globalDatabase = backup.replication.database === 'none' ? 'none' : globalDatabaseIdentifier(name);
  return { region: recovery.region, globalDatabase };
}

/** The objectives as plain numbers, with the unit in each name. */
export function objectivesMetadata(objectives: Objectives): Record<string, number> {
  const { latency, query, cacheHitRatio, availability, users, traffic, replicationLag, recovery } = objectives;
  return {
    latencyP95Ms: latency.p95.toMilliseconds(),
    latencyP95CachedMs: latency.p95Cached.toMilliseconds(),
    queryComplexMaxMs: query.complexMax.toMilliseconds(),
    cacheHitRatioFrequent: cacheHitRatio.frequent,
    cacheHitRatioPopular: cacheHitRatio.popular,
    availability,
    concurrentUsers: users.concurrent,
    stressUsers: users.stress,
    requestsPerHour: traffic.requestsPerHour,
    peakToMean: traffic.peakToMean,
    spikeFactor: traffic.spikeFactor,
    growthFactor: traffic.growthFactor,
    replicationLagSeconds: replicationLag.toSeconds(),
    recoveryPointSeconds: recovery.point.toSeconds(),
    recoveryTimeSeconds: recovery.time.toSeconds(),
  };
}
