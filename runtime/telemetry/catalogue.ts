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
    name: 'cache_server_available',
    labels: [],
    kind: 'gauge',
    description: '1 while the shared cache can be read, else 0.',
  },
  {
    name: 'resource_utilization_percent',
    labels: ['resource_type'],
    kind: 'gauge',
    description: 'How much of its share the process uses: cpu, memory, event_loop.',
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
