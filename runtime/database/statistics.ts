import type { CircuitState } from './circuit-breaker';

/** One pool of connections to one server, now. */
export interface PoolStatistics {
  /** Open connections. */
  readonly total: number;
  readonly idle: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
  readonly max: number;
  /** Connections that were opened so far. */
  readonly opened: number;
  /** Checkouts so far, and how long they waited in total. */
  readonly acquired: number;
  readonly acquireMillis: number;
  /** Callers turned away because too many waited already. */
  readonly rejected: number;
}

export interface ServerStatistics {
  readonly name: string;
  readonly role: 'primary' | 'replica' | 'unknown';
  readonly circuit: CircuitState;
  /** Behind the primary; absent for the primary and while it is unknown. */
  readonly lagMillis?: number;
  /** Statements it answered so far. */
  readonly reads: number;
  readonly writes: number;
  readonly errors: number;
  readonly pool: PoolStatistics;
}

export interface DatabaseStatistics {
  readonly servers: readonly ServerStatistics[];
  /** Reads that the primary answered because no replica was there or new enough. */
  readonly readsFallenBack: number;
  /** Reads that were repeated on another server after the first one failed. */
  readonly readsRetried: number;
  /** Times the role of primary was seen to move. */
  readonly failovers: number;
}
