import { INDEXES, type IndexRow } from '../../runtime/insights';
import type { MonitorClient } from './read-statements';

/** A table of one server, partitions each for itself. */
export interface TableRow {
  readonly name: string;
  /** The partitioned table that it belongs to; null for none. */
  readonly parent: string | null;
  readonly rows: number;
  readonly deadRows: number;
  readonly sequentialScans: number;
  readonly columns: readonly string[];
  /** Tables that a foreign key of it names. */
  readonly references: readonly string[];
}

/** A transaction that is open on one server. */
export interface TransactionRow {
  readonly pid: number;
  readonly user: string;
  readonly state: string;
  readonly seconds: number;
  /** Statement that it runs or ran last, by id. */
  readonly statement: string | null;
}

/** A partition of a table that is partitioned by ranges of one date or time. */
export interface PartitionRow {
  readonly table: string;
  readonly partition: string;
  /** `FOR VALUES FROM (…) TO (…)`, in UTC. */
  readonly bounds: string;
}

// Bounds and ages are read in UTC. Only user schemas; only what is still attached.
const TABLES = `
  SELECT c.oid::regclass::text AS name, nullif(pg_partition_root(c.oid), c.oid)::regclass::text AS parent,
    greatest(c.reltuples, s.n_live_tup, 0)::float8 AS rows, coalesce(s.n_dead_tup, 0)::float8 AS "deadRows",
    coalesce(s.seq_scan, 0)::float8 AS "sequentialScans",
    ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
    ARRAY(SELECT confrelid::regclass::text FROM pg_constraint WHERE conrelid = c.oid AND contype = 'f') AS references
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
  WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')`;

const TRANSACTIONS = `
  SELECT pid, usename::text AS user, state, extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds,
    query_id::text AS statement
  FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend' AND xact_start IS NOT NULL
    AND pid <> pg_backend_pid()`;

const PARTITIONS = `
  SELECT p.partrelid::regclass::text AS table, i.inhrelid::regclass::text AS partition,
    pg_get_expr(c.relpartbound, c.oid) AS bounds
  FROM pg_partitioned_table p
  JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
  LEFT JOIN (pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND NOT i.inhdetachpending) ON i.inhparent = p.partrelid
  WHERE p.partstrat = 'r' AND p.partnatts = 1 AND a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)`;

/** All rows of a query. */
async function all<Row>(client: MonitorClient, sql: string): Promise<readonly Row[]> {
  return (await client.query(sql)).rows as Row[];
}

export const readIndexes = (client: MonitorClient): Promise<readonly IndexRow[]> => all(client, INDEXES);
export const readTables = (client: MonitorClient): Promise<readonly TableRow[]> => all(client, TABLES);
export const readTransactions = (client: MonitorClient): Promise<readonly TransactionRow[]> =>
  all(client, TRANSACTIONS);

export async function readPartitions(client: MonitorClient): Promise<readonly PartitionRow[]> {
  return all(client, PARTITIONS);
}
