import type { MetricDescription } from './metric-description';

/** The tiers of cache: hits, warming, invalidation, the CDN. */
export const CACHE_METRICS = [
  {
    name: 'cache_hit_rate_by_tier',
    labels: ['cache_tier'],
    kind: 'gauge',
    description: 'Share of lookups that a tier answered, 0 to 1, since the last report. Tiers: memory, server, query.',
  },
  {
    name: 'cache_hit_rate_by_class',
    labels: ['key_class'],
    kind: 'gauge',
    description: 'Share of requests for a key class that caused no load, 0 to 1, since the last report.',
  },
  {
    name: 'cache_loads_total',
    labels: [],
    kind: 'counter',
    description: 'Loads from the source because no tier had the value.',
  },
  {
    name: 'cache_load_failures_total',
    labels: [],
    kind: 'counter',
    description: 'Loads from the source that failed.',
  },
  {
    name: 'cache_stale_answers_total',
    labels: [],
    kind: 'counter',
    description: 'Answers given although they had expired, while or because a load was under way or failed.',
  },
  {
    name: 'cache_server_errors_total',
    labels: [],
    kind: 'counter',
    description: 'Commands to the shared cache that failed.',
  },
  {
    name: 'cache_write_behind_total',
    labels: ['outcome'],
    kind: 'counter',
    description: 'Writes done later: written, dead_lettered, lost.',
  },
  {
    name: 'cache_server_available',
    labels: [],
    kind: 'gauge',
    description: '1 while the shared cache can be read, else 0.',
  },
  {
    name: 'cache_warmed_keys_total',
    labels: ['reason'],
    kind: 'counter',
    description: 'Entries that a warmer put into the cache before anybody asked, by what made it run.',
  },
  {
    name: 'cache_warm_hits_total',
    labels: [],
    kind: 'counter',
    description: 'Hits on entries that a warmer had put there.',
  },
  {
    name: 'cache_misses_avoided_total',
    labels: [],
    kind: 'counter',
    description: 'Warmed entries that were asked for at least once: each would have been a load.',
  },
  {
    name: 'cache_warming_effectiveness',
    labels: [],
    kind: 'gauge',
    description: 'Share of the entries warmed since the last full run that were asked for, 0 to 1.',
  },
  {
    name: 'cache_warming_left_total',
    labels: ['reason'],
    kind: 'counter',
    description: 'Batches of keys that a run left to the next one, because its time was up or the database was busy.',
  },
  {
    name: 'cache_warming_seconds',
    labels: ['reason'],
    kind: 'distribution',
    description: 'How long a run of the warmer took.',
  },
  {
    name: 'cache_warming_edge_requests_total',
    labels: ['region', 'result'],
    kind: 'counter',
    description:
      'Requests that the warmer made through the CDN, by the region that they came from: hit, miss, failed, and unknown where the region did not report.',
  },
  {
    name: 'cache_warming_region_failures_total',
    labels: ['region'],
    kind: 'counter',
    description: 'Runs in which a region was to ask the CDN and could not be reached, failed, or did not report.',
  },
  {
    name: 'cache_warming_cost_usd',
    labels: [],
    kind: 'distribution',
    description:
      'What a run of the warmer cost in USD by list prices: its functions, here and elsewhere, and its requests at the CDN.',
  },
  {
    name: 'cache_invalidated_tags_total',
    labels: [],
    kind: 'counter',
    description: 'Tags that events made stale, each counted once per batch.',
  },
  {
    name: 'cache_invalidation_events_rejected_total',
    labels: [],
    kind: 'counter',
    description:
      'Messages that are no event of the catalogue, or name a tag that cannot be one; they are dead letters.',
  },
  {
    name: 'cdn_invalidation_requests_total',
    labels: ['result'],
    kind: 'counter',
    description: 'CreateInvalidation calls: accepted, refused (throttled, too many in progress, no answer), wrong.',
  },
  {
    name: 'cdn_invalidation_paths_total',
    labels: ['kind'],
    kind: 'counter',
    description: 'Paths and tags that CloudFront bills: tag, path, wildcard.',
  },
  {
    name: 'cdn_invalidation_pending',
    labels: [],
    kind: 'gauge',
    description: 'Tags and paths that wait for their CreateInvalidation.',
  },
  {
    name: 'cdn_invalidation_delay_seconds',
    labels: [],
    kind: 'distribution',
    description: 'From the change being known to CloudFront having taken its invalidation.',
  },
] as const satisfies readonly MetricDescription[];
