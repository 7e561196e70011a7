import { type AdmissionLimits, OverloadedError } from '../admission/admission';
import type { Metrics } from '../telemetry/metrics';
import type { AccessRecorder } from './access-recorder';
import type { CacheTier } from './cache-tier';
import type { CacheConnection } from './connection';
import type { EncryptionKeys } from './encryption';
import type { CachePolicies } from './policy';

export type { CacheTier };

/** A whole HTTP answer, for policies with `format: 'response'`. */
export interface CachedResponse {
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as it is: compressed when `headers` says so. */
  readonly body: Buffer;
}

/** What a loader learns about the load that it does. */
export interface LoadContext {
  /**
   * The key or one of its tags was invalidated so recently that a lagging replica may still have the old row: read
   * from the primary, or with the session's token.
   */
  readonly preferPrimary: boolean;
  /** Adds tags that only the loaded value tells, such as one per item of a page. */
  tag(...tags: readonly string[]): void;
}

/** Gives the value from its source; `undefined` says that there is no such thing. */
export type Loader<T> = (context: LoadContext) => Promise<T | undefined>;

export interface LookupOptions {
  /**
   * Tags of the entry beside those of its policy.
   * @default - those of the policy
   */
  readonly tags?: readonly string[];
  /**
   * The context of the load in which this call is made. A load inside a load uses the outer one's place among the
   * concurrent loads; without it, loads that wait for each other can use up all places.
   * @default - this call is not made by a loader
   */
  readonly within?: LoadContext;
  /**
   * Told where the answer came from, before the promise settles.
   * @default - nobody is told
   */
  readonly onTier?: (tier: CacheTier) => void;
  /**
   * Told that something was invalidated while the answer was fetched, before the promise settles: the answer may be what
   * was true before, and whoever keeps it outside would not be told to forget it.
   * @default - nobody is told
   */
  readonly onOvertaken?: () => void;
}

/** One key: its class in the table of policies and its id within the class. */
export interface CacheKey<C extends string = string> {
  readonly class: C;
  readonly id: string;
}

/** What is no longer true. */
export interface Invalidation<C extends string = string> {
  readonly keys?: readonly CacheKey<C>[];
  readonly tags?: readonly string[];
}

/** Counts since the cache was created. */
export interface TierStatistics {
  readonly hits: number;
  readonly misses: number;
  /** `hits / (hits + misses)`; 0 before the first lookup. */
  readonly hitRate: number;
}

export interface CacheStatistics {
  readonly memory: TierStatistics & { readonly entries: number; readonly bytes: number };
  readonly server: TierStatistics;
  /** `serverAvailable` is what decides between cache and bounded loads. */
  readonly serverAvailable: boolean;
  /** Both tiers together, by key class: a miss is a request that caused a load. */
  readonly byClass: Readonly<Record<string, TierStatistics>>;
  readonly loads: {
    readonly total: number;
    readonly failed: number;
    /** Refused because too many were waiting. */
    readonly refused: number;
    readonly running: number;
    readonly waiting: number;
    /** Most that ever ran at once. */
    readonly peak: number;
  };
  /** Answers given although they had expired: while one process loads, or because the load failed. */
  readonly stale: number;
  /** Invalidations that wait for the server to come back. */
  readonly pendingInvalidations: number;
}

/**
 * Two tiers of cache in front of loaders: this process's memory, then a Valkey or Redis server that all processes
 * share. A server that is down never fails a call: the loader answers, within the bound on concurrent loads.
 */
export interface Cache<C extends string = string> {
  /** The entry's value; `undefined` on a miss, and for a thing known not to exist. */
  get<T>(keyClass: C, id: string, options?: LookupOptions): Promise<T | undefined>;
  /**
   * The entry's value, from the nearest tier that has it, else from `load`. Over all processes at most one load runs
   * per key while the server is up, one per process while it is down.
   * @throws CacheOverloadedError when the load would wait behind more than `loads.maxWaiting` others
   */
  getOrLoad<T>(keyClass: C, id: string, load: Loader<T>, options?: LookupOptions): Promise<T | undefined>;
  /** Many of one class: one round trip for those not in memory, one `load` for those in no tier. */
  getMany<T>(
    keyClass: C,
    ids: readonly string[],
    load: (missing: readonly string[], context: LoadContext) => Promise<ReadonlyMap<string, T>>,
    options?: Pick<LookupOptions, 'within'>,
  ): Promise<Map<string, T>>;
  /** Stores a value in both tiers and drops older ones from every process. */
  set<T>(keyClass: C, id: string, value: T, options?: Pick<LookupOptions, 'tags'>): Promise<void>;
  /**
   * Write-through: runs `write`, then stores the value. Of concurrent writes to one key none is stored, because the
   * cache cannot know which one the database applied last; a failed `write` leaves the cache as it was, or empty.
   */
  writeThrough<T>(
    keyClass: C,
    id: string,
    value: T,
    write: () => Promise<void>,
    options?: Pick<LookupOptions, 'tags'>,
  ): Promise<void>;
  /**
   * Makes keys and tags miss: in this process when the call returns, in the server and in every other process right
   * after. While the server is down the invalidation waits (`queued`) and is sent before the server is read again.
   */
  invalidate(invalidation: Invalidation<C>): Promise<'sent' | 'queued'>;
  statistics(): CacheStatistics;
  /** Settles when this process hears invalidations, so that its memory is used; at once when the server is down. */
  ready(): Promise<void>;
  /** Stops refreshing and listening, and sends what waits. The connection stays open: it is the caller's. */
  close(): Promise<void>;
}

export interface CacheOptions<P extends CachePolicies> {
  /** Key class to policy. */
  readonly policies: P;
  /** The shared tier, or `none` for a process that has only its memory. */
  readonly connection: CacheConnection | 'none';
  /**
   * First part of every key, so that applications can share a server.
   * @default 'headroom'
   */
  readonly namespace?: string;
  /** @default - 10,000 entries and 64 MiB */
  readonly memory?: { readonly maxEntries: number; readonly maxBytes: number };
  /**
   * Bound on what reaches the source, per process: loads that run at once, that wait, and for how long they wait.
   * @default - 16 run, 1,000 wait for at most 5 s
   */
  readonly loads?: AdmissionLimits;
  /**
   * How long a process that no longer hears of invalidations answers from its memory, in milliseconds.
   * @default 2000
   */
  readonly maxUnheardMs?: number;
  /**
   * How long after an invalidation a loader is told to prefer the primary, in milliseconds: the largest replication
   * lag with which a replica is still read.
   * @default 10000
   */
  readonly replicationLagBudgetMs?: number;
  /** Needed when a policy is `sensitive`. */
  readonly encryption?: EncryptionKeys;
  /** @default - metrics go nowhere */
  readonly metrics?: Metrics;
  /**
   * How often counts go to `metrics`, in milliseconds.
   * @default 10000
   */
  readonly reportEveryMs?: number;
  /**
   * Notes which keys are read and written and what answered, for `adviseTtls` and `npm run cache-report`.
   * @default - nothing is noted
   */
  readonly recorder?: AccessRecorder;
  /**
   * Whether this process tells the others, on the server, which keys are read, so that the cache can be warmed with what
   * is in demand.
   * @default false
   */
  readonly shareDemand?: boolean;
}

/**
 * The bound on loads is reached: answer 503 with `Retry-After`. Where a loader asks the cache itself, give that call
 * `within: context`, or the two wait for each other.
 */
export class CacheOverloadedError extends OverloadedError {
  public override readonly name = 'CacheOverloadedError';
}
