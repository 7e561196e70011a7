/** Work was refused because too much was waiting: answer 503 with `Retry-After`. */
export class OverloadedError extends Error {
  public override readonly name: string = 'OverloadedError';

  public constructor(
    message: string,
    /** Why: too many were waiting, or this one waited too long. */
    public readonly reason: 'queue_full' | 'queue_timeout',
    /** When it is worth trying again, in whole seconds. */
    public readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

export interface AdmissionLimits {
  /** How many run at once. */
  readonly maxConcurrent: number;
  /** How many may wait; one more is refused at once. */
  readonly maxWaiting: number;
  /** How long one waits before it is refused, in milliseconds. */
  readonly maxWaitMs: number;
}

export interface AdmissionState {
  readonly running: number;
  readonly waiting: number;
  /** Most that ever ran at once. */
  readonly peak: number;
  readonly refused: number;
}

interface Waiting {
  readonly enter: () => void;
  readonly timer: NodeJS.Timeout;
}

/** How much the newest run counts in the mean time of a run. */
const WEIGHT = 0.1;
const MAX_RETRY_AFTER_SECONDS = 60;

/**
 * Lets a bounded number in, makes a bounded number wait in order, and refuses the rest while refusing is cheap. A queue
 * without a bound only turns overload into time-outs of requests that were worked on for nothing.
 */
export class Admission {
  private running = 0;
  private peak = 0;
  private refused = 0;
  private meanRunMs = 0;
  private readonly queue = new Set<Waiting>();

  public constructor(
    private readonly limits: AdmissionLimits,
    private readonly refusal = OverloadedError,
  ) {}

  public get state(): AdmissionState {
    return { running: this.running, waiting: this.queue.size, peak: this.peak, refused: this.refused };
  }

  /**
   * Runs `work` when there is a place.
   * @throws OverloadedError when it would wait behind too many, or has waited too long
   */
  public async run<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.leave(performance.now() - startedAt);
    }
  }

  /** Takes a place; undefined when one is free now. Every place taken must be given back with {@link leave}. */
  public enter(): Promise<void> | undefined {
    if (this.running < this.limits.maxConcurrent) {
      this.take();
      return undefined;
    }
    if (this.queue.size >= this.limits.maxWaiting) {
      this.refused++;
      const message = `${this.queue.size} are waiting for one of ${this.limits.maxConcurrent} places`;
      throw new this.refusal(message, 'queue_full', this.retryAfterSeconds());
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        enter: resolve,
        timer: setTimeout(() => {
          this.queue.delete(waiting);
          this.refused++;
          const message = `waited ${this.limits.maxWaitMs} ms for one of ${this.limits.maxConcurrent} places`;
          reject(new this.refusal(message, 'queue_timeout', this.retryAfterSeconds()));
        }, this.limits.maxWaitMs),
      };
      this.queue.add(waiting);
    });
  }

  /** Gives a place back after `ranMs`, to the one who has waited longest. */
  public leave(ranMs: number): void {
    this.meanRunMs += (ranMs - this.meanRunMs) * (this.meanRunMs === 0 ? 1 : WEIGHT);
    this.running--;
    const [next] = this.queue;
    if (next === undefined) return;
    this.queue.delete(next);
    clearTimeout(next.timer);
    this.take();
    next.enter();
  }

  /** The time in which what waits now will have been served: waiting × mean time of a run / places (Little's law). */
  private retryAfterSeconds(): number {
    const drainMs = (this.queue.size * this.meanRunMs) / this.limits.maxConcurrent;
    return Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(drainMs / 1_000)));
  }

  private take(): void {
    this.running++;
    this.peak = Math.max(this.peak, this.running);
  }
}
