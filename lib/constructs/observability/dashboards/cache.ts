import type { CacheTier } from '../runtime-metrics';
import type { WatchedPlatform } from '../watched-platform';
import type { Section } from './panel';

/** Where values come from, tier by tier, from the edge to the database. */
export function cacheSections(platform: WatchedPlatform): Section[] {
  const { cache, runtime, delivery, additionalMetrics } = platform;
  const tier = (name: CacheTier) => ({
    title: `Tier '${name}': share of look-ups answered`,
    left: [runtime.metricCacheHitRate(name, { label: name })],
    alarms: [`cache-hit-rate-${name}`],
  });
  return [
    {
      title: 'Tiers (cache_hit_rate_by_tier)',
      panels: [
        ...(additionalMetrics
          ? [
              {
                title: 'Edge: cacheable requests answered, %',
                left: [delivery.metricCacheHitRate({ label: 'edge' })],
                alarms: ['edge-hit-rate'],
              },
            ]
          : []),
        tier('memory'),
        tier('server'),
        tier('query'),
        {
          title: 'Asked of the source, and answered stale',
          left: [runtime.metricCacheLoads({ label: 'loads' }), runtime.metricStaleAnswers({ label: 'stale answers' })],
        },
      ],
    },
    {
      title: 'The shared cache',
      panels: [
        { title: 'Hit ratio of the server, %', left: [cache.metricHitRatio()] },
        { title: 'Memory, %', left: [cache.metricMemoryUtilization()], alarms: ['cache-memory'] },
        { title: 'Keys thrown out per minute', left: [cache.metricEvictions()], alarms: ['cache-evictions'] },
        { title: 'Busy, %', left: [cache.metricCpuUtilization()], alarms: ['cache-cpu'] },
        { title: 'Connections', left: [cache.metricCurrConnections()] },
        cache.capacity.kind === 'serverless'
          ? { title: 'Commands turned away', left: [cache.metricThrottledCommands()] }
          : {
              title: 'Replication lag, seconds',
              left: [cache.metricReplicationLag()],
              alarms: ['cache-replication-lag'],
            },
      ],
    },
  ];
}
