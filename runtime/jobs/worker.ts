import { setTimeout as sleep } from 'node:timers/promises';
import type { Message, MessageSource } from './message-source';

export interface WorkerOptions {
  readonly source: MessageSource;

  /**
   * Does the work of one message. It may run twice for the same message, so it must not matter. `signal` aborts when
   * the worker has to leave before the work is done.
   */
  readonly handle: (message: Message, signal: AbortSignal) => Promise<void>;

  /** Told about everything that failed; the worker goes on. */
  readonly onError: (error: unknown, doing: 'receive' | 'handle' | 'delete' | 'release') => void;

  /**
   * Messages handled at the same time.
   *
   * @default 1
   */
  readonly concurrency?: number;

  /**
   * How long the messages in work may go on after `stop`, in milliseconds; what is not done by then goes back to the
   * queue. Together with the queue's wait it must be shorter than the time between SIGTERM and SIGKILL.
   *
   * @default 20,000
   */
  readonly graceMillis?: number;

  /**
   * Pause after a failed receive, in milliseconds.
   *
   * @default 1,000
   */
  readonly retryMillis?: number;
}

/** How many messages a worker dealt with over its life. */
export interface WorkerReport {
  /** Handled and deleted. */
  readonly completed: number;
  /** Failed; they come back when their visibility time-out ends. */
  readonly failed: number;
  /** Given back unfinished because the worker stopped. */
  readonly returned: number;
}

export interface Worker {
  /**
   * Takes no more messages, lets those in work finish, returns the others to the queue, and resolves when all of them
   * are dealt with.
   */
  stop(): Promise<WorkerReport>;
}

/** Receives messages and handles them until it is stopped. A message is deleted only after it was handled. */
export function startWorker(options: WorkerOptions): Worker {
  const loop = new WorkerLoop(options);
  return { stop: () => loop.stop() };
}

/** A message in work; `settled` once its handler has come to an end, whatever the end. */
interface Work {
  settled: boolean;
  readonly done: Promise<void>;
}

class WorkerLoop {
  private readonly inWork = new Map<Message, Work>();
  private readonly leaving = new AbortController();
  private readonly stopping = new AbortController();
  private readonly stopped = new Promise<void>((resolve) => {
    this.stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  private readonly running: Promise<void>;
  private readonly report = { completed: 0, failed: 0, returned: 0 };

  public constructor(private readonly options: WorkerOptions) {
    this.running = this.run();
  }

  public async stop(): Promise<WorkerReport> {
    this.stopping.abort();
    // The receive under way is waited for: an aborted one may have taken messages that nobody would see for minutes.
    await this.running;
    await this.finishWithin(this.options.graceMillis ?? 20_000);
    return { ...this.report };
  }

  private async run(): Promise<void> {
    const { concurrency = 1 } = this.options;
    while (!this.stopping.signal.aborted) {
      if (this.inWork.size >= concurrency) {
        await Promise.race([...this.inWork.values()].map(({ done }) => done).concat(this.stopped));
        continue;
      }
      const messages = await this.receive(concurrency - this.inWork.size);
      for (const message of messages) this.take(message);
    }
  }

  private async receive(max: number): Promise<readonly Message[]> {
    try {
      return await this.options.source.receive(max);
    } catch (error) {
      this.options.onError(error, 'receive');
      await sleep(this.options.retryMillis ?? 1000, undefined, { signal: this.stopping.signal }).catch(() => {});
      return [];
    }
  }

  private take(message: Message): void {
    const process = this.stopping.signal.aborted ? this.giveBack(message) : this.process(message);
    const done = process.finally(() => this.inWork.delete(message));
    this.inWork.set(message, { settled: this.stopping.signal.aborted, done });
  }

  private async process(message: Message): Promise<void> {
    const handled = await this.handle(message);
    // Too late: the message went back to the queue, and whoever has it now answers for it.
    if (this.leaving.signal.aborted) return;
    const work = this.inWork.get(message);
    if (work !== undefined) work.settled = true;
    if (!handled) this.report.failed += 1;
    else if (await this.attempt('delete', message)) this.report.completed += 1;
  }

  private async handle(message: Message): Promise<boolean> {
    try {
      // A signal of its own: listeners of earlier messages must not pile up on one that lives as long as the worker.
      await this.options.handle(message, AbortSignal.any([this.leaving.signal]));
      return true;
    } catch (error) {
      if (!this.leaving.signal.aborted) this.options.onError(error, 'handle');
      return false;
    }
  }

  private async giveBack(message: Message): Promise<void> {
    this.report.returned += 1;
    await this.attempt('release', message);
  }

  private async finishWithin(graceMillis: number): Promise<void> {
    const grace = new AbortController();
    const everything = Promise.all([...this.inWork.values()].map(({ done }) => done));
    void everything.then(() => grace.abort());
    await sleep(graceMillis, undefined, { signal: grace.signal }).catch(() => {});
    this.leaving.abort();
    const left = [...this.inWork].map(([message, { settled, done }]) => (settled ? done : this.giveBack(message)));
    await Promise.all(left);
  }

  /** Whether the queue took it; if not, it delivers the message again after its visibility time-out. */
  private async attempt(doing: 'delete' | 'release', message: Message): Promise<boolean> {
    try {
      await this.options.source[doing](message);
      return true;
    } catch (error) {
      this.options.onError(error, doing);
      return false;
    }
  }
}
