import { createHash } from 'node:crypto';
import type { Cache, LoadContext } from './types';

/** Runs a read at its source; a database's `read` is one with its `rows` taken out. */
export type RunQuery = <R>(sql: string, params: readonly unknown[], context: LoadContext) => Promise<readonly R[]>;

export interface QueryCacheOptions {
  readonly cache: Cache;
  /** Key class of the results: its policy says how long they are kept. */
  readonly keyClass: string;
  readonly run: RunQuery;
}

export interface CachedQuery {
  readonly sql: string;
  /** @default - none */
  readonly params?: readonly unknown[];
  /** Tables that the result comes from: a change to one of them, told with {@link QueryCache.changed}, outdates it. */
  readonly tables: readonly string[];
  /** @default - this call is not made by a loader */
  readonly within?: LoadContext;
}

/** The innermost tier: results of whole statements, by statement and parameters, until one of their tables changes. */
export class QueryCache {
  public constructor(private readonly options: QueryCacheOptions) {}

  /** The rows of `query`, from the cache if it has them. */
  public async read<R>(query: CachedQuery): Promise<readonly R[]> {
    const { sql, params = [], tables, within } = query;
    const load = (context: LoadContext): Promise<readonly R[]> => this.options.run<R>(sql, params, context);
    const options = { tags: tables.map(tableTag), ...(within && { within }) };
    const rows = await this.options.cache.getOrLoad(this.options.keyClass, queryId(sql, params), load, options);
    return rows ?? [];
  }

  /** Outdates every result that comes from one of `tables`; to be called after the change was committed. */
  public async changed(...tables: readonly string[]): Promise<void> {
    await this.options.cache.invalidate({ tags: tables.map(tableTag) });
  }
}

/** The tag of results that come from `table`, for whoever invalidates without a {@link QueryCache}. */
export function tableTag(table: string): string {
  return `table:${table}`;
}

/** The same for statements that differ in white space only. Types are part of it: 1 and '1' are different parameters. */
function queryId(sql: string, params: readonly unknown[]): string {
  const text = JSON.stringify([normalised(sql), params.map(parameter)]);
  return createHash('sha256').update(text).digest('base64url');
}

/** White space outside of quotes; inside it means something. */
function normalised(sql: string): string {
  return sql
    .split(/('(?:[^']|'')*'|"(?:[^"]|"")*")/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/\s+/g, ' ')))
    .join('')
    .trim();
}

function parameter(value: unknown): unknown {
  if (typeof value === 'bigint') return ['bigint', `${value}`];
  if (Buffer.isBuffer(value)) return ['bytes', value.toString('base64')];
  if (value instanceof Date) return ['date', value.toISOString()];
  return value === undefined ? ['undefined'] : value;
}
