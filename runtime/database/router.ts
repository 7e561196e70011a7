import { ConcurrencyLimit } from './concurrency-limit';
import type { QueryResult, ReadOptions, ReadToken, Row, StatementOptions, WriteResult } from './database';
import {
  DatabaseError,
  DatabaseUnavailableError,
  StatementTimeoutError,
  TransactionTimeoutError,
  WriteInReadError,
  WriteOutcomeUnknownError,
} from './errors';
import { execute, executeAlone, onConnectionOf, type Statement, WorkFailedError } from './execute';
import type { ResolvedOptions } from './options';
import type { Lease } from './pool';
import { type Fence, formatToken, parseToken } from './read-token';
import { eligible, type Selection, selections } from './replica-selection';
import type { Server } from './server';
import type { StatementAnalyzer } from './statement-analyzer';
import { head } from './statement-head';
import type { Topology } from './topology';

/** What only the library itself says about a read. */
interface RoutedReadOptions extends ReadOptions {
  /**
   * How long the read waits for a server that will do, in milliseconds.
   *
   * @default - `failoverTimeoutMillis`
   */
  readonly waitMillis?: number;
}

/** One try on the server that was chosen. @throws WorkFailedError */
type Attempt<T> = (server: Server) => Promise<T>;

/** What runs on one connection of the server that was chosen. */
type Work<T> = (server: Server, lease: Lease) => Promise<T>;

/** Sends each statement to a server, and to another one when that fails and it may. */
export class Router {
  public readsFallenBack = 0;
  public readsRetried = 0;
  private readonly select: Selection;
  private readonly fallback: ConcurrencyLimit;

  public constructor(
    private readonly topology: Topology,
    private readonly options: ResolvedOptions,
    private readonly analyzer: StatementAnalyzer,
  ) {
    this.select = selections[options.selection]();
    this.fallback = new ConcurrencyLimit(options.maxFallbackReads, 'reads from the primary (`maxFallbackReads`)');
  }

  public read<R extends Row>(
    sql: string,
    params: readonly unknown[] | undefined,
    options: RoutedReadOptions,
  ): Promise<QueryResult<R>> {
    const analysis = this.analyzer.analyze(sql);
    if (analysis.kind === 'write' && analysis.certain) {
      const message = `read() was given a statement that writes (${analysis.reason}): ${head(sql)}`;
      return Promise.reject(new WriteInReadError(message));
    }
    const statement = this.statement(sql, params, options);
    const attempt = (server: Server) => executeAlone<R>(server, statement);
    const server = this.firstChoice(options);
    if (server === undefined) return this.reading(options, attempt);
    // The usual way has one step less than `reading`, which takes over when something is wrong.
    return attempt(server).then(
      (result) => {
        server.countRead();
        return result;
      },
      (error: unknown) => {
        this.readFailed(server, error);
        return this.reading(options, attempt);
      },
    );
  }

  /** Where a read goes when all is well; nothing when the choice takes more than that. */
  private firstChoice(options: RoutedReadOptions): Server | undefined {
    const { all, primary } = this.topology;
    if (options.from === 'primary' || all.length === 1) {
      return primary.role === 'primary' && primary.breaker.willing ? primary : undefined;
    }
    const servers = eligible(all, options.maxLagMillis ?? this.options.maxLagMillis, parseToken(options.token));
    const first = servers.length > 1 ? this.select(servers)[0] : servers[0];
    return first?.breaker.allows() === true ? first : undefined;
  }

  /** @throws what the statement itself is at fault for; else the read goes on elsewhere */
  private readFailed(server: Server, error: unknown): void {
    if (!mayReadElsewhere(error)) throw unwrapped(error);
    if (error.failure === 'connection') this.topology.suspect(server);
    this.readsRetried += 1;
    this.options.metrics.count('db_reads_retried_total', { replica: server.name });
  }

  /** Runs something that only reads on the first server that will do, a replica if there is one. */
  public async reading<T>(options: RoutedReadOptions, attempt: Attempt<T>): Promise<T> {
    const { waitMillis = this.options.failoverTimeoutMillis } = options;
    const deadline = performance.now() + waitMillis;
    const fence = parseToken(options.token);
    const maxLagMillis = options.maxLagMillis ?? this.options.maxLagMillis;
    for (;;) {
      const servers = options.from === 'primary' ? [] : eligible(this.topology.all, maxLagMillis, fence);
      if (servers.length > 0) {
        const answer = await this.fromReplicas(servers.length > 1 ? this.select(servers) : servers, attempt);
        if (answer !== undefined) return answer.value;
      }
      const answer = await this.fromPrimary(options, attempt);
      if (answer !== undefined) return answer.value;
      await this.waitForServer(deadline, `read within ${waitMillis} ms`);
    }
  }

  private async fromReplicas<T>(
    servers: readonly Server[],
    attempt: Attempt<T>,
  ): Promise<{ readonly value: T } | undefined> {
    for (const server of servers) {
      if (!server.breaker.allows()) continue;
      try {
        const value = await attempt(server);
        server.countRead();
        return { value };
      } catch (error) {
        this.readFailed(server, error);
      }
    }
    return undefined;
  }

  private async fromPrimary<T>(
    options: RoutedReadOptions,
    attempt: Attempt<T>,
  ): Promise<{ readonly value: T } | undefined> {
    const { primary } = this.topology;
    if (primary.role !== 'primary' || !primary.breaker.willing) return undefined;
    const asked = options.from === 'primary' || this.topology.all.length === 1;
    try {
      const value = await (asked ? attempt(primary) : this.inPlaceOfReplicas(primary, attempt));
      primary.countRead();
      return { value };
    } catch (error) {
      if (!mayReadElsewhere(error)) throw unwrapped(error);
      this.topology.suspect(primary);
      return undefined;
    }
  }

  private inPlaceOfReplicas<T>(primary: Server, attempt: Attempt<T>): Promise<T> {
    this.readsFallenBack += 1;
    this.options.metrics.count('db_reads_fallen_back_total', {});
    return this.fallback.run(() => attempt(primary));
  }

  public async write<R extends Row>(
    sql: string,
    params: readonly unknown[] | undefined,
    options: StatementOptions,
  ): Promise<WriteResult<R>> {
    const statement = this.statement(sql, params, options);
    return this.writing(async (server, lease) => {
      const result = await execute<R>(server, lease, statement);
      server.countWrite();
      return { ...result, token: await this.stamp(lease) };
    });
  }

  /**
   * Runs something that writes on the primary. Waits for a new one, and does it again there, as long as nothing can
   * have happened yet.
   */
  public async writing<T>(work: Work<T>): Promise<T> {
    const deadline = performance.now() + this.options.failoverTimeoutMillis;
    for (;;) {
      const { primary } = this.topology;
      if (primary.role === 'primary' && primary.breaker.willing) {
        try {
          return await onConnectionOf(primary, (lease) => work(primary, lease));
        } catch (error) {
          if (!mayWriteAgain(error)) throw writeError(error, primary);
          this.topology.suspect(primary);
        }
      }
      await this.waitForServer(
        deadline,
        `write within \`failoverTimeoutMillis\` (${this.options.failoverTimeoutMillis})`,
      );
    }
  }

  /** Where the log is now. The write is acknowledged already: whatever goes wrong here must not undo that. */
  public async stamp(lease: Lease): Promise<ReadToken> {
    return formatToken(await this.position(lease).catch((): Fence => ({ kind: 'unknown' })));
  }

  private async position({ connection }: Lease): Promise<Fence> {
    const { replication } = this.topology;
    const { rows } = await connection.query<Record<string, unknown>>(replication.stamp);
    return replication.fence(rows[0] ?? {});
  }

  private async waitForServer(deadline: number, what: string): Promise<void> {
    const left = deadline - performance.now();
    if (left <= 0) {
      const names = this.topology.all.map(({ name }) => name).join(', ');
      throw new DatabaseUnavailableError(`no server took the ${what}; there are ${names}`);
    }
    await this.topology.changed(Math.min(left, 1_000));
  }

  private statement(sql: string, params: readonly unknown[] | undefined, options: StatementOptions): Statement {
    return {
      sql,
      params,
      name: options.name,
      timeoutMillis: options.timeoutMillis ?? this.options.statementTimeoutMillis,
    };
  }
}

/** Reading twice does no harm, so all but the statement's own fault and its time-out is worth another server. */
function mayReadElsewhere(error: unknown): error is WorkFailedError {
  if (!(error instanceof WorkFailedError) || error.failure === 'statement' || error.failure === 'read-only')
    return false;
  return !(error.cause instanceof StatementTimeoutError || error.cause instanceof TransactionTimeoutError);
}

/** Nothing can have happened: there was no connection, or the server refused to write at all. */
function mayWriteAgain(error: unknown): boolean {
  if (!(error instanceof WorkFailedError)) return false;
  return error.sent ? error.failure === 'read-only' : error.failure === 'connection';
}

function writeError(error: unknown, primary: Server): unknown {
  if (!(error instanceof WorkFailedError)) return error;
  const { cause, failure } = error;
  if (cause instanceof DatabaseError || failure !== 'connection') return cause;
  return new WriteOutcomeUnknownError(`${primary.name}: the connection broke while a write ran`, { cause });
}

function unwrapped(error: unknown): unknown {
  return error instanceof WorkFailedError ? error.cause : error;
}
