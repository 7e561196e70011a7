/** A class of keys that is kept in the cache, such as `item` or `search`. */
export interface CacheablePolicy {
  readonly cacheable: true;
  /** How long an entry is fresh, in milliseconds. Spread by `jitterPercent`. */
  readonly ttlMs: number;
  /**
   * How long after `ttlMs` an entry is still answered while one process loads it anew, in milliseconds.
   * @default 0 - the request that finds it expired waits for the load
   */
  readonly staleWhileRevalidateMs?: number;
  /**
   * How long after `ttlMs` an entry is still answered when its load fails or is refused, in milliseconds.
   * @default 0 - the failure reaches the caller
   */
  readonly staleIfErrorMs?: number;
  /**
   * How long "there is no such thing" (a load that gave `undefined`) is remembered, in milliseconds.
   * @default 0 - every request for a missing thing loads
   */
  readonly negativeTtlMs?: number;
  /**
   * By how much `ttlMs` is varied per entry, so that entries filled together do not expire together.
   * @default 5
   */
  readonly jitterPercent?: number;
  /**
   * How long this process answers from its own memory, in milliseconds; 0 for never.
   * @default - the smaller of `ttlMs` and 30 s; 0 for `sensitive` classes, which stay out of the heap
   */
  readonly memoryTtlMs?: number;
  /**
   * What a value is: `json` any JSON value, `bytes` a Buffer that is stored as it is, `response` headers and a body
   * (already compressed, if the headers say so) that is sent unchanged.
   * @default 'json'
   */
  readonly format?: 'json' | 'bytes' | 'response';
  /**
   * Values are personal or secret: they are encrypted (AES-256-GCM) and their ids are not readable in the cache.
   * Needs `encryption` in the options of the cache.
   * @default false
   */
  readonly sensitive?: boolean;
  /**
   * Tags of an entry that follow from its id. Invalidating one of them invalidates the entry everywhere.
   * @default - no tags but those of the call
   */
  readonly tags?: (id: string) => readonly string[];
}

/** A class of keys that must never be in any tier: its loads are bounded and counted like the others, and that is all. */
export interface UncacheablePolicy {
  readonly cacheable: false;
  /** Why, for the reader of the table: "card data", "changes with every read". */
  readonly reason: string;
}

export type CachePolicy = CacheablePolicy | UncacheablePolicy;

/** The one table that says what is cached, and how: key class to policy. */
export type CachePolicies = Readonly<Record<string, CachePolicy>>;
