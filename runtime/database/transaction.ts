import { withDeadline } from './connection';
import type { QueryResult, ReadToken, Row, StatementOptions, Transaction, TransactionOptions } from './database';
import { DatabaseUnavailableError, TransactionTimeoutError, WriteOutcomeUnknownError } from './errors';
import { execute, onConnectionOf } from './execute';
import { failureOf } from './failure';
import type { Lease } from './pool';
import type { Router } from './router';
import type { Server } from './server';

export interface TransactionDefaults {
  readonly transactionTimeoutMillis: number;
  readonly statementTimeoutMillis: number;
}

type Work<T> = (transaction: Transaction) => Promise<T>;

interface Outcome<T> {
  readonly value: T;
  readonly server: string;
  readonly token?: ReadToken;
}

/** Runs a transaction where it belongs, again after a serialization failure when it may. */
export async function runTransaction<T>(
  router: Router,
  work: Work<T>,
  options: TransactionOptions,
  defaults: TransactionDefaults,
): Promise<Outcome<T>> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await (options.readOnly === true
        ? runReadOnly(router, work, options, defaults)
        : runReadWrite(router, work, options, defaults));
    } catch (error) {
      if (attempt >= (options.retries ?? 0) || failureOf(error, false) !== 'conflict') throw error;
    }
  }
}

async function runReadWrite<T>(
  router: Router,
  work: Work<T>,
  options: TransactionOptions,
  defaults: TransactionDefaults,
): Promise<Outcome<T>> {
  return router.writing(async (server, lease) => {
    const value = await inTransaction(server, lease, work, options, defaults);
    server.countWrite();
    return { value, server: server.name, token: await router.stamp(lease) };
  });
}

async function runReadOnly<T>(
  router: Router,
  work: Work<T>,
  options: TransactionOptions,
  defaults: TransactionDefaults,
): Promise<Outcome<T>> {
  return router.reading(options.token === undefined ? {} : { token: options.token }, async (server) => {
    const value = await onConnectionOf(server, (lease) => inTransaction(server, lease, work, options, defaults));
    return { value, server: server.name };
  });
}

async function inTransaction<T>(
  server: Server,
  lease: Lease,
  work: Work<T>,
  options: TransactionOptions,
  defaults: TransactionDefaults,
): Promise<T> {
  const { connection } = lease;
  const millis = options.timeoutMillis ?? defaults.transactionTimeoutMillis;
  const late = () => new TransactionTimeoutError(`${server.name}: a transaction took longer than ${millis} ms`);
  let committing = false;
  return withDeadline(connection, millis, late, async () => {
    try {
      // A replica refuses READ WRITE here, before anything ran, and the router looks for the primary.
      await connection.query(beginStatement(options));
      const value = await work(statementsOn(server, lease, defaults));
      committing = true;
      const { command } = await connection.query('COMMIT');
      // PostgreSQL answers COMMIT with ROLLBACK when a statement failed and the caller swallowed the error.
      if (command === 'ROLLBACK') {
        throw new Error(`${server.name}: a statement failed, so the transaction was rolled back instead of committed`);
      }
      return value;
    } catch (error) {
      if (connection.broken) throw brokenTransaction(error, server, committing);
      await connection.query('ROLLBACK').catch(() => {});
      throw error;
    }
  });
}

function brokenTransaction(error: unknown, server: Server, committing: boolean): Error {
  return committing
    ? new WriteOutcomeUnknownError(`${server.name}: the connection broke during COMMIT`, { cause: error })
    : new DatabaseUnavailableError(`${server.name}: the connection broke; nothing was committed`, { cause: error });
}

/** `BEGIN` with its modes instead of `SET TRANSACTION`: a SET pins an RDS Proxy session. */
function beginStatement({ readOnly = false, isolation }: TransactionOptions): string {
  const level = isolation === undefined ? '' : ` ISOLATION LEVEL ${isolation.toUpperCase()}`;
  return `BEGIN${level} READ ${readOnly ? 'ONLY' : 'WRITE'}`;
}

function statementsOn(server: Server, lease: Lease, defaults: TransactionDefaults): Transaction {
  return {
    query<R extends Row = Row>(
      sql: string,
      params?: readonly unknown[],
      options: StatementOptions = {},
    ): Promise<QueryResult<R>> {
      const { timeoutMillis = defaults.statementTimeoutMillis, name } = options;
      return execute<R>(server, lease, { sql, params, name, timeoutMillis });
    },
  };
}
