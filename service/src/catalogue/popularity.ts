import type { Transaction } from '../../../runtime/database';

/** What an event says for an item, as weights; a purchase says most. */
const REFRESH = `
  UPDATE items SET popularity = counted.points
  FROM (
    SELECT items.id, coalesce(sum(CASE kind WHEN 'purchase' THEN 10 WHEN 'like' THEN 3 WHEN 'view' THEN 1 ELSE 0 END), 0)::integer AS points
    FROM items LEFT JOIN events
      ON events.item_id = items.id AND events.occurred_at > now() - make_interval(days => $1)
    GROUP BY items.id
  ) AS counted
  WHERE items.id = counted.id AND items.popularity <> counted.points`;

/** Counts anew what visitors did with each item; resolves with how many items changed. */
export async function refreshPopularity(transaction: Transaction, days: number): Promise<{ readonly changed: number }> {
  const { rowCount } = await transaction.query(REFRESH, [days]);
  return { changed: rowCount };
}
