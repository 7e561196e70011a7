import type { Random } from '../../analysis/rehearsal/queueing/random';

/** One kind of request: how often it is sent and what it asks for. */
export interface RequestKind {
  readonly name: string;
  /** Share of all requests, in percent. */
  readonly percent: number;
  /** Whether a cache should answer it, so that the objective for cached requests holds for it. */
  readonly cached: boolean;
  /** Whether it is answered only to someone with a session. */
  readonly needsSession: boolean;
  /** Method, path and body of the next one. */
  next(random: Random): { readonly method: string; readonly path: string; readonly body?: unknown };
}

/** Items and categories of the sample catalogue (sample-catalogue.ts). */
export const SAMPLE = {
  items: 10_000,
  categories: ['books', 'games', 'garden', 'kitchen', 'music', 'sports'],
} as const;

const WORDS = ['blue', 'light', 'wooden', 'compact', 'classic', 'modern', 'small', 'strong'] as const;

/** Few items are asked for often: the square of a uniform number gives the first tenth of them a third of the requests. */
const popularItem = (random: Random): number => 1 + Math.floor(random.uniform() ** 2 * SAMPLE.items);

const oneOf = <T>(values: readonly T[], random: Random): T => values[random.below(values.length)] as T;

/** What visitors of a shop do. Shares add up to 100. */
export const requestMix: readonly RequestKind[] = [
  {
    name: 'item',
    percent: 55,
    cached: true,
    needsSession: false,
    next: (random) => get(`/api/items/${popularItem(random)}`),
  },
  {
    name: 'page',
    percent: 15,
    cached: true,
    needsSession: false,
    next: (random) => get(`/api/items?category=${oneOf(SAMPLE.categories, random)}`),
  },
  {
    name: 'search',
    percent: 12,
    cached: true,
    needsSession: false,
    next: (random) => get(`/api/search?q=${oneOf(WORDS, random)}`),
  },
  { name: 'recommendations', percent: 8, cached: false, needsSession: true, next: () => get('/api/recommendations') },
  { name: 'preferences', percent: 5, cached: false, needsSession: true, next: () => get('/api/preferences') },
  {
    name: 'events',
    percent: 5,
    cached: false,
    needsSession: true,
    next: (random) => ({ method: 'POST', path: '/api/events', body: events(random) }),
  },
];

function get(path: string) {
  return { method: 'GET', path };
}

function events(random: Random) {
  const id = [8, 4, 4, 4, 12].map((digits) => hex(digits, random)).join('-');
  return { events: [{ id, itemId: popularItem(random), kind: 'view', occurredAt: new Date().toISOString() }] };
}

function hex(digits: number, random: Random): string {
  return Array.from({ length: digits }, () => random.below(16).toString(16)).join('');
}

/** Draws kinds in their shares. */
export function pickKind(kinds: readonly RequestKind[], random: Random): RequestKind {
  let left = random.uniform() * kinds.reduce((sum, { percent }) => sum + percent, 0);
  const found = kinds.find(({ percent }) => {
    left -= percent;
    return left < 0;
  });
  return found ?? (kinds.at(-1) as RequestKind);
}
