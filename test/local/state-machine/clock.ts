import { setTimeout as delay } from 'node:timers/promises';

/** Where a played state machine gets its time from. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;

  /** Ends after `millis`, or rejects when `signal` is aborted. */
  sleep(millis: number, signal?: AbortSignal): Promise<void>;

  /** Runs work that takes real time; a clock that jumps stands still meanwhile, except while the work `sleep`s. */
  during<T>(work: (sleep: Clock['sleep']) => Promise<T>): Promise<T>;
}

/** The machine's own time. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (millis, signal) => delay(millis, undefined, signal === undefined ? {} : { signal }),
  during: (work) => work(realClock.sleep),
};

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/**
 * Time that jumps to the next sleeper as soon as nobody works: hours pass in a millisecond, in the right order. Work on
 * real servers holds it still, so what takes real time takes none of this clock's.
 */
export class JumpingClock implements Clock {
  private readonly sleepers = new Set<Sleeper>();
  private working = 0;

  public constructor(private current: number = Date.parse('2026-01-01T00:00:00Z')) {}

  public now(): number {
    return this.current;
  }

  public sleep(millis: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        this.sleepers.delete(sleeper);
        signal?.removeEventListener('abort', cancel);
        end();
      };
      const cancel = () => settle(() => reject(new Error('the sleep was cancelled')));
      const sleeper = { until: this.current + millis, wake: () => settle(resolve) };
      if (signal?.aborted === true) return cancel();
      signal?.addEventListener('abort', cancel);
      this.sleepers.add(sleeper);
      this.jumpWhenIdle();
    });
  }

  public async during<T>(work: (sleep: Clock['sleep']) => Promise<T>): Promise<T> {
    this.working += 1;
    try {
      return await work(async (millis, signal) => {
        this.working -= 1;
        await this.sleep(millis, signal).finally(() => {
          this.working += 1;
        });
      });
    } finally {
      this.working -= 1;
      this.jumpWhenIdle();
    }
  }

  /** After whatever is ready to run has run: what it starts may be earlier than the next sleeper. */
  private jumpWhenIdle(): void {
    setImmediate(() => {
      if (this.working > 0) return;
      const [first] = [...this.sleepers].sort((a, b) => a.until - b.until);
      if (first === undefined) return;
      this.current = Math.max(this.current, first.until);
      first.wake();
      this.jumpWhenIdle();
    });
  }
}
