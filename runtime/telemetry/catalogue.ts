/** What a metric is called, what its labels are and what it says. */
export interface MetricDescription {
  readonly name: string;
  readonly labels: readonly string[];
  readonly kind: 'counter' | 'gauge' | 'distribution';
  readonly description: string;
}

/** The metrics of the runtime that dashboards and alarms rely on: their names and labels are a contract. */
export const METRICS = [
  {
    name: 'db_read_queries_total',
    labels: ['replica'],
    kind: 'counter',
    description: 'Read statements by the server that answered them; the primary is one of the values.',
  },
  {
    name: 'db_write_queries_total',
    labels: ['database'],
    kind: 'counter',
    description: 'Write statements and transactions by database.',
  },
  {
    name: 'db_replication_lag_seconds',
    labels: ['replica'],
    kind: 'gauge',
    description: 'How far a replica is behind the primary.',
  },
  {
    name: 'db_pool_usage_percent',
    labels: ['server'],
    kind: 'gauge',
    description: 'Connections in use as a share of the most the pool may open.',
  },
  {
    name: 'db_pool_connections',
    labels: ['server'],
    kind: 'gauge',
    description: 'Connections that are open to a server, in use or idle.',
  },
  {
    name: 'db_pool_waiting',
    labels: ['server'],
    kind: 'gauge',
    description: 'Statements that wait for a connection.',
  },
  {
    name: 'db_pool_acquire_seconds',
    labels: ['server'],
    kind: 'distribution',
    description: 'How long statements waited for a connection.',
  },
  {
    name: 'db_reads_fallen_back_total',
    labels: [],
    kind: 'counter',
    description: 'Reads that the primary answered because no replica would do.',
  },
  {
    name: 'db_reads_retried_total',
    labels: ['replica'],
    kind: 'counter',
    description: 'Reads that were done again elsewhere because this replica failed.',
  },
  {
    name: 'db_errors_total',
    labels: ['server'],
    kind: 'counter',
    description: 'Statements and connections that failed on a server.',
  },
  {
    name: 'db_failovers_total',
    labels: ['database'],
    kind: 'counter',
    description: 'Times that another server became the primary.',
  },
  {
    name: 'db_query_findings',
    labels: ['kind'],
    kind: 'gauge',
    description:
      'What query insights found, by kind: slow_query, regressed_query, n_plus_one, missing_index, unused_index, bloat, long_transaction, missing_partition.',
  },
  {
    name: 'db_statement_mean_milliseconds',
    labels: [],
    kind: 'gauge',
    description: 'Mean time of all statements of five minutes, on all servers.',
  },
  {
    name: 'db_slowest_statement_milliseconds',
    labels: [],
    kind: 'gauge',
    description: 'Mean time of the statement that is slowest on average.',
  },
  {
    name: 'db_statements_over_objective_percent',
    labels: [],
    kind: 'gauge',
    description: 'Share of calls to statements that take longer on average than the objective for a complex query.',
  },
  {
    name: 'db_longest_transaction_seconds',
    labels: [],
    kind: 'gauge',
    description: 'Age of the oldest open transaction on any server.',
  },
  {
    name: 'db_readers_available',
    labels: [],
    kind: 'gauge',
    description: 'Readers that RDS calls available.',
  },
  {
    name: 'db_reader_imbalance_percent',
    labels: [],
    kind: 'gauge',
    description: 'How far the processor of the busiest reader is above the mean of all; absent while none is busy.',
  },
  {
    name: 'db_topology_drift',
    labels: [],
    kind: 'gauge',
    description: 'Ways in which the cluster is not what its configuration says, such as too few readers.',
  },
  {
    name: 'db_topology_changes',
    labels: [],
    kind: 'gauge',
    description: 'Changes of writer and readers in five minutes.',
  },
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
    labels: ['result'],
    kind: 'counter',
    description: 'Requests that the warmer made through the CDN: hit, miss, failed.',
  },
  {
    name: 'cache_warming_cost_usd',
    labels: [],
    kind: 'distribution',
    description: 'What a run of the warmer cost in USD by list prices: its function and its requests at the CDN.',
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
    description: 'CreateInvalidation calls: accepted, refused (throttled or too many in progress), failed.',
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
  {
    name: 'resource_utilization_percent',
    labels: ['resource_type'],
    kind: 'gauge',
    description:
      'How much of its share the process uses: cpu, memory, event_loop. Of the advisor: how full a resource was in 95 % of the hours of a day.',
  },
  {
    name: 'capacity_days_left',
    labels: ['resource_type'],
    kind: 'gauge',
    description: 'Days until the growing use of a resource reaches what is usable of it; absent while nothing grows.',
  },
  {
    name: 'capacity_bottleneck_ratio',
    labels: [],
    kind: 'gauge',
    description: 'Load at which the first resource is full, as a multiple of the busiest hours.',
  },
  {
    name: 'capacity_recommendations',
    labels: [],
    kind: 'gauge',
    description: 'Recommendations of the capacity advisor today.',
  },
  {
    name: 'rate_limited_requests_total',
    labels: ['tier'],
    kind: 'counter',
    description: 'Requests refused by the rate limit of their tier.',
  },
  {
    name: 'shed_requests_total',
    labels: ['reason'],
    kind: 'counter',
    description: 'Requests refused because too many were waiting (queue_full) or they waited too long (queue_timeout).',
  },
  {
    name: 'webhook_attempts_total',
    labels: ['outcome'],
    kind: 'counter',
    description: 'Attempts to deliver a webhook: accepted, failed.',
  },
  {
    name: 'webhook_dead_letters_total',
    labels: [],
    kind: 'counter',
    description: 'Webhooks that could not be delivered in time.',
  },
  {
    name: 'webhook_deliveries_waiting',
    labels: [],
    kind: 'gauge',
    description: 'Webhooks that wait to be delivered, once a minute.',
  },
  {
    name: 'webhook_oldest_delivery_seconds',
    labels: [],
    kind: 'gauge',
    description: 'Age of the oldest webhook that waits, once a minute.',
  },
  {
    name: 'live_connections',
    labels: [],
    kind: 'gauge',
    description: 'WebSocket connections that are open.',
  },
  {
    name: 'live_messages_total',
    labels: [],
    kind: 'counter',
    description: 'Messages sent to live connections, one for each connection.',
  },
  {
    name: 'live_messages_lost_total',
    labels: [],
    kind: 'counter',
    description: 'Messages that nobody was told because the shared cache was away.',
  },
  {
    name: 'live_connections_cut_total',
    labels: ['reason'],
    kind: 'counter',
    description:
      'Live connections cut because they read too slowly (slow), did not answer (silent) or sent nonsense (invalid).',
  },
  {
    name: 'instances_running_total',
    labels: ['service'],
    kind: 'gauge',
    description: 'Tasks of a service that run now, once a minute.',
  },
  {
    name: 'auto_scaling_events_total',
    labels: ['action'],
    kind: 'counter',
    description: 'What scaling did: scale_up, scale_down, and at_maximum when it could do no more.',
  },
] as const satisfies readonly MetricDescription[];
