import { DatabaseError as PostgresError } from 'pg';
import type {
  QueryResult,
  ReadOptions,
  ReadToken,
  Row,
  StatementOptions,
  StatementRunner,
  Transaction,
  TransactionOptions,
  TransactionResult,
  WriteResult,
} from './database';
import type { Router } from './router';
import type { StatementAnalyzer } from './statement-analyzer';
import { runTransaction, type TransactionDefaults } from './transaction';

/** Runs statements through the router: by the caller's intent, or by what the statement turns out to be. */
export class Runner implements StatementRunner {
  public constructor(
    private readonly router: Router,
    private readonly defaults: TransactionDefaults,
    private readonly analyzer: StatementAnalyzer,
  ) {}

  public read<R extends Row = Row>(
    sql: string,
    params?: readonly unknown[],
    options: ReadOptions = {},
  ): Promise<QueryResult<R>> {
    return this.router.read<R>(sql, params, options);
  }

  public write<R extends Row = Row>(
    sql: string,
    params?: readonly unknown[],
    options: StatementOptions = {},
  ): Promise<WriteResult<R>> {
    return this.router.write<R>(sql, params, options);
  }

  public async query<R extends Row = Row>(
    sql: string,
    params?: readonly unknown[],
    options: ReadOptions = {},
  ): Promise<QueryResult<R> & { readonly token?: ReadToken }> {
    if (this.analyzer.analyze(sql).kind === 'write') return this.write<R>(sql, params, options);
    try {
      return await this.read<R>(sql, params, options);
    } catch (error) {
      if (!refusedByReplica(error)) throw error;
      // A view or an operator that writes inside looks like a read. The replica refused it, so nothing happened.
      this.analyzer.learnWrite(sql);
      return this.write<R>(sql, params, options);
    }
  }

  public transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<TransactionResult<T>> {
    return runTransaction(this.router, work, options, this.defaults);
  }
}

/** SQLSTATE 25006, read_only_sql_transaction. */
function refusedByReplica(error: unknown): boolean {
  return error instanceof PostgresError && error.code === '25006';
}
