import type { ConnectionOptions } from 'node:tls';
import { type Metrics, noMetrics } from '../telemetry/metrics';
import type { ServerAddress } from './database';

/** Sizes and times of one pool of connections. */
export interface PoolOptions {
  /**
   * Most connections to one server. Size it from the server's cores, not from the callers: see `poolSize`.
   *
   * @default 8
   */
  readonly max?: number;

  /**
   * Connections kept open when idle; more are opened with the load and closed after `idleTimeoutMillis`.
   *
   * @default 1
   */
  readonly min?: number;

  /**
   * Most callers that may wait for a connection; the next one is turned away with `DatabaseOverloadedError`.
   *
   * @default 1_000
   */
  readonly maxWaiting?: number;

  /**
   * How long a caller waits for a connection, in milliseconds.
   *
   * @default 2_000
   */
  readonly acquireTimeoutMillis?: number;

  /**
   * How long opening a connection may take, in milliseconds.
   *
   * @default 1_000
   */
  readonly connectTimeoutMillis?: number;

  /**
   * Idle connections above `min` are closed after this, in milliseconds.
   *
   * @default 60_000
   */
  readonly idleTimeoutMillis?: number;

  /**
   * Connections are replaced at this age, in milliseconds, give or take a tenth so that they do not all go at once.
   * Below RDS Proxy's idle timeout of 30 minutes.
   *
   * @default 1_500_000
   */
  readonly maxLifetimeMillis?: number;

  /**
   * A connection that was idle longer than this, in milliseconds, is checked with a round trip before it is used.
   *
   * @default 10_000
   */
  readonly validateAfterIdleMillis?: number;
}

/** Who logs in. Limits that the server enforces belong to the role (`ALTER ROLE … SET`): nothing is set per connection. */
export interface Credentials {
  readonly user: string;
  /**
   * The password, or what makes a fresh one for each new connection to `server`: a token of IAM authentication is
   * good for one endpoint only.
   *
   * @default - none is sent
   */
  readonly password?: string | ((server: ServerAddress) => Promise<string>);
  readonly database: string;
  /**
   * TLS to the server.
   *
   * @default false
   */
  readonly tls?: boolean | ConnectionOptions;
}

export interface DatabaseOptions {
  readonly credentials: Credentials;

  /** The server that takes writes at start, or the writer endpoint of a proxy or cluster. */
  readonly primary: ServerAddress;

  /**
   * Servers that take reads: either each replica by itself, which the router chooses among, or one endpoint that
   * spreads connections over replicas by itself (`{ endpoint }`, as RDS Proxy's read-only endpoint does).
   *
   * @default - all reads go to the primary
   */
  readonly replicas?: readonly ServerAddress[] | { readonly endpoint: ServerAddress };

  /**
   * How positions and roles are learnt. `vanilla` asks every server with `pg_last_wal_replay_lsn()`; `aurora` asks
   * any one with `aurora_replica_status()`.
   *
   * @default - asked from the server once
   */
  readonly flavour?: 'vanilla' | 'aurora';

  /**
   * How a replica is chosen among those that are up and new enough.
   *
   * @default 'round-robin'
   */
  readonly selection?: 'round-robin' | 'least-lag';

  /**
   * Replicas further behind than this, in milliseconds, get no reads.
   *
   * @default 1_000
   */
  readonly maxLagMillis?: number;

  /**
   * Positions, roles and health are asked this often, in milliseconds.
   *
   * @default 100
   */
  readonly pollIntervalMillis?: number;

  /**
   * How long a statement may run, in milliseconds.
   *
   * @default 5_000
   */
  readonly statementTimeoutMillis?: number;

  /**
   * How long a transaction may take, in milliseconds.
   *
   * @default 10_000
   */
  readonly transactionTimeoutMillis?: number;

  /**
   * How long a write waits for a primary during a failover, in milliseconds.
   *
   * @default 30_000
   */
  readonly failoverTimeoutMillis?: number;

  /**
   * Most reads that the primary takes at a time in the place of replicas; the next ones are turned away with
   * `DatabaseOverloadedError`, so that a lost replica does not take the primary with it.
   *
   * @default 64
   */
  readonly maxFallbackReads?: number;

  readonly pool?: PoolOptions;

  /**
   * Where the library reports `db_read_queries_total{replica}`, `db_write_queries_total{database}`,
   * `db_replication_lag_seconds{replica}` and the use of the pools.
   *
   * @default - nowhere
   */
  readonly metrics?: Metrics;
}

/** The options with every default in place; `flavour` stays open until a server was asked. */
export type ResolvedOptions = Required<Omit<DatabaseOptions, 'flavour'>> & Pick<DatabaseOptions, 'flavour'>;

const DEFAULTS = {
  replicas: [],
  selection: 'round-robin',
  maxLagMillis: 1_000,
  pollIntervalMillis: 100,
  statementTimeoutMillis: 5_000,
  transactionTimeoutMillis: 10_000,
  failoverTimeoutMillis: 30_000,
  maxFallbackReads: 64,
  pool: {},
  metrics: noMetrics,
} as const satisfies Partial<DatabaseOptions>;

export function withDefaults(options: DatabaseOptions): ResolvedOptions {
  return { ...DEFAULTS, ...options };
}

/** The replicas as servers, whichever way they were given. */
export function replicaAddresses({ replicas = [] }: DatabaseOptions): readonly ServerAddress[] {
  return 'endpoint' in replicas ? [replicas.endpoint] : replicas;
}
