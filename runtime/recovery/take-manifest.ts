import type { Manifest, TableFingerprint } from './manifest';

/** What of a `pg` client is used: one connection of its own, to any server of the cluster. */
export interface ManifestClient {
  query(sql: string, params?: unknown[]): Promise<{ rows: unknown[] }>;
}

export interface ManifestOptions {
  /**
   * Which rows count: `all` when nobody writes; those that were written at least so many seconds ago, which must be
   * longer than any transaction; or those up to a time, as another manifest has it.
   */
  readonly settled: 'all' | { readonly ageSeconds: number } | { readonly until: string };

  /**
   * Schemas whose tables are covered.
   *
   * @default ['public']
   */
  readonly schemas?: readonly string[];

  /**
   * Tables whose rows whoever takes the manifest may not read: that they are there, with their columns, is written down.
   *
   * @default - none
   */
  readonly sealed?: readonly string[];
}

/** Names of columns that say when a row was written last, the best first. `created_at` says nothing about updates. */
const CHANGE_COLUMNS = ['updated_at', 'occurred_at', 'applied_at'];

/** Rows as text must not depend on who asks; and a large table takes longer than a request may. */
const SESSION = `
  SET LOCAL statement_timeout = 0; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO';
  SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1`;

/**
 * Reads every table once and returns what they hold at one moment, in one read-only transaction.
 *
 * @throws when a table cannot be read: a manifest with a gap would prove too much
 */
export async function takeManifest(client: ManifestClient, options: ManifestOptions): Promise<Manifest> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    await client.query(SESSION);
    const moment = await momentOf(client, options.settled);
    const found: (TableFingerprint & Pick<Manifest, 'newestChange'>)[] = [];
    for (const table of await tablesOf(client, options.schemas ?? ['public'])) {
      const sealed = options.sealed?.includes(table.table) === true;
      found.push(sealed ? closed(table) : await fingerprint(client, table, moment.settledAt));
    }
    const schema = found.some(({ table }) => table === 'public.schema_migrations') ? await schemaOf(client) : undefined;
    const newestChange = found
      .flatMap((table) => table.newestChange ?? [])
      .sort()
      .at(-1);
    const slots = await client.query('SELECT slot_name FROM pg_replication_slots ORDER BY slot_name');
    return {
      version: 1,
      ...moment,
      ...(schema === undefined ? {} : { schema }),
      ...(newestChange === undefined ? {} : { newestChange }),
      replicationSlots: (slots.rows as { slot_name: string }[]).map(({ slot_name }) => slot_name),
      tables: found.map(({ newestChange: _, ...table }) => table),
    };
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Sorts as text, and keeps the microseconds. */
const iso = (time: string): string => `to_char(${time}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

async function momentOf(
  client: ManifestClient,
  settled: ManifestOptions['settled'],
): Promise<Pick<Manifest, 'takenAt' | 'settledAt'>> {
  const ageSeconds = settled !== 'all' && 'ageSeconds' in settled ? settled.ageSeconds : 0;
  const { rows } = await client.query(
    `SELECT ${iso('now()')} AS "takenAt", ${iso("now() - $1 * interval '1 second'")} AS "settledAt"`,
    [ageSeconds],
  );
  const moment = rows[0] as Pick<Manifest, 'takenAt' | 'settledAt'>;
  if (settled === 'all') return { ...moment, settledAt: 'all' };
  return 'until' in settled ? { ...moment, settledAt: settled.until } : moment;
}

interface Table {
  readonly table: string;
  readonly identifier: string;
  readonly columns: string;
  readonly changedAt: string | null;
}

async function tablesOf(client: ManifestClient, schemas: readonly string[]): Promise<readonly Table[]> {
  const { rows } = await client.query(
    `SELECT n.nspname || '.' || c.relname AS table, format('%I.%I', n.nspname, c.relname) AS identifier,
       (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       (SELECT a.attname FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname = ANY ($2) AND a.atttypid = 'timestamptz'::regtype
        ORDER BY array_position($2, a.attname::text) LIMIT 1) AS "changedAt"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname = ANY ($1) ORDER BY 1`,
    [schemas, CHANGE_COLUMNS],
  );
  return rows as Table[];
}

function closed({ table, columns }: Table): TableFingerprint {
  return { table, columns, sealed: true, rows: 0, younger: 0, checksum: '0' };
}

async function fingerprint(
  client: ManifestClient,
  { table, identifier, columns, changedAt }: Table,
  settledAt: string,
): Promise<TableFingerprint & Pick<Manifest, 'newestChange'>> {
  const settled = changedAt === null || settledAt === 'all' ? 'true' : `"${changedAt}" <= $1::timestamptz`;
  // A client's clock may be ahead: what says that it comes from the future is not the newest change.
  const newest = changedAt === null ? 'NULL' : iso(`max("${changedAt}") FILTER (WHERE "${changedAt}" <= now())`);
  const { rows } = await client.query(
    `SELECT count(*) FILTER (WHERE ${settled}) AS rows, count(*) FILTER (WHERE NOT (${settled})) AS younger,
       coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric) FILTER (WHERE ${settled}), 0)::text
         AS checksum,
       ${newest} AS "newestChange"
     FROM ${identifier} t`,
    settled.includes('$1') ? [settledAt] : [],
  );
  const row = rows[0] as { rows: string; younger: string; checksum: string; newestChange: string | null };
  return {
    table,
    columns,
    ...(changedAt === null ? {} : { changedAt }),
    rows: Number(row.rows),
    younger: Number(row.younger),
    checksum: row.checksum,
    ...(row.newestChange === null ? {} : { newestChange: row.newestChange }),
  };
}

async function schemaOf(client: ManifestClient): Promise<string | undefined> {
  const { rows } = await client.query('SELECT max(id) AS id FROM public.schema_migrations');
  return (rows[0] as { id: string | null }).id ?? undefined;
}
