import type { CachePolicies } from '../../runtime/cache';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Tag of everything that shows one item. The same in the cache, in `Cache-Tag` at the CDN, and in an invalidation. */
export const itemTag = (id: number | string): string => `item-${id}`;

/** Tag of everything whose order or content depends on which items a category has. */
export const categoryTag = (category: string): string => `category-${category}`;

/**
 * What is cached, and how. What is warmed (service/src/warming/) must live longer than the time between two rounds. What many visitors ask for and few change lives long and is answered stale while it is
 * loaded anew; what one visitor changes lives as long as a visit; what differs with every request is not cached at all.
 */
export const cachePolicies = {
  /** One item as the bytes that are sent. Changes with an edit, which invalidates it by tag. */
  item: {
    cacheable: true,
    format: 'response',
    ttlMs: 15 * MINUTE,
    staleWhileRevalidateMs: MINUTE,
    staleIfErrorMs: HOUR,
    negativeTtlMs: 10 * SECOND,
    tags: (id) => [itemTag(id)],
  },
  /** One page of the catalogue. Tagged with all that it shows. */
  page: {
    cacheable: true,
    format: 'response',
    ttlMs: 10 * MINUTE,
    staleWhileRevalidateMs: MINUTE,
    staleIfErrorMs: HOUR,
  },
  /** One page of a search, tagged likewise. Many texts are asked for once; memory pressure evicts them first. */
  search: {
    cacheable: true,
    format: 'response',
    ttlMs: 10 * MINUTE,
    staleWhileRevalidateMs: 30 * SECOND,
    staleIfErrorMs: 10 * MINUTE,
  },
  /** What a recommendation shows of an item, and the vector it is ranked by; fetched in batches. */
  features: { cacheable: true, ttlMs: 10 * MINUTE, staleIfErrorMs: HOUR, tags: (id) => [itemTag(id)] },
  /** The most wanted items of a category. Expensive, nobody minds minutes: computed when first asked for. */
  ranking: {
    cacheable: true,
    queryResults: true,
    ttlMs: 15 * MINUTE,
    staleWhileRevalidateMs: HOUR,
    staleIfErrorMs: 6 * HOUR,
  },
  /** The categories to begin with when a visitor has told nothing. */
  categories: {
    cacheable: true,
    queryResults: true,
    ttlMs: HOUR,
    staleWhileRevalidateMs: HOUR,
    staleIfErrorMs: 6 * HOUR,
  },
  /** What one visitor prefers: personal, so encrypted, and never in the heap. */
  preferences: { cacheable: true, ttlMs: 5 * MINUTE, negativeTtlMs: MINUTE, sensitive: true },
  /** Name and tier behind the hash of an API key. A key that is withdrawn works for at most this long. */
  client: { cacheable: true, ttlMs: MINUTE, negativeTtlMs: 10 * SECOND, memoryTtlMs: 10 * SECOND },
  /** What a visitor did a moment ago. */
  history: { cacheable: false, reason: 'a visitor expects the next answer to know the last click' },
} as const satisfies CachePolicies;

/** Names of the classes of keys. */
export type KeyClass = keyof typeof cachePolicies;
