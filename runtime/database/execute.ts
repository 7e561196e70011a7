import { withDeadline } from './connection';
import type { QueryResult, Row, StatementOptions } from './database';
import { DatabaseOverloadedError, StatementTimeoutError } from './errors';
import { type Failure, failureOf } from './failure';
import type { Lease } from './pool';
import type { Server } from './server';

/** One statement with what it needs, as the router passes it on. */
export interface Statement extends StatementOptions {
  readonly sql: string;
  readonly params: readonly unknown[] | undefined;
  readonly timeoutMillis: number;
}

/** Work on a server failed: why, and whether anything can have happened. */
export class WorkFailedError extends Error {
  public constructor(
    public override readonly cause: unknown,
    public readonly failure: Failure,
    /** Whether there was a connection to send anything on. */
    public readonly sent: boolean,
  ) {
    super('work on a server failed');
  }
}

/**
 * Runs `work` on a connection of `server`, and tells its breaker how that went.
 *
 * @throws WorkFailedError
 */
export async function onConnectionOf<T>(server: Server, work: (lease: Lease) => Promise<T>): Promise<T> {
  const lease = await acquire(server);
  try {
    const value = await work(lease);
    lease.release();
    server.breaker.succeeded();
    return value;
  } catch (error) {
    const failure = failureOf(error, lease.connection.broken);
    lease.release(failure === 'connection');
    server.countError();
    if (failure === 'connection') server.breaker.failed();
    else server.breaker.succeeded();
    throw new WorkFailedError(error, failure, true);
  }
}

async function acquire(server: Server): Promise<Lease> {
  try {
    return await server.pool.acquire();
  } catch (error) {
    server.countError();
    // A full pool says nothing about the server.
    const full = error instanceof DatabaseOverloadedError;
    if (full) server.breaker.withdrawn();
    else server.breaker.failed();
    throw new WorkFailedError(error, full ? 'statement' : 'connection', false);
  }
}

export async function execute<R extends Row>(
  server: Server,
  { connection }: Lease,
  { sql, params, name, timeoutMillis }: Statement,
): Promise<QueryResult<R>> {
  const late = () =>
    new StatementTimeoutError(`${server.name}: a statement took longer than ${timeoutMillis} ms: ${head(sql)}`);
  const config = { text: sql, values: params as unknown[] | undefined, ...(name === undefined ? {} : { name }) };
  const { rows, rowCount } = await withDeadline(connection, timeoutMillis, late, () => connection.query<R>(config));
  return { rows, rowCount: rowCount ?? 0, server: server.name };
}

/** The first words of a statement, for messages; never its parameters, which may be secret. */
export function head(sql: string): string {
  const line = sql.trim().replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
