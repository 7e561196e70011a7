import type { StatementRunner } from '../../../runtime/database';

/** What ranking needs of an item, and what a recommendation shows of it. */
export interface ItemFeatures {
  readonly id: number;
  readonly title: string;
  readonly category: string;
  readonly priceCents: number;
  readonly vector: readonly number[];
}

const FEATURES = `
  SELECT items.id, title, category, price_cents AS "priceCents", vector
  FROM items JOIN item_features ON item_id = items.id
  WHERE items.id = ANY ($1)`;

/** Features of many items in one round trip, by id as text: the ids of a cache are text. */
export async function featuresOf(
  database: StatementRunner,
  ids: readonly string[],
  from: 'replica' | 'primary',
): Promise<Map<string, ItemFeatures>> {
  const { rows } = await database.read<ItemFeatures & Record<string, unknown>>(FEATURES, [ids.map(Number)], { from });
  return new Map(rows.map((row) => [String(row.id), row]));
}

/**
 * Purchases weigh most. Added up from the events of a week, of which only one or two partitions are read; items that
 * nobody touched follow by their popularity, so that a new category has a ranking too. Any number of categories takes
 * one pass over the events.
 */
const RANKINGS = `
  WITH wanted AS (
    SELECT item_id, sum(CASE kind WHEN 'purchase' THEN 10 WHEN 'like' THEN 3 ELSE 1 END) AS score
    FROM events WHERE occurred_at > now() - interval '7 days' AND occurred_at <= now()
    GROUP BY item_id
  ), ranked AS (
    SELECT items.category, items.id, row_number() OVER (
      PARTITION BY items.category ORDER BY coalesce(wanted.score, 0) DESC, items.popularity DESC, items.id DESC
    ) AS place
    FROM items LEFT JOIN wanted ON wanted.item_id = items.id
    WHERE items.category = ANY ($1)
  )
  SELECT category, array_agg(id ORDER BY place) AS ids FROM ranked WHERE place <= $2 GROUP BY category`;

/** The most wanted items of each category, best first. A category without items is left out. */
export async function rankCategories(
  database: StatementRunner,
  categories: readonly string[],
  limit: number,
): Promise<Map<string, readonly number[]>> {
  const { rows } = await database.read<{ category: string; ids: number[] }>(RANKINGS, [categories, limit]);
  return new Map(rows.map(({ category, ids }) => [category, ids]));
}

const CATEGORIES = 'SELECT category FROM items GROUP BY category ORDER BY max(popularity) DESC, category LIMIT $1';

/** Categories to begin with when a visitor has told nothing. */
export async function popularCategories(database: StatementRunner, limit: number): Promise<string[]> {
  const { rows } = await database.read<{ category: string }>(CATEGORIES, [limit]);
  return rows.map(({ category }) => category);
}
