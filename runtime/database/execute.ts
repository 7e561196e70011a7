import type pg from 'pg';
import { childSpan, endSpan } from '../telemetry/spans';
import { Deadline } from './connection';
import type { QueryResult, Row, StatementOptions } from './database';
import { DatabaseOverloadedError, StatementTimeoutError } from './errors';
import { type Failure, failureOf } from './failure';
import type { Lease } from './pool';
import type { Server } from './server';
import { head } from './statement-head';
import { statementSpan } from './statement-span';

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
  const waiting = childSpan('wait for a connection', { attributes: { 'headroom.server': server.name } });
  try {
    lease = await server.pool.acquire();
    waiting?.end();
  } catch (error) {
    if (waiting !== undefined) endSpan(waiting, error);
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

/** Runs one statement on a connection that is on loan. */
export function execute<R extends Row>(server: Server, lease: Lease, statement: Statement): Promise<QueryResult<R>> {
  const span = statementSpan(server, statement.sql);
  return new Promise((resolve, reject) => {
    run<R>(server, lease, statement, (error, result) => {
      if (span !== undefined) endSpan(span, error);
      if (result === undefined) reject(error);
      else resolve(result);
    });
  });
}

/**
 * `onConnectionOf` and `execute` in one, for statements outside of transactions. Callbacks inside, because at 32
 * connections each promise between the driver and the caller costs throughput that the plain driver does not pay.
 *
 * @throws WorkFailedError
 */
export function executeAlone<R extends Row>(server: Server, statement: Statement): Promise<QueryResult<R>> {
  // Begins before there is a connection: waiting for the pool is part of what the request waits for.
  const span = statementSpan(server, statement.sql);
  return new Promise((resolve, reject) => {
    server.pool.lend((refused, lease) => {
      if (lease === undefined) {
        if (span !== undefined) endSpan(span, refused);
        reject(notAcquired(server, refused));
        return;
      }
      span?.addEvent('connection');
      run<R>(server, lease, statement, (error, result) => {
        if (span !== undefined) endSpan(span, error);
        if (result === undefined) {
          reject(workFailed(server, lease, error));
          return;
        }
        lease.release();
        server.breaker.succeeded();
        resolve(result);
      });
    });
  });
}

type Done<R extends Row> = (error: unknown, result?: QueryResult<R>) => void;

function run<R extends Row>(server: Server, lease: Lease, statement: Statement, done: Done<R>): void {
  const { sql, params, name, timeoutMillis } = statement;
  const deadline = new Deadline(lease.connection, timeoutMillis, () => tooLong(server, timeoutMillis, sql));
  const answered = (error: Error | null, answer: pg.QueryResult<R> | readonly pg.QueryResult<R>[]) => {
    deadline.end();
    // Several statements in one have several results; the last one counts.
    const result = Array.isArray(answer) ? answer.at(-1) : answer;
    if (error) done(deadline.reason(error));
    else done(undefined, { rows: result.rows, rowCount: result.rowCount ?? 0, server: server.name });
  };
  const values = (params ?? []) as unknown[];
  if (name === undefined) lease.connection.query<R>(sql, values, answered);
  else void lease.connection.query<R>({ name, text: sql, values }, answered);
}

function tooLong(server: Server, millis: number, sql: string): Error {
  return new StatementTimeoutError(`${server.name}: a statement took longer than ${millis} ms: ${head(sql)}`);
}
