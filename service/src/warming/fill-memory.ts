import { type Cache, type CacheConnection, popularKeys } from '../../../runtime/cache';
import { cachePolicies, type KeyClass } from '../cache-policies';
import { within } from '../within';
import { warmClasses } from './warm-classes';

export interface FillMemoryOptions {
  readonly cache: Cache<KeyClass>;
  readonly connection: CacheConnection;
  /** Most keys. */
  readonly keys: number;
  /** How long the start may take for it, in milliseconds; what came by then stays. */
  readonly boundMs: number;
}

const AT_ONCE = 100;

/**
 * Fills this process's memory with what all processes are asked for most, from the shared cache and never from the
 * database: a new task must not begin as the one that misses everything.
 *
 * @returns how many keys were found
 */
export async function fillMemory({ cache, connection, keys, boundMs }: FillMemoryOptions): Promise<number> {
  const until = Date.now() + boundMs;
  let found = 0;
  try {
    await within(boundMs, cache.ready());
    const popular = await within(boundMs, popularKeys({ connection, limit: keys, now: Date.now() }));
    const hottest = popular.sort((one, other) => other.reads - one.reads).filter(isWarmed);
    for (let from = 0; from < Math.min(hottest.length, keys) && Date.now() < until; from += AT_ONCE) {
      const some = hottest.slice(from, Math.min(from + AT_ONCE, keys));
      const values = await within(until - Date.now(), Promise.all(some.map((key) => cache.get(key.class, key.id))));
      found += values.filter((value) => value !== undefined).length;
    }
  } catch {
    // Without the shared cache, or out of time: the process starts all the same.
  }
  return found;
}

function isWarmed<K extends { readonly class: string }>(key: K): key is K & { readonly class: KeyClass } {
  return key.class in warmClasses && key.class in cachePolicies;
}
