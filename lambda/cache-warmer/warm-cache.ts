import type { CacheKey } from '../../runtime/cache';
import {
  type CacheSeeder,
  type Fence,
  FenceLostError,
  type InspectedKey,
  type Seed,
} from '../../runtime/cache/seeding';
import type { StatementRunner } from '../../runtime/database';
import type { WarmClass } from '../../service/src/warming/warm-classes';
import { type AdaptiveReport, doAdaptively } from './adaptive';

export interface WarmCacheDeps {
  readonly database: StatementRunner;
  readonly seeder: Pick<CacheSeeder, 'inspect' | 'store'>;
  readonly classes: Readonly<Record<string, WarmClass>>;
  readonly pressure: () => Promise<string | undefined>;
  readonly fence: Fence;
  readonly now: () => number;
}

export interface WarmCacheOptions {
  /** What will not expire for so long is left as it is, in milliseconds: the next run comes before. */
  readonly nextRunMs: number;
  /** When to stop, in ms since the epoch; what is warm by then stays. */
  readonly deadline: number;
  /** Keys of one class in one load. */
  readonly batchSize: number;
  /** Most loads at a time. */
  readonly concurrency: number;
}

export interface WarmCacheReport extends AdaptiveReport {
  /** Found fresh enough, and left alone. */
  readonly fresh: number;
  readonly warmed: number;
  /** Changed while they were loaded; the next request loads them. */
  readonly overtaken: number;
  /** Not in the database. */
  readonly absent: number;
  /** Calls of a loader. */
  readonly loads: number;
  /** Another run has taken over. */
  readonly replaced: boolean;
}

/** One load: keys of one class. */
interface Batch {
  readonly keyClass: string;
  readonly keys: CacheKey[];
}

/** Loads what would miss before the next run, in batches, and puts it into the shared cache. */
export async function warmCache(
  candidates: readonly CacheKey[],
  deps: WarmCacheDeps,
  options: WarmCacheOptions,
): Promise<WarmCacheReport> {
  const count = { fresh: 0, warmed: 0, overtaken: 0, absent: 0, loads: 0 };
  let replaced = false;
  const warm = async ({ keyClass, keys }: Batch): Promise<void> => {
    const inspection = await deps.seeder.inspect(keys);
    const stale = inspection.keys.filter(({ freshForMs }) => freshForMs <= options.nextRunMs);
    count.fresh += keys.length - stale.length;
    const { seeds, loads } = await loadAll(keyClass, stale, deps);
    count.loads += loads;
    count.absent += stale.length - seeds.length;
    const { stored, overtaken } = await deps.seeder.store(inspection, seeds, deps.fence);
    count.warmed += stored;
    count.overtaken += overtaken;
  };
  const work = async (batch: Batch): Promise<void> => {
    try {
      await warm(batch);
    } catch (error) {
      if (!(error instanceof FenceLostError)) throw error;
      replaced = true;
    }
  };
  const ended = (): boolean => replaced || deps.now() >= options.deadline;
  const report = await doAdaptively(batchesOf(candidates, options.batchSize), {
    work,
    most: options.concurrency,
    pressure: deps.pressure,
    ended,
  });
  return { ...report, ...count, replaced };
}

/** What was just changed comes from the primary, the rest from a replica: one load each. */
async function loadAll(
  keyClass: string,
  keys: readonly InspectedKey[],
  { database, classes }: WarmCacheDeps,
): Promise<{ readonly seeds: Seed[]; readonly loads: number }> {
  const sources = (['replica', 'primary'] as const)
    .map((from) => ({ from, keys: keys.filter(({ preferPrimary }) => preferPrimary === (from === 'primary')) }))
    .filter((source) => source.keys.length > 0);
  const loaded = await Promise.all(
    sources.map(async ({ from, keys: some }) => {
      const ids = some.map(({ id }) => id);
      const values = await classes[keyClass]?.load(database, ids, from);
      return some.flatMap((key): Seed[] => {
        const found = values?.get(key.id);
        return found === undefined ? [] : [{ key, from, value: found.value, tags: found.tags }];
      });
    }),
  );
  return { seeds: loaded.flat(), loads: sources.length };
}

/** In the order of the candidates, as far as batches of one class allow it. */
function batchesOf(candidates: readonly CacheKey[], size: number): Batch[] {
  const batches: Batch[] = [];
  const open = new Map<string, Batch>();
  for (const key of candidates) {
    let batch = open.get(key.class);
    if (batch === undefined || batch.keys.length >= size) {
      batch = { keyClass: key.class, keys: [] };
      open.set(key.class, batch);
      batches.push(batch);
    }
    batch.keys.push(key);
  }
  return batches;
}
