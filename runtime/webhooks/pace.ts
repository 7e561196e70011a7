import { LRUCache } from 'lru-cache';

const ORIGINS_REMEMBERED = 10_000;

/**
 * An even pace for each origin, which may fall behind by `burst` messages and catch up at once. Each worker keeps it by
 * itself. Gives how long the origin has to wait in milliseconds; 0 counts as a message.
 */
export function evenPace(perSecond: number, burst: number, now: () => number = Date.now): (origin: string) => number {
  const due = new LRUCache<string, number>({ max: ORIGINS_REMEMBERED });
  const interval = 1000 / perSecond;
  return (origin) => {
    const next = Math.max(due.get(origin) ?? 0, now()) + interval;
    const early = next - now() - burst * interval;
    if (early > 0) return early;
    due.set(origin, next);
    return 0;
  };
}
