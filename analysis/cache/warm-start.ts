import { StackDistances } from '../rehearsal/queueing/stack-distance';

/** How a part of the keys fares after a cold start. */
export interface KeyGroup {
  /** The most-read so many percent of the keys, by the whole trace. */
  readonly mostReadPercent: number;
  /** Share of the accesses after the start that are to these keys. */
  readonly share: number;
  /** Hit ratios of these accesses. `bound` is that of a cache that holds everything ever seen: only first reads miss. */
  readonly bound: number;
  readonly cold: number;
  readonly warmed: number;
}

/** What warming does for a key trace in a cache of a given size. */
export interface WarmStartReport {
  readonly accesses: number;
  readonly uniqueKeys: number;
  /** Entries that the cache holds. */
  readonly size: number;
  /** Hit ratio of the whole trace by exact stack distances, for shares of the unique keys. */
  readonly bySize: readonly { readonly percent: number; readonly hitRatio: number }[];
  readonly groups: readonly KeyGroup[];
}

const SIZES_PERCENT = [1, 5, 10, 20, 50, 100];
const GROUPS_PERCENT = [100, 10, 1];

/**
 * Plays the second half of a key trace against a least-recently-used cache that starts empty, and against one that starts
 * with what the first half read most, as after a flush or on a new node.
 *
 * @param sizePercent size of the cache, in percent of the unique keys
 */
export function warmStartReport(keys: Uint32Array, sizePercent: number): WarmStartReport {
  const distances = new StackDistances(keys);
  const entries = (percent: number): number => Math.max(1, Math.round((distances.uniqueKeys * percent) / 100));
  const size = entries(sizePercent);
  const half = keys.length >> 1;
  const [before, after] = [keys.subarray(0, half), keys.subarray(half)];
  const seeds = byReads(before).slice(0, size).reverse();
  const played = {
    bound: play(after, Number.POSITIVE_INFINITY, byReads(before)),
    cold: play(after, size, []),
    warmed: play(after, size, seeds),
  };
  const ranked = byReads(keys);
  const groups = GROUPS_PERCENT.map((mostReadPercent): KeyGroup => {
    const members = new Set(ranked.slice(0, Math.max(1, Math.round((ranked.length * mostReadPercent) / 100))));
    const positions = [...after.keys()].filter((position) => members.has(after[position] ?? -1));
    const ratio = (hits: Uint8Array): number =>
      positions.reduce((sum, position) => sum + (hits[position] ?? 0), 0) / Math.max(1, positions.length);
    return {
      mostReadPercent,
      share: positions.length / Math.max(1, after.length),
      bound: ratio(played.bound),
      cold: ratio(played.cold),
      warmed: ratio(played.warmed),
    };
  });
  const bySize = SIZES_PERCENT.map((percent) => ({ percent, hitRatio: distances.hitRatio(entries(percent)) }));
  return { accesses: keys.length, uniqueKeys: distances.uniqueKeys, size, bySize, groups };
}

/** Distinct keys, most-read first. */
function byReads(keys: Uint32Array): number[] {
  const reads = new Map<number, number>();
  for (const key of keys) reads.set(key, (reads.get(key) ?? 0) + 1);
  return [...reads].sort(([, one], [, other]) => other - one).map(([key]) => key);
}

/** Which accesses hit; `seeds` are in the cache at the start, the last one as the most recently used. */
function play(keys: Uint32Array, size: number, seeds: readonly number[]): Uint8Array {
  const cache = new Set(seeds);
  const hits = new Uint8Array(keys.length);
  for (const [position, key] of keys.entries()) {
    if (cache.delete(key)) hits[position] = 1;
    else if (cache.size >= size) {
      for (const oldest of cache) {
        cache.delete(oldest);
        break;
      }
    }
    cache.add(key);
  }
  return hits;
}
