/** Cache sizes from `from` on (up to the next range) whose entry of a key was loaded at access `loaded`. */
interface LoadRange {
  readonly from: number;
  readonly loaded: number;
}

/**
 * How often a least-recently-used cache would have answered, for every size at once, exactly.
 *
 * Mattson's stack algorithm: an access finds its key in a cache of size n exactly when fewer than n other keys were used
 * since the last access to it. The distances are counted with a Fenwick tree over access positions, O(log n) each.
 * With a time to live, a found entry also misses when it was loaded too long ago; when it was loaded depends on the
 * size (a small cache evicts and reloads), so each key keeps its load times by ranges of sizes. An expired entry keeps its
 * place in the order until it is used or evicted, as in Valkey and memcached.
 */
export class StackDistances {
  public readonly accesses: number;
  public readonly uniqueKeys: number;
  /** Accesses that hit with exactly this many entries or fewer, but not one fewer; negative where larger sizes lose. */
  private readonly hitsFrom: Float64Array;

  private readonly alive: (loaded: number, position: number) => boolean;

  /**
   * @param keys keys in order of access
   * @param ttl accesses after its load for which an entry lives, or whether what was loaded at one position still lives
   *   at another. @default - entries do not expire
   */
  public constructor(
    keys: ArrayLike<number>,
    ttl: number | ((loaded: number, position: number) => boolean) = Number.POSITIVE_INFINITY,
  ) {
    this.alive = typeof ttl === 'number' ? (loaded, position) => position - loaded <= ttl : ttl;
    this.accesses = keys.length;
    this.hitsFrom = new Float64Array(keys.length + 2);
    const last = new Map<number, { position: number; loads: readonly LoadRange[] }>();
    const tree = new Fenwick(keys.length);
    for (let position = 0; position < keys.length; position++) {
      const key = keys[position] as number;
      const before = last.get(key);
      if (before === undefined) {
        last.set(key, { position, loads: [{ from: 1, loaded: position }] });
      } else {
        const distance = tree.sum(before.position, position) + 1;
        before.loads = this.count(before.loads, distance, position);
        tree.add(before.position, -1);
        before.position = position;
      }
      tree.add(position, 1);
    }
    this.uniqueKeys = last.size;
  }

  /** Share of accesses that a cache of `size` entries answers. */
  public hitRatio(size: number): number {
    let hits = 0;
    const reach = Math.min(Math.floor(size), this.hitsFrom.length - 1);
    for (let entries = 1; entries <= reach; entries++) hits += this.hitsFrom[entries] as number;
    return this.accesses === 0 ? 0 : hits / this.accesses;
  }

  /** Counts one access for every size, and returns the load times after it. */
  private count(loads: readonly LoadRange[], distance: number, position: number): readonly LoadRange[] {
    const after: LoadRange[] = [];
    const add = (from: number, loaded: number): void => {
      if (after.at(-1)?.loaded !== loaded) after.push({ from, loaded });
    };
    if (distance > 1) add(1, position);
    loads.forEach((range, index) => {
      const to = loads[index + 1]?.from ?? Number.POSITIVE_INFINITY;
      const from = Math.max(range.from, distance);
      if (from >= to) return;
      const alive = this.alive(range.loaded, position);
      add(from, alive ? range.loaded : position);
      if (alive) this.hit(from, to);
    });
    return after;
  }

  private hit(from: number, to: number): void {
    this.hitsFrom[from] = (this.hitsFrom[from] as number) + 1;
    if (to < this.hitsFrom.length) this.hitsFrom[to] = (this.hitsFrom[to] as number) - 1;
  }
}

/** Prefix sums over access positions. */
class Fenwick {
  private readonly tree: Int32Array;

  public constructor(private readonly size: number) {
    this.tree = new Int32Array(size + 1);
  }

  public add(position: number, by: number): void {
    for (let at = position + 1; at <= this.size; at += at & -at) this.tree[at] = (this.tree[at] as number) + by;
  }

  /** Sum over positions after `from` and before `to`. */
  public sum(from: number, to: number): number {
    return this.prefix(to) - this.prefix(from + 1);
  }

  private prefix(end: number): number {
    let total = 0;
    for (let at = end; at > 0; at -= at & -at) total += this.tree[at] as number;
    return total;
  }
}

/**
 * The hit ratio of a cache that starts empty, after each of `points` equal stretches of the key trace: what a flush or the
 * loss of a node costs until the cache is warm again.
 */
export function warmUpCurve(keys: ArrayLike<number>, size: number, points: number): number[] {
  const cache = new Map<number, true>();
  const stretch = Math.ceil(keys.length / points);
  const curve: number[] = [];
  for (let from = 0; from < keys.length; from += stretch) {
    let hits = 0;
    const to = Math.min(keys.length, from + stretch);
    for (let position = from; position < to; position++) {
      const key = keys[position] as number;
      if (cache.delete(key)) hits += 1;
      else if (cache.size >= size)
        for (const oldest of cache.keys()) {
          cache.delete(oldest);
          break;
        }
      cache.set(key, true);
    }
    curve.push(hits / (to - from));
  }
  return curve;
}
