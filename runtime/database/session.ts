import type {
  DatabaseSession,
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
import { laterToken, parseToken } from './read-token';

/** Remembers the newest write of one user and demands it from every read. */
export class Session implements DatabaseSession {
  public token: ReadToken | undefined;

  public constructor(
    private readonly runner: StatementRunner,
    token: ReadToken | undefined,
  ) {
    this.token = parseToken(token) === undefined ? undefined : token;
  }

  public read<R extends Row = Row>(
    sql: string,
    params?: readonly unknown[],
    options: ReadOptions = {},
  ): Promise<QueryResult<R>> {
    return this.runner.read<R>(sql, params, this.demanding(options));
  }

  public async write<R extends Row = Row>(
    sql: string,
    params?: readonly unknown[],
    options: StatementOptions = {},
  ): Promise<WriteResult<R>> {
    return this.remembering(await this.runner.write<R>(sql, params, options));
  }

  public async query<R extends Row = Row>(
    sql: string,
    params?: readonly unknown[],
    options: ReadOptions = {},
  ): Promise<QueryResult<R> & { readonly token?: ReadToken }> {
    return this.remembering(await this.runner.query<R>(sql, params, this.demanding(options)));
  }

  public async transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<TransactionResult<T>> {
    return this.remembering(await this.runner.transaction(work, this.demanding(options)));
  }

  private demanding<O extends { readonly token?: ReadToken }>(options: O): O {
    const token = laterToken(this.token, options.token);
    return token === undefined ? options : { ...options, token };
  }

  private remembering<T extends { readonly token?: ReadToken }>(result: T): T {
    this.token = laterToken(this.token, result.token);
    return result;
  }
}
