/** How one dependency answered. */
export interface DependencyHealth {
  readonly status: 'ok' | 'failed';
  readonly durationMs: number;
  /** Kind of failure, such as `ECONNREFUSED` or `timeout`; never a message, which may quote addresses and statements. */
  readonly failure?: string;
}

/** `degraded`: everything is answered, from the database alone. */
export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'unavailable';
  /** 200, or 503 for `unavailable`. */
  readonly httpStatus: 200 | 503;
  readonly database: DependencyHealth;
  /** Absent for a service without a cache. */
  readonly cache?: DependencyHealth;
}

export interface HealthOptions {
  /** Resolves when the database answers. Required: without it the service cannot work. */
  readonly database: () => Promise<void>;
  /**
   * Resolves when the cache answers.
   * @default - there is no cache
   */
  readonly cache?: () => Promise<void>;
  /**
   * By when the report is there, whatever the dependencies do, in milliseconds.
   * @default 800
   */
  readonly deadlineMs?: number;
  /**
   * How long a report is given again, in milliseconds, so that many who ask do not become load.
   * @default 250
   */
  readonly reuseMs?: number;
}

/**
 * The deep health check of `/health`: within a second, whether the service can do its work. It is for canaries, alarms
 * and deployments; the load balancer asks {@link Liveness}, because tasks that are replaced do not bring a database back.
 */
export class Health {
  private last: { readonly at: number; readonly report: Promise<HealthReport> } | undefined;

  public constructor(private readonly options: HealthOptions) {}

  /** Never rejects. */
  public check(): Promise<HealthReport> {
    const now = performance.now();
    if (this.last !== undefined && now - this.last.at < (this.options.reuseMs ?? 250)) return this.last.report;
    const report = this.ask();
    this.last = { at: now, report };
    return report;
  }

  private async ask(): Promise<HealthReport> {
    const deadlineMs = this.options.deadlineMs ?? 800;
    const [database, cache] = await Promise.all([
      probe(this.options.database, deadlineMs),
      this.options.cache && probe(this.options.cache, deadlineMs),
    ]);
    const status = database.status === 'failed' ? 'unavailable' : cache?.status === 'failed' ? 'degraded' : 'ok';
    return { status, httpStatus: status === 'unavailable' ? 503 : 200, database, ...(cache && { cache }) };
  }
}

async function probe(ask: () => Promise<void>, deadlineMs: number): Promise<DependencyHealth> {
  const startedAt = performance.now();
  const outcome = await new Promise<string | undefined>((resolve) => {
    const timer = setTimeout(resolve, deadlineMs, 'timeout');
    const settle = (failure?: string): void => {
      clearTimeout(timer);
      resolve(failure);
    };
    // Inside a promise, so that a dependency that throws at once fails like any other.
    Promise.resolve()
      .then(ask)
      .then(
        () => settle(),
        (error: unknown) => settle(failureOf(error)),
      );
  });
  const durationMs = Math.round(performance.now() - startedAt);
  return outcome === undefined ? { status: 'ok', durationMs } : { status: 'failed', durationMs, failure: outcome };
}

function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
