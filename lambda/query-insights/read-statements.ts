/** What of a `pg` client is used. */
export interface MonitorClient {
  query(sql: string, params?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** What `pg_stat_statements` of one server counted for one statement of one user since it first saw it. */
export interface StatementCounters {
  /** User and statement. */
  readonly key: string;
  /** The same on every server of a cluster. */
  readonly id: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly rows: number;
  /** When counting began; later than before when the counters were reset or the statement was forgotten meanwhile. */
  readonly since: string;
}

/** Statements of applications: not of superusers, of the schema's owner, or of this monitor. */
const APPLICATION = `
  JOIN pg_roles r ON r.oid = s.userid JOIN pg_database d ON d.oid = s.dbid
  WHERE d.datname = current_database() AND s.toplevel AND NOT r.rolsuper AND r.oid <> d.datdba
    AND r.rolname <> current_user`;

// Without the texts: the server reads them from a file.
const COUNTERS = `
  SELECT s.userid || '/' || s.queryid AS key, s.queryid::text AS id, s.calls::float8 AS calls,
    s.total_exec_time AS "totalMs", s.rows::float8 AS rows, s.stats_since::text AS since
  FROM pg_stat_statements(false) s ${APPLICATION}`;

const TEXTS = `
  SELECT DISTINCT ON (s.queryid) s.queryid::text AS id, s.query AS text
  FROM pg_stat_statements s ${APPLICATION} AND s.queryid = ANY ($1::bigint[])`;

export async function readCounters(client: MonitorClient): Promise<readonly StatementCounters[]> {
  return (await client.query(COUNTERS)).rows as StatementCounters[];
}

/** Texts of statements by id; those that the server forgot meanwhile are left out. */
export async function readTexts(client: MonitorClient, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = (await client.query(TEXTS, [ids])).rows as { readonly id: string; readonly text: string }[];
  return new Map(rows.map(({ id, text }) => [id, text]));
}
