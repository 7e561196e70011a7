export interface LivenessReport {
  readonly status: 'ok' | 'stalled';
  /** 200, or 503 for `stalled`. */
  readonly httpStatus: 200 | 503;
  /** How late the event loop ran on average over the window, in milliseconds. */
  readonly lagMs: number;
}

export interface LivenessOptions {
  /**
   * Average lateness of the event loop from which the process counts as stalled, in milliseconds.
   * @default 1000
   */
  readonly maxLagMs?: number;
  /**
   * Samples of the window; one per second. One long pause does not make a process dead, a row of them does.
   * @default 10
   */
  readonly samples?: number;
  /**
   * Time between samples, in milliseconds.
   * @default 1000
   */
  readonly everyMs?: number;
}

/**
 * The shallow health check of `/health/live`: is this process itself in order? It asks nobody. A loop that never gets
 * to answer fails the load balancer's time-out; this tells of one that answers, but always late.
 */
export class Liveness {
  private readonly lags: number[] = [];
  private readonly timer: NodeJS.Timeout;
  private expectedAt: number;

  public constructor(private readonly options: LivenessOptions = {}) {
    const everyMs = options.everyMs ?? 1_000;
    this.expectedAt = performance.now() + everyMs;
    this.timer = setInterval(() => {
      const now = performance.now();
      this.note(Math.max(0, now - this.expectedAt));
      this.expectedAt = now + everyMs;
    }, everyMs).unref();
  }

  public check(): LivenessReport {
    const lagMs = this.lags.length === 0 ? 0 : this.lags.reduce((sum, lag) => sum + lag, 0) / this.lags.length;
    const stalled = lagMs > (this.options.maxLagMs ?? 1_000);
    return { status: stalled ? 'stalled' : 'ok', httpStatus: stalled ? 503 : 200, lagMs: Math.round(lagMs) };
  }

  public close(): void {
    clearInterval(this.timer);
  }

  private note(lagMs: number): void {
    this.lags.push(lagMs);
    if (this.lags.length > (this.options.samples ?? 10)) this.lags.shift();
  }
}
