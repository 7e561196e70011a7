import type { Access } from './access-recorder';

/** What a TTL would have done with the recorded accesses of a class. */
export interface TtlOutcome {
  readonly ttlSeconds: number;
  /** Share of reads that the cache would have answered, 0 to 1. */
  readonly hitRate: number;
  /**
   * Share of reads that would have got a value from before the last change, 0 to 1, if changes invalidated nothing. It
   * is what the TTL alone must bound.
   */
  readonly staleRate: number;
}

export type Verdict = 'cache' | 'cache with invalidation' | 'not worth caching' | 'too few reads';

export interface TtlAdvice {
  readonly keyClass: string;
  readonly reads: number;
  readonly writes: number;
  readonly keys: number;
  readonly outcomes: readonly TtlOutcome[];
  readonly verdict: Verdict;
  /** The shortest TTL that is nearly as good as the longest; absent unless the class is worth caching. */
  readonly ttlSeconds?: number;
}

export interface AdviceOptions {
  /** @default - 1 s to 1 h in nine steps */
  readonly ttlsSeconds?: readonly number[];
  /**
   * Hit rate below which a class is not worth a cache.
   * @default 0.2
   */
  readonly worthwhileHitRate?: number;
  /**
   * Stale rate above which a class needs invalidation.
   * @default 0.01
   */
  readonly tolerableStaleRate?: number;
  /**
   * Reads below which nothing is said.
   * @default 100
   */
  readonly fewestReads?: number;
}

const TTLS_SECONDS = [1, 5, 15, 30, 60, 300, 900, 1_800, 3_600];
/** A TTL is good enough when it gives this share of the best hit rate: the rest costs staleness and memory. */
const NEARLY = 0.95;

/**
 * Says which key classes deserve which TTL, by playing recorded accesses against a cache that is large enough: a read
 * within the TTL of the load before it is a hit, and a stale one if the key was written since that load.
 */
export function adviseTtls(accesses: readonly Access[], options: AdviceOptions = {}): TtlAdvice[] {
  const byClass = new Map<string, Access[]>();
  for (const access of accesses) {
    const group = byClass.get(access.keyClass);
    if (group === undefined) byClass.set(access.keyClass, [access]);
    else group.push(access);
  }
  return [...byClass]
    .map(([keyClass, group]) => advise(keyClass, group, options))
    .sort((one, other) => other.reads - one.reads);
}

function advise(keyClass: string, accesses: readonly Access[], options: AdviceOptions): TtlAdvice {
  const reads = accesses.filter(({ kind }) => kind === 'read').length;
  const keys = new Set(accesses.map(({ key }) => key)).size;
  const ttls = [...(options.ttlsSeconds ?? TTLS_SECONDS)].sort((one, other) => one - other);
  const outcomes = ttls.map((ttlSeconds) => play(accesses, reads, ttlSeconds));
  const summary = { keyClass, reads, writes: accesses.length - reads, keys, outcomes };
  const best = outcomes.at(-1)?.hitRate ?? 0;
  const chosen = outcomes.find(({ hitRate }) => hitRate >= NEARLY * best);
  if (reads < (options.fewestReads ?? 100)) return { ...summary, verdict: 'too few reads' };
  if (chosen === undefined || best < (options.worthwhileHitRate ?? 0.2)) {
    return { ...summary, verdict: 'not worth caching' };
  }
  const stale = chosen.staleRate > (options.tolerableStaleRate ?? 0.01);
  const verdict = stale ? 'cache with invalidation' : 'cache';
  return { ...summary, verdict, ttlSeconds: chosen.ttlSeconds };
}

interface Cached {
  readonly loadedAt: number;
  changed: boolean;
}

function play(accesses: readonly Access[], reads: number, ttlSeconds: number): TtlOutcome {
  const cached = new Map<number, Cached>();
  let [hits, stale] = [0, 0];
  for (const { at, key, kind } of accesses) {
    const entry = cached.get(key);
    const alive = entry !== undefined && at - entry.loadedAt < ttlSeconds * 1_000;
    if (kind === 'write') {
      if (entry !== undefined) entry.changed = true;
    } else if (alive) {
      hits++;
      if (entry.changed) stale++;
    } else cached.set(key, { loadedAt: at, changed: false });
  }
  return { ttlSeconds, hitRate: reads === 0 ? 0 : hits / reads, staleRate: reads === 0 ? 0 : stale / reads };
}
