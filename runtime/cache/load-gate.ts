import { CacheOverloadedError, type LoadContext } from './types';

export interface LoadGateLimits {
  readonly maxConcurrent: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

interface Waiting {
  readonly enter: () => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Bounds what reaches the source: `maxConcurrent` loads run, the rest wait in order, and what would wait too long is
 * refused while it is cheap to refuse. It holds whether or not there is a cache: a cache that goes away must not turn
 * its hit rate into database load.
 */
export class LoadGate {
  private running = 0;
  private peakRunning = 0;
  private refusals = 0;
  private readonly queue = new Set<Waiting>();
  private readonly inside = new WeakSet<LoadContext>();

  public constructor(private readonly limits: LoadGateLimits) {}

  /**
   * Runs `load` in a place of its own, or in the place of the load around it.
   * @throws CacheOverloadedError when it would wait behind too many, or has waited too long
   */
  public async run<T>(context: LoadContext, within: LoadContext | undefined, load: () => Promise<T>): Promise<T> {
    const nested = within !== undefined && this.inside.has(within);
    if (!nested) await this.enter();
    this.inside.add(context);
    try {
      return await load();
    } finally {
      this.inside.delete(context);
      if (!nested) this.leave();
    }
  }

  public get state() {
    return { running: this.running, waiting: this.queue.size, peak: this.peakRunning, refused: this.refusals };
  }

  private enter(): Promise<void> | undefined {
    if (this.running < this.limits.maxConcurrent) {
      this.take();
      return undefined;
    }
    if (this.queue.size >= this.limits.maxWaiting) {
      this.refusals++;
      throw new CacheOverloadedError(`${this.limits.maxWaiting} loads are waiting, which is \`loads.maxWaiting\``);
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        enter: resolve,
        timer: setTimeout(() => {
          this.queue.delete(waiting);
          this.refusals++;
          reject(new CacheOverloadedError(this.waitedTooLong()));
        }, this.limits.maxWaitMs),
      };
      this.queue.add(waiting);
    });
  }

  private waitedTooLong(): string {
    return (
      `a load waited ${this.limits.maxWaitMs} ms (\`loads.maxWaitMs\`) for one of ${this.limits.maxConcurrent} places; ` +
      'if a loader asks the cache itself, give that call `within: context`'
    );
  }

  private take(): void {
    this.running++;
    this.peakRunning = Math.max(this.peakRunning, this.running);
  }

  private leave(): void {
    this.running--;
    const [next] = this.queue;
    if (next === undefined) return;
    this.queue.delete(next);
    clearTimeout(next.timer);
    this.take();
    next.enter();
  }
}
