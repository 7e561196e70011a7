import pg from 'pg';
import type { Metrics } from '../telemetry/metrics';
import { Connection, connectionConfig, withDeadline } from './connection';
import type { ServerAddress } from './database';
import { DatabaseOverloadedError, DatabaseUnavailableError } from './errors';
import type { Credentials, PoolOptions } from './options';
import type { PoolStatistics } from './statistics';

/** A connection on loan. Give it back with `release`; with `true` it is closed instead of used again. */
export interface Lease {
  readonly connection: Connection;
  release(broken?: boolean): void;
}

/** What `pg-pool` lends: a `Connection`, because we give it the class. */
type Pooled = Connection & Pick<pg.PoolClient, 'release'>;

export const POOL_DEFAULTS: Required<PoolOptions> = {
  max: 8,
  min: 1,
  maxWaiting: 1_000,
  acquireTimeoutMillis: 2_000,
  connectTimeoutMillis: 1_000,
  idleTimeoutMillis: 60_000,
  maxLifetimeMillis: 1_500_000,
  validateAfterIdleMillis: 10_000,
};

const VALIDATION_TIMEOUT_MILLIS = 1_000;
const CLOSE_TIMEOUT_MILLIS = 5_000;

/**
 * Connections to one server: `pg-pool` with what it lacks, which is a bound on how many may wait, ages that differ,
 * a check of connections that were idle for long, and figures.
 */
export class ConnectionPool {
  private readonly pool: pg.Pool;
  private readonly options: Required<PoolOptions>;
  private readonly open = new Set<Connection>();
  private readonly lent = new Set<Connection>();
  private readonly labels: { readonly server: string };
  private opened = 0;
  private acquired = 0;
  private acquireMillis = 0;
  private rejected = 0;

  public constructor(
    private readonly address: ServerAddress,
    credentials: Credentials,
    options: PoolOptions,
    private readonly metrics: Metrics,
  ) {
    this.options = { ...POOL_DEFAULTS, ...options };
    this.labels = { server: address.name };
    const { max, min, acquireTimeoutMillis, connectTimeoutMillis, idleTimeoutMillis } = this.options;
    const config = connectionConfig(address, credentials, connectTimeoutMillis);
    // The pool's own time-out is the wait for a connection; opening one has its own.
    class PooledConnection extends Connection {
      public constructor() {
        super(config);
      }
    }
    this.pool = new pg.Pool({
      max,
      min,
      idleTimeoutMillis,
      connectionTimeoutMillis: Math.max(acquireTimeoutMillis, connectTimeoutMillis),
      Client: PooledConnection,
    });
    this.pool.on('connect', (connection) => {
      this.opened += 1;
      this.open.add(connection as unknown as Connection);
    });
    this.pool.on('remove', (connection) => this.open.delete(connection as unknown as Connection));
    // An idle connection broke: the pool has dropped it already, and the monitor finds out why.
    this.pool.on('error', () => {});
  }

  /**
   * @throws DatabaseOverloadedError when too many wait already, or waiting took too long
   * @throws what the driver says when a connection cannot be opened
   */
  public acquire(): Promise<Lease> {
    return new Promise((resolve, reject) => {
      this.lend((error, lease) => (lease === undefined ? reject(error) : resolve(lease)));
    });
  }

  /** {@link acquire} without a promise. */
  public lend(done: (error: unknown, lease?: Lease) => void): void {
    if (this.pool.waitingCount >= this.options.maxWaiting) {
      this.rejected += 1;
      done(
        new DatabaseOverloadedError(
          `${this.address.name}: ${this.pool.waitingCount} callers wait for a connection, the limit is \`pool.maxWaiting\``,
        ),
      );
      return;
    }
    const started = performance.now();
    const full = this.pool.totalCount >= this.options.max;
    this.pool.connect((error, client) => {
      if (client === undefined) {
        done(this.notConnected(error, full));
        return;
      }
      const connection = client as unknown as Pooled;
      if (started - connection.usedAt < this.options.validateAfterIdleMillis) this.lendOut(connection, started, done);
      else void this.lendChecked(connection, started, done);
    });
  }

  private async lendChecked(
    connection: Pooled,
    started: number,
    done: (error: unknown, lease?: Lease) => void,
  ): Promise<void> {
    if (await this.answers(connection)) this.lendOut(connection, started, done);
    else this.lend(done);
  }

  private lendOut(connection: Pooled, started: number, done: (error: unknown, lease?: Lease) => void): void {
    this.noteAcquired(performance.now() - started);
    this.lent.add(connection);
    done(undefined, { connection, release: (broken = false) => this.release(connection, broken) });
  }

  private notConnected(error: unknown, full: boolean): unknown {
    if (!full || !(error instanceof Error && error.message.startsWith('timeout exceeded'))) return error;
    this.rejected += 1;
    return new DatabaseOverloadedError(
      `${this.address.name}: no connection became free within \`pool.acquireTimeoutMillis\` (${this.options.acquireTimeoutMillis} ms)`,
      { cause: error },
    );
  }

  /** A connection that was idle for long may be dead without anyone having noticed: a firewall forgets silently. */
  private async answers(connection: Pooled): Promise<boolean> {
    const late = () => new DatabaseUnavailableError(`${this.address.name}: an idle connection had died`);
    try {
      await withDeadline(connection, VALIDATION_TIMEOUT_MILLIS, late, () => connection.query('SELECT 1'));
      return true;
    } catch {
      connection.release(true);
      return false;
    }
  }

  private release(connection: Connection, broken: boolean): void {
    this.lent.delete(connection);
    const now = performance.now();
    connection.usedAt = now;
    if (broken) connection.abort(new DatabaseUnavailableError(`${this.address.name}: the connection was given up`));
    (connection as Pooled).release(broken || now - connection.openedAt > this.lifetime(connection));
  }

  /** Give or take a tenth, by the moment it was opened, so that connections of the same age do not all go at once. */
  private lifetime(connection: Connection): number {
    return this.options.maxLifetimeMillis * (0.9 + (connection.openedAt % 200) / 1_000);
  }

  private noteAcquired(millis: number): void {
    this.acquired += 1;
    this.acquireMillis += millis;
    this.metrics.observe('db_pool_acquire_seconds', this.labels, millis / 1_000);
  }

  /** Breaks every connection that is on loan: what runs on them fails now instead of at its time-out. */
  public abort(reason: Error): void {
    for (const connection of this.lent) connection.abort(reason);
  }

  /** Says how full the pool is. */
  public report(): void {
    const { total, idle, waiting, max } = this.statistics();
    const { labels } = this;
    this.metrics.gauge('db_pool_connections', labels, total);
    this.metrics.gauge('db_pool_usage_percent', labels, ((total - idle) / max) * 100);
    this.metrics.gauge('db_pool_waiting', labels, waiting);
  }

  public statistics(): PoolStatistics {
    return {
      total: this.pool.totalCount,
      idle: this.pool.idleCount,
      waiting: this.pool.waitingCount,
      max: this.options.max,
      opened: this.opened,
      acquired: this.acquired,
      acquireMillis: this.acquireMillis,
      rejected: this.rejected,
    };
  }

  /** Waits for connections on loan, then closes them all; those that do not answer are broken. */
  public async close(): Promise<void> {
    const timer = setTimeout(() => {
      const reason = new DatabaseUnavailableError(`${this.address.name}: the pool was closed`);
      for (const connection of this.open) connection.abort(reason);
    }, CLOSE_TIMEOUT_MILLIS);
    await this.pool.end();
    clearTimeout(timer);
  }
}
