import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account';
import type { Reaper } from './reaper';

export interface ServerProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly account: Account;
  readonly env?: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
  /** What asks this server to end at once and tidily. */
  readonly stopSignal: 'QUIT' | 'TERM';
}

/** One server of the rig, as a child process that cannot outlive its owner. */
export class ServerProcess {
  public readonly pid: number;
  private readonly child: ChildProcess;
  private readonly logFile: string;
  private readonly ended: Promise<void>;

  public constructor(private readonly options: ServerProcessOptions) {
    const { command, args, folder, account, env, reaper, name, stopSignal } = options;
    this.logFile = path.join(folder, `${name}.log`);
    const log = openSync(this.logFile, 'a');
    this.child = spawn(command, args, {
      ...account,
      cwd: folder,
      detached: true,
      env: { PATH: process.env['PATH'], LC_ALL: 'C', ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const failed = new Promise<never>((_, reject) => this.child.once('error', reject));
    this.ended = Promise.race([new Promise<void>((resolve) => this.child.once('exit', () => resolve())), failed]);
    this.ended.catch(() => {});
    if (this.child.pid === undefined) throw new Error(`${name} did not start: ${command} cannot be run`);
    this.pid = this.child.pid;
    reaper.watch(this.pid, stopSignal);
    this.child.unref();
  }

  public get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What the server has logged so far. */
  public log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Waits until `probe` is true. @throws with the log's end when the server ends first or takes 30 s */
  public async until(probe: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await probe())) {
      if (!this.running || Date.now() > deadline) {
        const tail = this.log().slice(-1_500);
        throw new Error(`${this.options.name} ${this.running ? 'is not ready after 30 s' : 'ended'}:\n${tail}`);
      }
      await sleep(10);
    }
  }

  /** Sends `signal` and waits for the end; after 10 s it is killed. */
  public async end(signal: NodeJS.Signals): Promise<void> {
    if (this.running) {
      this.child.ref();
      this.child.kill(signal);
      const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
      await this.ended;
      clearTimeout(timer);
    }
    this.options.reaper.forget(this.pid);
  }
}

/** Starts again, with another port, when another process took the port in between. */
export async function withRetries<T>(start: () => Promise<T>, attempts = 3): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      const taken = error instanceof Error && /address already in use|could not bind/i.test(error.message);
      if (!taken || attempt === attempts) throw error;
    }
  }
}
