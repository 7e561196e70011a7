import { type Metrics, noMetrics } from '../telemetry/metrics';
import type { Cache } from './types';

/** One write that the source has not seen yet. */
export interface PendingWrite<T> {
  readonly id: string;
  readonly value: T;
}

export interface WriteBehindOptions<T> {
  /** Keeps the values that were written, so that reads see them at once. */
  readonly cache: Cache;
  /** Key class of the values; it must be cacheable. */
  readonly keyClass: string;
  /** Applies writes to the source, in the order given; at most one write per id. All or nothing. */
  readonly write: (batch: readonly PendingWrite<T>[]) => Promise<void>;
  /** Takes writes that the source refused `attempts` times, such as to a queue. What it cannot take is lost. */
  readonly deadLetter: (writes: readonly PendingWrite<T>[], cause: unknown) => Promise<void>;
  /**
   * How many writes may wait; further callers wait for room, as with write-through.
   * @default 10000
   */
  readonly maxWaiting?: number;
  /** @default 100 */
  readonly batchSize?: number;
  /**
   * How long a write waits for others to go with, in milliseconds.
   * @default 50
   */
  readonly flushEveryMs?: number;
  /** @default 5 */
  readonly attempts?: number;
  /**
   * Wait before the second attempt, in milliseconds; doubles with each, up to 5 s.
   * @default 100
   */
  readonly retryAfterMs?: number;
  /** @default - metrics go nowhere */
  readonly metrics?: Metrics;
}

const LONGEST_RETRY_MS = 5_000;

/**
 * Write-behind: the caller is answered when the cache has the value, and the source follows in batches. Writes of one
 * id reach the source in order; what was overwritten before it left is not sent. A process that is killed loses what
 * waits in it, and a value that the cache evicts before it was sent is read as the source has it, so this is for values
 * that may be lost (counters, last seen), never for orders.
 */
export class WriteBehind<T> {
  /** By id, oldest first: the newest value of each. */
  private readonly waiting = new Map<string, T>();
  private readonly roomWanted: (() => void)[] = [];
  private flushing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly closing = new AbortController();
  private readonly metrics: Metrics;

  public constructor(private readonly options: WriteBehindOptions<T>) {
    this.metrics = options.metrics ?? noMetrics;
  }

  /** Writes that the source has not seen. */
  public get pending(): number {
    return this.waiting.size;
  }

  /**
   * Resolves when readers see the value and it waits for the source.
   * @throws Error after {@link close}
   */
  public async put(id: string, value: T): Promise<void> {
    while (!this.waiting.has(id) && this.waiting.size >= (this.options.maxWaiting ?? 10_000)) {
      void this.flush();
      await new Promise<void>((resolve) => this.roomWanted.push(resolve));
    }
    if (this.closing.signal.aborted) throw new Error('write-behind is closed: write to the source directly');
    this.waiting.set(id, value);
    this.timer ??= setTimeout(() => void this.flush(), this.options.flushEveryMs ?? 50);
    await this.options.cache.set(this.options.keyClass, id, value);
  }

  /** Sends what waits now, and what comes meanwhile; resolves when nothing waits. Never rejects. */
  public flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.flushing ??= this.drain().finally(() => {
      this.flushing = undefined;
    });
    return this.flushing;
  }

  /** Takes no more writes, sends what waits (or dead-letters it) and resolves. For the shutdown of the process. */
  public async close(): Promise<void> {
    this.closing.abort();
    await this.flush();
  }

  private async drain(): Promise<void> {
    while (this.waiting.size > 0) {
      const batch = [...this.waiting].slice(0, this.options.batchSize ?? 100).map(([id, value]) => ({ id, value }));
      // One batch at a time, so that a later value of an id cannot overtake an earlier one.
      for (const { id } of batch) this.waiting.delete(id);
      for (const resolve of this.roomWanted.splice(0)) resolve();
      await this.send(batch);
    }
  }

  private async send(batch: readonly PendingWrite<T>[]): Promise<void> {
    const attempts = this.options.attempts ?? 5;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.options.write(batch);
        this.metrics.count('cache_write_behind_total', { outcome: 'written' }, batch.length);
        return;
      } catch (cause) {
        if (attempt >= attempts) return this.giveUp(batch, cause);
        const wait = Math.min(LONGEST_RETRY_MS, (this.options.retryAfterMs ?? 100) * 2 ** (attempt - 1));
        await this.pause(wait);
      }
    }
  }

  private async giveUp(batch: readonly PendingWrite<T>[], cause: unknown): Promise<void> {
    this.metrics.count('cache_write_behind_total', { outcome: 'dead_lettered' }, batch.length);
    // The source does not have these values: whoever reads them next must see what it has.
    await this.options.cache.invalidate({ keys: batch.map(({ id }) => ({ class: this.options.keyClass, id })) });
    await this.options.deadLetter(batch, cause).catch(() => {
      this.metrics.count('cache_write_behind_total', { outcome: 'lost' }, batch.length);
    });
  }

  /** A shutdown does not wait out the pauses between attempts. */
  private pause(ms: number): Promise<void> {
    const { signal } = this.closing;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake);
    });
  }
}
