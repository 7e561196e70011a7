import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { baseBackup } from '../../test/local/base-backup';
import { startPostgresCluster } from '../../test/local/postgres-cluster';
import type { PostgresServer } from '../../test/local/postgres-server';
import { openRig } from '../../test/local/rig';
import { contentOf } from './client';

/** A database whose log is kept, so that it can be restored to any moment since its last base backup. */
export class ArchivedDatabase {
  private constructor(
    public readonly server: PostgresServer,
    private readonly archive: string,
    private readonly close: () => Promise<void>,
  ) {}

  public static async start(): Promise<ArchivedDatabase> {
    const rig = openRig();
    try {
      const archive = path.join(rig.folder, 'archive');
      const settings = { archive_mode: 'on', archive_command: `mkdir -p "${archive}" && cp "%p" "${archive}/%f"` };
      const { primary } = await startPostgresCluster(rig, { replicas: 0, synchronous: false, settings });
      await primary.query(
        'CREATE TABLE orders (id bigint PRIMARY KEY, content text NOT NULL, updated_at timestamptz NOT NULL DEFAULT now())',
      );
      return new ArchivedDatabase(primary, archive, () => rig.reaper.close());
    } catch (error) {
      await rig.reaper.close();
      throw error;
    }
  }

  /** Writes the orders `first` to `last`. */
  public async write(first: number, last: number): Promise<void> {
    const ids = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    await this.server.query('INSERT INTO orders (id, content) SELECT * FROM unnest($1::bigint[], $2::text[])', [
      ids,
      ids.map(contentOf),
    ]);
  }

  /** The time of the server. */
  public async now(): Promise<string> {
    const [row] = await this.server.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
    return row?.now ?? '';
  }

  public backup(name: string): Promise<PostgresServer> {
    return baseBackup(this.server, name);
  }

  /** Waits until all log that was written so far is in the archive. */
  public async archived(): Promise<void> {
    // A mark, because the switch does nothing when nothing was written since the last one.
    const mark = "SELECT pg_walfile_name(pg_logical_emit_message(true, 'drill', 'mark')) AS name";
    const [row] = await this.server.query<{ name: string }>(mark);
    await this.server.query('SELECT pg_switch_wal()');
    const sql = 'SELECT last_archived_wal >= $1 AS there FROM pg_stat_archiver';
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20)) {
      if ((await this.server.query<{ there: boolean }>(sql, [row?.name]))[0]?.there) return;
    }
    throw new Error(`the archive does not have ${row?.name} after 60 s`);
  }

  /** Starts a backup with the log up to a moment, as a database of its own. @param until absent: all that the archive has */
  public async restore(backup: PostgresServer, until?: string): Promise<PostgresServer> {
    backup.write('recovery.signal', '');
    backup.writeSettings({
      archive_mode: 'off',
      restore_command: `cp "${this.archive}/%f" "%p"`,
      recovery_target_action: 'promote',
      ...(until === undefined ? {} : { recovery_target_time: until, recovery_target_inclusive: 'off' }),
    });
    await backup.start();
    while (await backup.inRecovery()) await sleep(20);
    return backup;
  }

  public async stop(): Promise<void> {
    await this.close();
  }
}

/** Work on a connection of its own, as superuser. */
export async function connected<T>(server: PostgresServer, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ host: server.host, port: server.port, user: 'postgres', database: 'app' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
