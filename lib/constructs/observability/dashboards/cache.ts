import type { CacheWarmer } from '../../cache-warming/cache-warmer';
import type { CacheTier } from '../runtime-metrics';
import type { WatchedPlatform } from '../watched-platform';
import type { Panel, Section } from './panel';

/** Where values come from, tier by tier, from the edge to the database. */
export function cacheSections(platform: WatchedPlatform): Section[] {
  const { cache, runtime, delivery, additionalMetrics, warmer } = platform;
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
    { title: 'Warming', panels: warmingPanels(warmer) },
  ];
}

function warmingPanels(warmer: CacheWarmer): Panel[] {
  return [
    {
      title: 'Warmed entries that were asked for, as a share',
      left: [warmer.metricEffectiveness({ label: 'effectiveness' })],
    },
    {
      title: 'Entries warmed, hits on them, and loads that they spared',
      left: [
        warmer.metricWarmedKeys({ label: 'warmed' }),
        warmer.metricWarmHits({ label: 'hits' }),
        warmer.metricMissesAvoided({ label: 'loads spared' }),
      ],
    },
    { title: 'Cost of the runs, USD', left: [warmer.metricCost({ label: 'cost' })] },
    {
      title: 'Answers left at edges, by region',
      left: warmer.edgeRegions.map((region) => warmer.metricEdgeFilled(region, { label: region })),
      right: warmer.otherRegions.map((region) => warmer.metricRegionFailures(region, { label: `${region} failed` })),
    },
  ];
}
