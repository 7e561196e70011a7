/** `open`: nothing is sent. `half-open`: one trial decides. */
export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitBreakerOptions {
  /**
   * Failures in a row that open the circuit.
   *
   * @default 3
   */
  readonly threshold?: number;

  /**
   * How long it stays open before one trial is let through, in milliseconds.
   *
   * @default 1_000
   */
  readonly openMillis?: number;

  /** @default - the process's monotonic clock, in milliseconds */
  readonly now?: () => number;
}

/** Keeps statements away from a server that fails, and lets one through now and then to see whether it is back. */
export class CircuitBreaker {
  private readonly threshold: number;
  private readonly openMillis: number;
  private readonly now: () => number;
  private failures = 0;
  private openedAt: number | undefined;
  /** Callers that are on trial: one at most. */
  private trials = 0;

  public constructor(options: CircuitBreakerOptions = {}) {
    this.threshold = options.threshold ?? 3;
    this.openMillis = options.openMillis ?? 1_000;
    this.now = options.now ?? (() => performance.now());
  }

  public get state(): CircuitState {
    if (this.openedAt === undefined) return 'closed';
    return this.now() - this.openedAt >= this.openMillis ? 'half-open' : 'open';
  }

  /** Whether a statement may be sent. While half-open, only the first caller may. */
  public allows(): boolean {
    const { state } = this;
    if (state === 'closed') return true;
    if (state === 'open' || this.trials > 0) return false;
    this.trials = 1;
    return true;
  }

  /** Whether `allows` would say yes, without taking the trial. */
  public get willing(): boolean {
    const { state } = this;
    return state === 'closed' || (state === 'half-open' && this.trials === 0);
  }

  public succeeded(): void {
    this.failures = 0;
    this.openedAt = undefined;
    this.trials = 0;
  }

  public failed(): void {
    this.failures += 1;
    if (this.trials > 0 || this.failures >= this.threshold) this.open();
  }

  /** The trial ended without a verdict, such as a caller that was turned away by a full pool. */
  public withdrawn(): void {
    this.trials = 0;
  }

  /** Opens at once, when another sign than a failed statement says that the server is gone. */
  public open(): void {
    this.openedAt = this.now();
    this.trials = 0;
  }

  /** The server shows life: the next statement is the trial, however short it was open. */
  public retry(): void {
    if (this.openedAt !== undefined) this.openedAt = this.now() - this.openMillis;
  }
}
