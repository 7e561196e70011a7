import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { containerNodeOptions } from './container-options';

const SERVER = path.resolve('dist/service/server.js');

/** A running `dist/service/server.js`, the same file that the container runs. */
export interface ServiceProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** The lines of its log so far. */
  readonly log: readonly Record<string, unknown>[];
  /** Resolves once the log has a line with this message. */
  logged(message: string): Promise<Record<string, unknown>>;
  /** Sends `signal` and resolves with the exit code (null when a signal ended it). */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** How a process that never came up ended. */
export interface FailedStart {
  readonly code: number | null;
  readonly stderr: string;
}

/** Enough for a process to start: secrets for a loopback, a free port, and a data tier that is not there. */
export const offlineEnvironment: Readonly<Record<string, string>> = {
  SESSION_KEYS: 'a secret for tests that signs session cookies',
  CACHE_KEYS: `k1=${Buffer.alloc(32, 1).toString('base64')}`,
  CACHE_NAMING_KEY: Buffer.alloc(32, 2).toString('base64'),
  WEBHOOK_KEYS: Buffer.alloc(32, 3).toString('base64'),
  HOST: '127.0.0.1',
  PORT: '0',
  DRAIN_DELAY_SECONDS: '0',
  DATABASE_HOST: '127.0.0.1',
  DATABASE_PORT: '1',
  DATABASE_TLS: 'off',
  CACHE_URL: 'redis://127.0.0.1:1',
  CACHE_CONNECT_MILLISECONDS: '1',
};

/** The channel to this process closes when it dies, however it dies: then the service has nobody to serve. */
const ENDS_WITH_PARENT = "process.once('disconnect', () => process.exit(1)); require(process.argv[1])";

/** Lines that are kept: a service that runs for hours must not fill the memory of who started it. */
const MAX_LINES = 20_000;

const running = new Set<ChildProcess>();

/** Ends what still runs: a test that failed half-way leaves no process behind. */
export function killServices(): void {
  for (const child of running) child.kill('SIGKILL');
}

process.once('exit', killServices);

/** Starts the bundled service on a free loopback port and resolves once it listens. */
export async function startService(
  environment: Readonly<Record<string, string>> = {},
  nodeArguments: readonly string[] = [],
): Promise<ServiceProcess> {
  const { child, log, stderr } = launch(environment, nodeArguments);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const port = await Promise.race([
    listeningPort(log),
    exited.then((code) => Promise.reject(new Error(`the service ended with ${code} before it listened: ${stderr()}`))),
  ]);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? Number.NaN,
    log,
    logged: (message) => eventually(() => log.find(({ msg }) => msg === message)),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
  };
}

/** Starts the service with what it must refuse, and resolves with how it ended. */
export async function startAndFail(environment: Readonly<Record<string, string>>): Promise<FailedStart> {
  const { child, stderr } = launch(environment);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr: stderr() };
}

function launch(environment: Readonly<Record<string, string>>, nodeArguments: readonly string[] = []) {
  const child = spawn(process.execPath, [...nodeArguments, '-e', ENDS_WITH_PARENT, SERVER], {
    env: { PATH: process.env['PATH'], NODE_OPTIONS: containerNodeOptions, ...offlineEnvironment, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  if (child.stdout === null || child.stderr === null) throw new Error('the service was started without pipes');
  running.add(child);
  child.once('exit', () => running.delete(child));
  const log: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.push(JSON.parse(line));
    if (log.length > MAX_LINES) log.splice(0, MAX_LINES / 2);
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  return { child, log, stderr: () => stderr };
}

async function listeningPort(log: readonly Record<string, unknown>[]): Promise<number> {
  const line = await eventually(() =>
    log.find(({ msg }) => typeof msg === 'string' && msg.startsWith('listening at ')),
  );
  return Number(new URL(String(line['msg']).slice('listening at '.length)).port);
}

/** Resolves with the first value of `probe` that is not undefined, asked every 10 ms; the test's own time-out ends it. */
async function eventually<Value>(probe: () => Value | undefined): Promise<Value> {
  for (;;) {
    const value = probe();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
