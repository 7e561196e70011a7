import type { MetricDescription } from './metric-description';

/** The database: routing, pools, replicas, statements. */
export const DATABASE_METRICS = [
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
] as const satisfies readonly MetricDescription[];
