import { Deadline } from './connection';
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
  let lease: Lease;
  try {
    lease = await server.pool.acquire();
  } catch (error) {
    throw notAcquired(server, error);
  }
  try {
    const value = await work(lease);
    lease.release();
    server.breaker.succeeded();
    return value;
  } catch (error) {
    throw workFailed(server, lease, error);
  }
}

function workFailed(server: Server, lease: Lease, error: unknown): WorkFailedError {
  const failure = failureOf(error, lease.connection.broken);
  lease.release(failure === 'connection');
  server.countError();
  if (failure === 'connection') server.breaker.failed();
  else server.breaker.succeeded();
  return new WorkFailedError(error, failure, true);
}

function notAcquired(server: Server, error: unknown): WorkFailedError {
  server.countError();
  // A full pool says nothing about the server.
  const full = error instanceof DatabaseOverloadedError;
  if (full) server.breaker.withdrawn();
  else server.breaker.failed();
  return new WorkFailedError(error, full ? 'statement' : 'connection', false);
}

export async function execute<R extends Row>(
  server: Server,
  { connection }: Lease,
  { sql, params, name, timeoutMillis }: Statement,
): Promise<QueryResult<R>> {
  const deadline = new Deadline(connection, timeoutMillis, () => tooLong(server, timeoutMillis, sql));
  const values = params as unknown[] | undefined;
  try {
    const { rows, rowCount } = await (name === undefined
      ? connection.query<R>(sql, values)
      : connection.query<R>({ name, text: sql, values }));
    return { rows, rowCount: rowCount ?? 0, server: server.name };
  } catch (error) {
    throw deadline.reason(error);
  } finally {
    deadline.end();
  }
}

function tooLong(server: Server, millis: number, sql: string): Error {
  return new StatementTimeoutError(`${server.name}: a statement took longer than ${millis} ms: ${head(sql)}`);
}

/** The first words of a statement, for messages; never its parameters, which may be secret. */
export function head(sql: string): string {
  const line = sql.trim().replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
