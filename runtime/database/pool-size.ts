export interface PoolSizeInputs {
  /** Cores of the database server. An Aurora capacity unit has about a quarter of one. */
  readonly databaseCores: number;
  /** Processes that have a pool to that server, at the most that scaling allows. */
  readonly processes: number;
  /** `max_connections` of the server, or what the proxy may use of it. */
  readonly maxConnections: number;
}

/** Kept free for the monitor of each process, migrations and people. */
const RESERVED_SHARE = 0.1;

/** A pool of one would make a transaction wait for a read of the same request. */
const LEAST = 2;

/**
 * How many connections each process should have: twice the server's cores plus one over all processes, which is where
 * throughput stops growing; more only queue inside of the server. A read from memory waits for no disk, hence plus one.
 * https://wiki.postgresql.org/wiki/Number_Of_Database_Connections
 *
 * @returns at least 2 and never more than the server has for each process
 */
export function poolSize({ databaseCores, processes, maxConnections }: PoolSizeInputs): number {
  const best = Math.ceil((2 * databaseCores + 1) / processes);
  const allowed = Math.floor((maxConnections * (1 - RESERVED_SHARE)) / processes);
  return Math.max(1, Math.min(Math.max(LEAST, best), allowed));
}
