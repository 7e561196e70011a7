import { appendFileSync, chownSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { PostgresBinaries } from './postgres-binaries';
import type { Rig } from './rig';
import { runAs } from './run-as';
import { ServerProcess } from './server-process';

/** Role and database of the application; the role is no superuser, as on Aurora. */
export const APPLICATION = 'app';
const SUPERUSER = 'postgres';

/** One PostgreSQL server of the rig. */
export class PostgresServer {
  public readonly host = '127.0.0.1';
  private process: ServerProcess | undefined;

  public constructor(
    public readonly name: string,
    public readonly port: number,
    /** Its data directory. */
    public readonly data: string,
    private readonly binaries: PostgresBinaries,
    private readonly rig: Rig,
  ) {}

  /** A server on a copy of the data directory, at another port; it has not been started. */
  public onCopy(name: string, port: number, data: string): PostgresServer {
    const server = new PostgresServer(name, port, data, this.binaries, this.rig);
    server.writeSettings({ port: `${port}` });
    return server;
  }

  /** Runs a program of the system in the server's account. @throws with what it said when it fails */
  public run(command: string, args: readonly string[]): Promise<void> {
    return runAs(this.rig, command, args, {});
  }

  /** For the application's role and database. */
  public get url(): string {
    return `postgres://${APPLICATION}@${this.host}:${this.port}/${APPLICATION}`;
  }

  public get pid(): number | undefined {
    return this.process?.running === true ? this.process.pid : undefined;
  }

  /** Starts the server and waits until it answers. */
  public async start(): Promise<void> {
    const server = new ServerProcess({
      ...this.rig,
      name: this.name,
      command: this.binaries.postgres,
      args: ['-D', this.data],
      env: this.binaries.env,
      stopSignal: 'QUIT',
    });
    this.process = server;
    await server.until(() => this.answers());
  }

  private async answers(): Promise<boolean> {
    try {
      await this.query('SELECT 1', [], SUPERUSER);
      return true;
    } catch {
      return false;
    }
  }

  /** `fast` ends sessions and sends what replicas lack, `immediate` does neither. */
  public async stop(mode: 'fast' | 'immediate' = 'immediate'): Promise<void> {
    await this.process?.end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
  }

  /** kill -9 of the server and of its backends, which would otherwise finish what they do: the host is lost. */
  public async kill(): Promise<void> {
    const backends = await this.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
      [],
      SUPERUSER,
    ).catch(() => []);
    await this.process?.end('SIGKILL');
    for (const { pid } of backends) while (signalled(pid)) await sleep(5);
  }

  /** What the server has logged since it was first started. */
  public log(): string {
    return this.process?.log() ?? '';
  }

  /** One statement as superuser, on a connection of its own. @param database of the application when left out */
  public async query<R extends pg.QueryResultRow = pg.QueryResultRow>(
    sql: string,
    params: unknown[] = [],
    database: string = APPLICATION,
  ): Promise<R[]> {
    const client = new pg.Client({ host: this.host, port: this.port, user: SUPERUSER, database });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<R>(sql, params)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Adds settings and applies those that need no restart. */
  public async configure(settings: Readonly<Record<string, string>>): Promise<void> {
    this.writeSettings(settings);
    if (this.pid !== undefined) await this.query('SELECT pg_reload_conf()', [], SUPERUSER);
  }

  /** Adds settings that the next start reads. Later ones win. */
  public writeSettings(settings: Readonly<Record<string, string>>): void {
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
    appendFileSync(path.join(this.data, 'postgresql.conf'), lines.join(''));
  }

  /** Makes it (or lets it go on as) a replica of `primary`; a running replica changes over without a restart. */
  public async follow(primary: Pick<PostgresServer, 'host' | 'port'>): Promise<void> {
    this.write('standby.signal', '');
    await this.configure({
      primary_conninfo: `host=${primary.host} port=${primary.port} user=${SUPERUSER} application_name=${this.name}`,
    });
  }

  /** Writes a file of the data directory. */
  public write(name: string, content: string): void {
    const file = path.join(this.data, name);
    writeFileSync(file, content);
    const { uid, gid } = this.rig.account;
    if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
  }

  /** Turns this replica into a primary and waits until it takes writes. */
  public async promote(): Promise<void> {
    await this.query('SELECT pg_promote()', [], SUPERUSER);
    while (await this.inRecovery()) await sleep(10);
  }

  public async inRecovery(): Promise<boolean> {
    const [row] = await this.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby', [], SUPERUSER);
    return row?.standby ?? false;
  }

  /** Bytes of log this replica has received: the greatest loses least when it is promoted. */
  public async received(): Promise<bigint> {
    const [row] = await this.query<{ lsn: string }>(
      "SELECT pg_wal_lsn_diff(coalesce(pg_last_wal_receive_lsn(), '0/0'), '0/0')::text AS lsn",
      [],
      SUPERUSER,
    );
    return BigInt(row?.lsn ?? 0);
  }

  /** Injects lag: each transaction appears this much later than it was committed on the primary. 0 ends it. */
  public async applyDelay(millis: number): Promise<void> {
    await this.configure({ recovery_min_apply_delay: `${millis}ms` });
  }

  /** Injects unbounded lag: the replica answers, and sees nothing new until {@link resumeReplay}. */
  public async pauseReplay(): Promise<void> {
    await this.query('SELECT pg_wal_replay_pause()', [], SUPERUSER);
    const state = 'SELECT pg_get_wal_replay_pause_state() AS state';
    while ((await this.query<{ state: string }>(state, [], SUPERUSER))[0]?.state !== 'paused') await sleep(5);
  }

  public async resumeReplay(): Promise<void> {
    await this.query('SELECT pg_wal_replay_resume()', [], SUPERUSER);
  }
}

/** Kills a process. @returns whether it was still there */
function signalled(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
