import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Answer, type FunctionError, type RuntimeApi, startRuntimeApi } from './lambda-runtime-api';
import { lambdaRuntimeClient } from './lambda-runtime-client';
import { Reaper } from './reaper';

export interface FunctionOptions {
  /** What `lib` would tell the function. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Longest run of one event in milliseconds. @default 30000 */
  readonly timeout?: number;
  /** Memory in MiB. @default 256 */
  readonly memory?: number;
}

/** What became of an event: Lambda's own words where there are some. */
export type Outcome =
  | Answer
  | { readonly kind: 'init error'; readonly error: FunctionError }
  | { readonly kind: 'timeout'; readonly message: string }
  | { readonly kind: 'crash'; readonly message: string };

/** A function under AWS's own runtime client, in a process of its own, frozen while it has no event. */
export interface LocalFunction {
  /** Starts its process, as for provisioned concurrency. @throws when the initialisation fails */
  start(): Promise<void>;
  /** Hands over an event. After a crash or a time-out the next event starts a new process, as with Lambda. */
  invoke(event: unknown): Promise<Outcome>;
  /** Hands over an event. @throws unless the function answers */
  call<Result>(event: unknown): Promise<Result>;
  /** From the start of each process until it asked for its first event, in milliseconds; only those that did. */
  readonly initMillis: readonly number[];
  /** What all its processes wrote, line by line. */
  readonly log: readonly string[];
  /** kill -9 of its process while it has an event in hand, which ends with a crash; `false` when it has none. */
  kill(): boolean;
  /** Resident memory of its process in MiB. */
  memoryMiB(): number;
  /** What Lambda does with an environment that has extensions when it takes it away: SIGTERM, later SIGKILL. */
  shutdown(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts `dist/lambda/<name>`; the process comes with the first event. */
export function startFunction(name: string, options: FunctionOptions = {}): LocalFunction {
  return new HostedFunction(name, path.resolve('dist/lambda', name), options);
}

/** Starts the `index.js` of any folder. */
export function startFunctionIn(folder: string, options: FunctionOptions = {}): LocalFunction {
  return new HostedFunction(path.basename(folder), folder, options);
}

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown. It is used
 * up: the client waits for the next event in a native thread, and a process does not end before its threads.
 */
const SHUTDOWN_MILLIS = 2_000;

/** One process and the server that it talks to. */
interface Environment {
  readonly api: RuntimeApi;
  readonly child: ChildProcess;
  readonly exit: Promise<string>;
}

class HostedFunction implements LocalFunction {
  public readonly initMillis: number[] = [];
  public readonly log: string[] = [];
  private readonly client = lambdaRuntimeClient();
  private readonly reaper = new Reaper(mkdtempSync(path.join(os.tmpdir(), 'headroom-function-')));
  private environment: Environment | undefined;
  private working: ChildProcess | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  public constructor(
    private readonly name: string,
    private readonly folder: string,
    private readonly options: FunctionOptions,
  ) {}

  public invoke(event: unknown): Promise<Outcome> {
    const outcome = this.turn.then(() => this.run(event));
    this.turn = outcome.catch(() => {});
    return outcome;
  }

  public async start(): Promise<void> {
    const started = await this.started();
    if ('kind' in started) throw this.failure(started);
  }

  public async call<Result>(event: unknown): Promise<Result> {
    const outcome = await this.invoke(event);
    if (outcome.kind === 'response') return outcome.value as Result;
    throw this.failure(outcome);
  }

  private failure(outcome: Outcome): Error {
    return new Error(`${this.name} did not answer: ${JSON.stringify(outcome)}\n${this.log.slice(-10).join('\n')}`);
  }

  public kill(): boolean {
    return this.working?.kill('SIGKILL') ?? false;
  }

  public memoryMiB(): number {
    const status = readFileSync(`/proc/${this.environment?.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  public async shutdown(): Promise<void> {
    await this.turn;
    const { environment } = this;
    if (environment === undefined) return;
    environment.child.kill('SIGCONT');
    environment.child.kill('SIGTERM');
    const timer = setTimeout(() => environment.child.kill('SIGKILL'), SHUTDOWN_MILLIS);
    await environment.exit;
    clearTimeout(timer);
    await this.drop();
  }

  public async stop(): Promise<void> {
    this.environment?.child.kill('SIGKILL');
    await this.turn;
    await this.drop();
    await this.reaper.close();
  }

  private async run(event: unknown): Promise<Outcome> {
    const { timeout = 30_000 } = this.options;
    const started = await this.started();
    if ('kind' in started) return started;
    const { api, child, exit } = started;
    child.kill('SIGCONT');
    this.working = child;
    let timer: NodeJS.Timeout | undefined;
    const outcome = await Promise.race<Outcome>([
      api.give(event, timeout),
      exit.then((reason) => ({ kind: 'crash', message: `Runtime exited with error: ${reason}` })),
      new Promise((resolve) => {
        const message = `Task timed out after ${(timeout / 1000).toFixed(2)} seconds`;
        timer = setTimeout(() => resolve({ kind: 'timeout', message }), timeout);
      }),
    ]);
    clearTimeout(timer);
    this.working = undefined;
    if (outcome.kind === 'crash' || outcome.kind === 'timeout') await this.drop();
    else await this.freeze(started);
    return outcome;
  }

  /** Until the next event nothing runs in it, no timer either. */
  private async freeze({ api, child, exit }: Environment): Promise<void> {
    await Promise.race([api.idle(), exit]);
    child.kill('SIGSTOP');
  }

  private async started(): Promise<Environment | Outcome> {
    if (this.environment !== undefined) return this.environment;
    const api = await startRuntimeApi(`arn:aws:lambda:us-east-1:111111111111:function:${this.name}`);
    const start = performance.now();
    const child = this.spawn(api.address);
    const exit = once(child, 'exit').then(([code, signal]) => (signal ? `signal: ${signal}` : `exit status ${code}`));
    const environment = { api, child, exit };
    this.environment = environment;
    const failure = await Promise.race([
      api.idle().then(() => undefined),
      api.initError.then((error): Outcome => ({ kind: 'init error', error })),
      exit.then((reason): Outcome => ({ kind: 'crash', message: `Runtime exited with error: ${reason}` })),
    ]);
    if (failure === undefined) {
      this.initMillis.push(performance.now() - start);
      return environment;
    }
    await this.drop();
    return failure;
  }

  private spawn(address: string): ChildProcess {
    const { memory = 256, environment } = this.options;
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${Math.floor(memory * 0.9)}`, this.client, 'index.handler'],
      {
        cwd: this.folder,
        env: { ...reservedVariables(this.name, this.folder, memory), AWS_LAMBDA_RUNTIME_API: address, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    if (child.pid !== undefined) this.reaper.watch(child.pid, 'KILL');
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.log.push(...text.split('\n').filter(Boolean)));
    }
    return child;
  }

  private async drop(): Promise<void> {
    const { environment } = this;
    if (environment === undefined) return;
    this.environment = undefined;
    environment.child.kill('SIGKILL');
    await environment.exit;
    if (environment.child.pid !== undefined) this.reaper.forget(environment.child.pid);
    await environment.api.stop();
  }
}

/** What Lambda sets: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function reservedVariables(name: string, folder: string, memory: number): Record<string, string | undefined> {
  return {
    PATH: process.env['PATH'],
    TZ: ':UTC',
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: 'index.handler',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_LEVEL: 'INFO',
  };
}
