import type { DatabaseStatistics } from './statistics';

/** A row of a result: column name to value, as the `pg` driver maps PostgreSQL's types. */
export type Row = Record<string, unknown>;

/**
 * How far the primary was when a write was acknowledged, as an opaque string that is safe in a cookie or a session.
 * A read that carries it never sees older data, whichever instance serves it.
 */
export type ReadToken = string;

/** What every statement may say about itself. */
export interface StatementOptions {
  /**
   * How long the statement may run, in milliseconds; its connection is closed when it runs longer.
   *
   * @default - `statementTimeoutMillis` of the database
   */
  readonly timeoutMillis?: number;

  /**
   * Name for a prepared statement at protocol level, which RDS Proxy multiplexes.
   *
   * @default - not prepared
   */
  readonly name?: string;
}

export interface ReadOptions extends StatementOptions {
  /**
   * The newest write that this read must see.
   *
   * @default - any replica within the lag limit may answer
   */
  readonly token?: ReadToken;

  /**
   * The oldest data that this read accepts, in milliseconds behind the primary.
   *
   * @default - `maxLagMillis` of the database
   */
  readonly maxLagMillis?: number;

  /**
   * Where the read goes: `primary` for one that must see everything.
   *
   * @default 'replica'
   */
  readonly from?: 'replica' | 'primary';
}

export interface TransactionOptions {
  /**
   * A read-only transaction may run on a replica: all its statements see one snapshot of the same server.
   *
   * @default false
   */
  readonly readOnly?: boolean;

  /** @default - the server's default, `read committed` */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';

  /**
   * How long the whole transaction may take, in milliseconds, the time between its statements included.
   *
   * @default - `transactionTimeoutMillis` of the database
   */
  readonly timeoutMillis?: number;

  /**
   * How often the transaction is run again after a serialization failure or a deadlock (SQLSTATE 40001, 40P01).
   *
   * @default 0
   */
  readonly retries?: number;

  /** The newest write that a read-only transaction must see. */
  readonly token?: ReadToken;
}

export interface QueryResult<R extends Row = Row> {
  readonly rows: readonly R[];
  /** Rows returned or changed. */
  readonly rowCount: number;
  /** Name of the server that answered, such as `primary` or `replica-1`. */
  readonly server: string;
}

export interface WriteResult<R extends Row = Row> extends QueryResult<R> {
  /** Give it to later reads (or keep it in the session) to read this write. */
  readonly token: ReadToken;
}

export interface TransactionResult<T> {
  readonly value: T;
  readonly server: string;
  /** Absent for a read-only transaction. */
  readonly token?: ReadToken;
}

/** The statements of one transaction, all on one connection. */
export interface Transaction {
  query<R extends Row = Row>(
    sql: string,
    params?: readonly unknown[],
    options?: StatementOptions,
  ): Promise<QueryResult<R>>;
}

/** Runs statements where they belong: writes on the primary, reads on a replica that is new enough for them. */
export interface StatementRunner {
  /**
   * Reads from a replica, or from the primary when none will do. The caller says that `sql` only reads; what plainly
   * writes is refused with {@link WriteInReadError}.
   */
  read<R extends Row = Row>(sql: string, params?: readonly unknown[], options?: ReadOptions): Promise<QueryResult<R>>;

  /**
   * Writes on the primary. Waits for a new primary during a failover as long as the statement surely did not run;
   * rejects with {@link WriteOutcomeUnknownError} when the connection broke while it ran.
   */
  write<R extends Row = Row>(
    sql: string,
    params?: readonly unknown[],
    options?: StatementOptions,
  ): Promise<WriteResult<R>>;

  /** Reads or writes, by analysis of the statement; in doubt it goes to the primary. */
  query<R extends Row = Row>(
    sql: string,
    params?: readonly unknown[],
    options?: ReadOptions,
  ): Promise<QueryResult<R> & { readonly token?: ReadToken }>;

  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<TransactionResult<T>>;
}

/** A runner whose reads see its own writes. Made per request, from the token that the user's session carries. */
export interface DatabaseSession extends StatementRunner {
  /** The newest write of this session; keep it with the user's session for the next request, on any instance. */
  readonly token: ReadToken | undefined;
}

/** One database with its primary and replicas. One per process. */
export interface Database extends StatementRunner {
  /** @param token what an earlier request of the same user left, if anything; one that cannot be read counts as new */
  session(token?: ReadToken): DatabaseSession;

  /** Whether the primary answers, within `timeoutMillis`; rejects with the reason when it does not. */
  ping(timeoutMillis?: number): Promise<void>;

  /** Resolves when every server has been asked once for its role and position, whatever it answered. */
  ready(): Promise<void>;

  /** Replaces the replicas without a restart: new ones join, missing ones drain. */
  setReplicas(replicas: readonly ServerAddress[]): void;

  statistics(): DatabaseStatistics;

  /** Waits for running statements, then closes every connection. */
  close(): Promise<void>;
}

/** Where a PostgreSQL server, or a proxy in front of some, listens. */
export interface ServerAddress {
  /** Label in metrics and results. For Aurora instances: the instance identifier. */
  readonly name: string;
  readonly host: string;
  /** @default 5432 */
  readonly port?: number;
  /**
   * Who logs in there, such as a role that only reads at an endpoint that only reads. A server that may be promoted
   * needs the role that writes.
   *
   * @default - the user of the credentials
   */
  readonly user?: string;
}
