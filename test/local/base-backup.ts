import pg from 'pg';
import { freePort } from './ports';
import type { PostgresServer } from './postgres-server';

/**
 * A copy of a running server's data, by the low-level backup interface (npm's package has no `pg_basebackup`). It
 * starts from the log of its source, or from an archive.
 *
 * @see https://www.postgresql.org/docs/17/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
 */
export async function baseBackup(source: PostgresServer, name: string): Promise<PostgresServer> {
  const folder = `${source.data}-${name}`;
  const client = new pg.Client({ host: source.host, port: source.port, user: 'postgres', database: 'postgres' });
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('copy', true)");
    await source.run('cp', ['-a', source.data, folder]);
    const { rows } = await client.query<{ label: string }>('SELECT labelfile AS label FROM pg_backup_stop(false)');
    const copy = source.onCopy(name, await freePort(), folder);
    copy.write('backup_label', rows[0]?.label ?? '');
    await source.run('rm', ['-f', `${folder}/postmaster.pid`, `${folder}/standby.signal`]);
    return copy;
  } finally {
    await client.end();
  }
}
