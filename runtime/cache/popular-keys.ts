import type { CacheConnection } from './connection';
import { popularityKeys, WINDOW_MS, WINDOWS } from './popularity';
import type { CacheKey } from './types';

/** A key that is in demand, over all processes. */
export interface PopularKey extends CacheKey {
  /** Reads of the last hour; a read counts half as much a quarter of an hour later. */
  readonly reads: number;
  /** What its misses would cost: `reads` × milliseconds of a load of its class. */
  readonly score: number;
  /** Reads per time in the last window and the one under way, as a multiple of those before. */
  readonly rise: number;
}

export interface PopularKeysOptions {
  readonly connection: CacheConnection;
  /** @default 'headroom' */
  readonly namespace?: string;
  /** How many keys of each window are looked at. */
  readonly limit: number;
  readonly now: number;
}

const HALF_LIFE_MS = 900_000;
/** A key that was never wanted before has risen by its reads over this many. */
const LEAST_BEFORE = 1;

/** The keys that are most in demand, those whose misses would cost most first. */
export async function popularKeys(options: PopularKeysOptions): Promise<PopularKey[]> {
  const { namespace = 'headroom', limit, now } = options;
  const client = options.connection.client();
  const keys = popularityKeys(namespace);
  const current = Math.floor(now / WINDOW_MS);
  const [costs, ...windows] = await Promise.all([
    client.hGetAll(keys.costs),
    ...Array.from({ length: WINDOWS }, (_, age) =>
      client.zRangeWithScores(keys.window(current - age), 0, limit - 1, { REV: true }),
    ),
  ]);
  const readsByAge = new Map<string, number[]>();
  for (const [age, members] of windows.entries()) {
    for (const { value, score } of members) {
      const reads = readsByAge.get(String(value)) ?? [];
      reads[age] = score;
      readsByAge.set(String(value), reads);
    }
  }
  const elapsed = (now % WINDOW_MS) / WINDOW_MS;
  return [...readsByAge]
    .map(([name, reads]) => popularKey(name, reads, elapsed, Number(String(costs[classOf(name)] ?? 1))))
    .sort((one, other) => other.score - one.score);
}

/** Takes what was counted on warm entries since the last time: name to hits. */
export async function takeWarmHits(connection: CacheConnection, namespace = 'headroom'): Promise<Map<string, number>> {
  const key = popularityKeys(namespace).warmHits;
  const [hits] = await connection.client().multi().hGetAll(key).unlink(key).execTyped();
  return new Map(Object.entries(hits).map(([name, count]) => [name, Number(String(count))]));
}

function popularKey(name: string, readsByAge: readonly number[], elapsed: number, costMs: number): PopularKey {
  const [current = 0, last = 0, ...older] = readsByAge;
  const reads = Array.from(readsByAge, (count = 0, age) => count * 0.5 ** ((age * WINDOW_MS) / HALF_LIFE_MS));
  const sum = reads.reduce((total, count) => total + count, 0);
  const before = older.reduce((total, count = 0) => total + count, 0) / (WINDOWS - 2);
  return {
    class: classOf(name),
    id: name.slice(name.indexOf(':') + 1),
    reads: sum,
    score: sum * costMs,
    rise: (current + last) / (1 + elapsed) / Math.max(LEAST_BEFORE, before),
  };
}

function classOf(name: string): string {
  return name.slice(0, name.indexOf(':'));
}
