import net from 'node:net';
import path from 'node:path';
import { freePort } from './ports';
import { CACHE_SERVER, requireProgram } from './programs';
import type { Rig } from './rig';
import { ServerProcess, withRetries } from './server-process';

/** A Valkey or Redis server of the rig: nothing is kept on disk. */
export class CacheServer {
  public readonly host = '127.0.0.1';
  private process: ServerProcess | undefined;

  private constructor(
    public readonly port: number,
    private readonly command: string,
    private readonly rig: Rig,
    private readonly args: readonly string[],
  ) {}

  /** @param args more of the server's own arguments, such as `['--maxmemory', '64mb']` */
  public static launch(rig: Rig, args: readonly string[] = []): Promise<CacheServer> {
    const command = requireProgram(CACHE_SERVER);
    return withRetries(async () => {
      const server = new CacheServer(await freePort(), command, rig, args);
      await server.start();
      return server;
    });
  }

  public get url(): string {
    return `redis://${this.host}:${this.port}`;
  }

  public get pid(): number | undefined {
    return this.process?.running === true ? this.process.pid : undefined;
  }

  /** Which server it is: `valkey-server` or `redis-server`. */
  public get kind(): string {
    return path.basename(this.command);
  }

  /** Starts it (again, empty, on the same port) and waits until it answers. */
  public async start(): Promise<void> {
    const process = new ServerProcess({
      ...this.rig,
      name: `cache-${this.port}`,
      command: this.command,
      args: ['--port', `${this.port}`, '--bind', this.host, '--save', '', '--appendonly', 'no', ...this.args],
      stopSignal: 'TERM',
    });
    this.process = process;
    await process.until(() => answersPing(this.host, this.port));
  }

  public async stop(): Promise<void> {
    await this.process?.end('SIGTERM');
  }

  /** kill -9. */
  public async kill(): Promise<void> {
    await this.process?.end('SIGKILL');
  }

  /** Stops it from answering without closing its connections, until {@link thaw}. */
  public freeze(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGSTOP');
  }

  public thaw(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGCONT');
  }
}

function answersPing(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, host, () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
  });
}
