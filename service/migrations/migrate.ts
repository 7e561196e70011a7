import { createHash } from 'node:crypto';
import type { Migration } from './migration';

/** What of a `pg` client is used: one connection, straight to the primary, as the owner of the schema. */
export interface MigrationClient {
  query(sql: string, params?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** A step that ran here before reads differently now. */
export class ChangedMigrationError extends Error {
  public override readonly name = 'ChangedMigrationError';

  public constructor(id: string) {
    super(`migration ${id} was applied with another text: restore it, and put the change into a new migration`);
  }
}

/** Any number will do, as long as every starter takes the same one. */
const LOCK = 4_841_052_029;

/**
 * Brings the schema up to date and returns the ids of the steps that this call applied. All new steps commit together
 * or not at all. Several starters may call it at once: one works, the others wait for it and find nothing left to do.
 * The lock belongs to the transaction, so that a starter that dies lets go of it, also behind a pooler.
 *
 * @throws ChangedMigrationError when a step that was applied reads differently now
 */
export async function migrate(client: MigrationClient, migrations: readonly Migration[]): Promise<string[]> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await client.query(`
      CREATE TABLE IF NOT EXISTS schema_migrations (
        id text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
      )`);
    const { rows } = await client.query('SELECT id, checksum FROM schema_migrations');
    const applied = new Map((rows as { id: string; checksum: string }[]).map(({ id, checksum }) => [id, checksum]));
    const changed = migrations.find(({ id, sql }) => applied.has(id) && applied.get(id) !== checksumOf(sql));
    if (changed !== undefined) throw new ChangedMigrationError(changed.id);

    const pending = migrations.filter(({ id }) => !applied.has(id));
    for (const { id, sql } of pending) {
      await client.query(sql);
      await client.query('INSERT INTO schema_migrations (id, checksum) VALUES ($1, $2)', [id, checksumOf(sql)]);
    }
    await client.query('COMMIT');
    return pending.map(({ id }) => id);
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** Layout does not count: a formatter may move a line. */
function checksumOf(sql: string): string {
  return createHash('sha256').update(sql.replace(/\s+/g, ' ').trim()).digest('hex');
}
