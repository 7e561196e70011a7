import type { Metrics } from '../telemetry/metrics';
import { CircuitBreaker } from './circuit-breaker';
import type { ServerAddress } from './database';
import type { LogPosition } from './log-position';
import type { ResolvedOptions } from './options';
import { ConnectionPool } from './pool';
import type { Fence } from './read-token';
import type { ServerStatistics } from './statistics';

export type Role = 'primary' | 'replica' | 'unknown';

/** How new a replica's data was when it was last asked. It only gets newer, while it is the same server. */
export interface Freshness {
  /** Replayed up to here; absent where the server does not say (Aurora). */
  readonly position?: LogPosition;
  /** Has everything that was committed before this moment of the primary's clock; absent where it is not needed. */
  readonly upToMillis?: number;
  readonly lagMillis: number;
  /** When this was learnt, on the monotonic clock. */
  readonly at: number;
}

/** One server: its pool, its health, and what is known of its data. */
export class Server {
  public readonly breaker = new CircuitBreaker();
  public readonly pool: ConnectionPool;
  public readonly database: string;
  public role: Role = 'unknown';
  private readonly metrics: Metrics;
  private readonly replicaLabels: { readonly replica: string };
  private readonly databaseLabels: { readonly database: string };
  private freshness: Freshness | undefined;
  private reads = 0;
  private writes = 0;
  private errors = 0;

  public constructor(
    public readonly address: ServerAddress,
    options: ResolvedOptions,
  ) {
    this.metrics = options.metrics;
    this.replicaLabels = { replica: address.name };
    this.database = options.credentials.database;
    this.databaseLabels = { database: this.database };
    this.pool = new ConnectionPool(address, options.credentials, options.pool, options.metrics);
  }

  public get name(): string {
    return this.address.name;
  }

  /** Milliseconds behind the primary, as far as known: what was learnt gets older every moment. */
  public lagMillis(now = performance.now()): number | undefined {
    return this.freshness === undefined ? undefined : this.freshness.lagMillis + (now - this.freshness.at);
  }

  /** Whether its data is new enough. Nothing known is not new enough. */
  public isFresh(maxLagMillis: number, fence: Fence | undefined): boolean {
    const { freshness } = this;
    const lag = this.lagMillis();
    if (freshness === undefined || lag === undefined || lag > maxLagMillis) return false;
    if (fence === undefined) return true;
    if (fence.kind === 'position') return freshness.position !== undefined && freshness.position >= fence.position;
    return fence.kind === 'time' && freshness.upToMillis !== undefined && freshness.upToMillis >= fence.millis;
  }

  public learn(freshness: Freshness): void {
    this.freshness = freshness;
    this.metrics.gauge('db_replication_lag_seconds', this.replicaLabels, freshness.lagMillis / 1_000);
  }

  /** Nothing is known any more: what answers next at this address may be another server with older data. */
  public forget(): void {
    this.freshness = undefined;
  }

  /** It does not answer: nothing is sent until it does, and what waits for it fails now. */
  public lost(): void {
    this.breaker.open();
    this.forget();
    // A write keeps its connection until its own time-out: its outcome may still arrive.
    if (this.role !== 'primary') this.pool.abort(new Error(`${this.name} does not answer`));
  }

  public countRead(): void {
    this.reads += 1;
    this.metrics.count('db_read_queries_total', this.replicaLabels);
  }

  public countWrite(): void {
    this.writes += 1;
    this.metrics.count('db_write_queries_total', this.databaseLabels);
  }

  public countError(): void {
    this.errors += 1;
    this.metrics.count('db_errors_total', { server: this.name });
  }

  public statistics(): ServerStatistics {
    const lagMillis = this.role === 'replica' ? this.lagMillis() : undefined;
    return {
      name: this.name,
      role: this.role,
      circuit: this.breaker.state,
      reads: this.reads,
      writes: this.writes,
      errors: this.errors,
      pool: this.pool.statistics(),
      ...(lagMillis === undefined ? {} : { lagMillis }),
    };
  }
}
