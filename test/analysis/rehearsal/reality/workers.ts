import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';

/** A started server process. */
export interface WorkerProcess {
  readonly port: number;
}

/** Starts and stops the processes that stand for tasks. */
export class WorkerPool {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'headroom-reality-'));
  private readonly file = path.join(this.folder, 'queue-server.js');
  private readonly children: ChildProcess[] = [];

  public constructor() {
    const entryPoints = [path.join(process.cwd(), 'test/analysis/rehearsal/reality/queue-server.ts')];
    buildSync({ entryPoints, bundle: true, platform: 'node', outfile: this.file, logLevel: 'warning' });
  }

  public async start(): Promise<WorkerProcess> {
    // The channel tells the child when this process is gone, however it went.
    const child = fork(this.file, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
    this.children.push(child);
    if (child.stdout === null) throw new Error('the worker has no output');
    const [data] = await once(child.stdout, 'data');
    return { port: Number(String(data)) };
  }

  public async stop(): Promise<void> {
    await Promise.all(
      this.children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }),
    );
    rmSync(this.folder, { recursive: true, force: true });
  }
}
