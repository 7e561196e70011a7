import type { Cache } from '../../../runtime/cache';
import type { StatementRunner } from '../../../runtime/database';
import type { KeyClass } from '../cache-policies';
import { recentItems } from '../events/record-events';
import { featuresOf, type ItemFeatures, popularCategories, rankCategories } from './candidates';
import { rank } from './rank';

/** How many of a visitor's last events count. */
const HISTORY = 20;
/** How many categories are looked at, and how many items of each. */
export const CATEGORIES = 3;
export const PER_CATEGORY = 60;

export interface RecommendDeps {
  readonly cache: Cache<KeyClass>;
  /** Of the visitor, so that a click is known to the next recommendation. */
  readonly database: StatementRunner;
}

/**
 * What a visitor may like: the most wanted items of the preferred categories, ordered by likeness to the last events.
 * Rankings are computed when the first visitor asks for a category, not ahead for all of them; features come in one
 * batch. However many items there are, a cold request makes five statements and a warm one makes one.
 */
export async function recommend(
  { cache, database }: RecommendDeps,
  visitorId: string,
  preferred: readonly string[],
  limit: number,
): Promise<readonly ItemFeatures[]> {
  const [recent, categories] = await Promise.all([
    history(cache, database, visitorId),
    preferred.length > 0 ? preferred.slice(0, CATEGORIES) : startingCategories(cache, database),
  ]);
  const rankings = await cache.getMany('ranking', categories, (missing) =>
    rankCategories(database, missing, PER_CATEGORY),
  );
  const seen = new Set(recent);
  const ranked = categories.flatMap((category) => rankings.get(category) ?? []);
  const candidates = ranked.filter((id) => !seen.has(id));
  const features = await cache.getMany<ItemFeatures>('features', [...recent, ...candidates].map(String), (ids, load) =>
    featuresOf(database, ids, load.preferPrimary ? 'primary' : 'replica'),
  );
  const known = (ids: readonly number[]): ItemFeatures[] => ids.flatMap((id) => features.get(String(id)) ?? []);
  return rank(known(candidates), known(recent), limit);
}

/** Not cached by its policy, but bounded and counted like what is. */
async function history(cache: Cache<KeyClass>, database: StatementRunner, visitorId: string): Promise<number[]> {
  return (await cache.getOrLoad('history', visitorId, () => recentItems(database, visitorId, HISTORY))) ?? [];
}

async function startingCategories(cache: Cache<KeyClass>, database: StatementRunner): Promise<string[]> {
  return (await cache.getOrLoad('categories', 'popular', () => popularCategories(database, CATEGORIES))) ?? [];
}
