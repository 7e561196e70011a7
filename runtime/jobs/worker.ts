import { setTimeout as sleep } from 'node:timers/promises';
import { lanesOf, type Message, type MessageSource } from './message-source';
import { consequenceOf, DEFAULT_RETRY, type RetryPolicy } from './retry-policy';
import { tracedHandle } from './traced-handle';

export interface WorkerOptions {
  readonly source: MessageSource;

  /**
   * Does the work of one message. It may run twice for the same message, so it must not matter. `signal` aborts when
   * the worker has to leave before the work is done.
   */
  readonly handle: (message: Message, signal: AbortSignal) => Promise<void>;

  /** Told about everything that failed; the worker goes on. */
  readonly onError: (error: unknown, doing: 'receive' | 'handle' | 'delete' | 'hide' | 'bury') => void;

  /**
   * Messages handled at the same time.
   *
   * @default 1
   */
  readonly concurrency?: number;

  /**
   * When a message whose work failed is tried again, and when it is buried.
   *
   * @default - `DEFAULT_RETRY`
   */
  readonly retry?: RetryPolicy;

  /**
   * Keeps a message hidden while it is worked on: for this many seconds, again and again before they are over. A worker
   * that dies gives its messages back after that time.
   *
   * @default - the queue's visibility time-out, which must then be longer than any work
   */
  readonly heartbeatSeconds?: number;

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
  /** Failed; they come back after a while. */
  readonly failed: number;
  /** Failed for good: among the dead letters now. */
  readonly buried: number;
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

/** Receives messages and handles them until it is stopped. A message is deleted only after it was handled or buried. */
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
  private readonly report = { completed: 0, failed: 0, buried: 0, returned: 0 };

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
      for (const lane of lanesOf(messages)) this.take(lane);
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

  /** Each message of a lane waits for the one before; when that one failed, it goes back. */
  private take(lane: readonly Message[]): void {
    let before = Promise.resolve(!this.stopping.signal.aborted);
    for (const message of lane) {
      const work = { settled: false };
      before = this.workOn(message, work, before);
      const done = before.then(() => void this.inWork.delete(message));
      this.inWork.set(message, Object.assign(work, { done }));
    }
  }

  /** Whether the message behind may go on. */
  private async workOn(message: Message, work: Pick<Work, 'settled'>, before: Promise<boolean>): Promise<boolean> {
    const mayBegin = await before;
    // What nobody has begun with went back already when the time to finish was over.
    if (this.leaving.signal.aborted) return false;
    if (!mayBegin || this.stopping.signal.aborted) {
      work.settled = true;
      await this.giveBack(message);
      return false;
    }
    const failure = await this.handle(message);
    // Too late: the message went back to the queue, and whoever has it now answers for it.
    if (this.leaving.signal.aborted) return false;
    work.settled = true;
    return failure === undefined ? this.complete(message, 'completed') : this.fail(message, failure.error);
  }

  /** What went wrong, if anything did. */
  private async handle(message: Message): Promise<{ readonly error: unknown } | undefined> {
    const stopBeating = this.beat(message);
    try {
      // A signal of its own: listeners of earlier messages must not pile up on one that lives as long as the worker.
      await tracedHandle(this.options.handle)(message, AbortSignal.any([this.leaving.signal]));
      return undefined;
    } catch (error) {
      if (!this.leaving.signal.aborted) this.options.onError(error, 'handle');
      return { error };
    } finally {
      stopBeating();
    }
  }

  private beat(message: Message): () => void {
    const { heartbeatSeconds: seconds } = this.options;
    if (seconds === undefined) return () => {};
    const timer = setInterval(
      () => void this.attempt('hide', () => this.options.source.hide(message, seconds)),
      (seconds * 1000) / 3,
    );
    return () => clearInterval(timer);
  }

  private async fail(message: Message, error: unknown): Promise<boolean> {
    const { source, retry = DEFAULT_RETRY } = this.options;
    const consequence = consequenceOf(message, error, retry);
    if ('deadBecause' in consequence) {
      const buried = await this.attempt('bury', () => source.bury(message, consequence.deadBecause));
      if (buried) return this.complete(message, 'buried');
    } else {
      await this.attempt('hide', () => source.hide(message, consequence.retryInSeconds));
    }
    this.report.failed += 1;
    return false;
  }

  private async complete(message: Message, as: 'completed' | 'buried'): Promise<boolean> {
    const deleted = await this.attempt('delete', () => this.options.source.delete(message));
    if (deleted) this.report[as] += 1;
    return deleted;
  }

  private async giveBack(message: Message): Promise<void> {
    this.report.returned += 1;
    await this.attempt('hide', () => this.options.source.hide(message, 0));
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
  private async attempt(doing: 'delete' | 'hide' | 'bury', act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      this.options.onError(error, doing);
      return false;
    }
  }
}
