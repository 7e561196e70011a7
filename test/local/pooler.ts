import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { accepts, freePort } from './ports';
import { APPLICATION } from './postgres-server';
import { POOLER, requireProgram } from './programs';
import { openRig, type Rig } from './rig';
import { ServerProcess, withRetries } from './server-process';

interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * PgBouncer in transaction mode, the stand-in for RDS Proxy: clients share a few server connections, one transaction
 * at a time, and start-up parameters that it does not know are refused.
 */
export class Pooler {
  public readonly host = '127.0.0.1';
  private process: ServerProcess | undefined;

  private constructor(
    public readonly port: number,
    private readonly rig: Rig,
    private readonly command: string,
    private readonly serverConnections: number,
  ) {}

  /** @param serverConnections connections to the database that all clients share */
  public static launch(target: Target, serverConnections = 10): Promise<Pooler> {
    const command = requireProgram(POOLER);
    return withRetries(async () => {
      const pooler = new Pooler(await freePort(), openRig(), command, serverConnections);
      await pooler.start(target);
      return pooler;
    });
  }

  private get file(): string {
    return path.join(this.rig.folder, 'pgbouncer.ini');
  }

  private async start(target: Target): Promise<void> {
    this.configure(target);
    const process = new ServerProcess({
      ...this.rig,
      name: 'pooler',
      command: this.command,
      args: [this.file],
      stopSignal: 'TERM',
    });
    this.process = process;
    await process.until(() => accepts(this.port));
  }

  /** Sends new transactions to another server, as a proxy's endpoint does after a failover. */
  public pointTo(target: Target): void {
    this.configure(target);
    if (this.process?.running === true) process.kill(this.process.pid, 'SIGHUP');
  }

  private configure({ host, port }: Target): void {
    const lines = [
      '[databases]',
      `${APPLICATION} = host=${host} port=${port} dbname=${APPLICATION} user=${APPLICATION}`,
      '[pgbouncer]',
      `listen_addr = ${this.host}`,
      `listen_port = ${this.port}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      `default_pool_size = ${this.serverConnections}`,
      'max_client_conn = 1000',
      'server_login_retry = 1',
    ];
    writeFileSync(this.file, `${lines.join('\n')}\n`);
  }

  public async stop(): Promise<void> {
    await this.rig.reaper.close();
  }
}
