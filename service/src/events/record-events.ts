import type { StatementRunner } from '../../../runtime/database';

/** What a visitor did. */
export interface VisitorEvent {
  /** Made by the client, so that it may send the same event again without counting it twice. */
  readonly id: string;
  readonly itemId: number;
  readonly kind: 'view' | 'like' | 'purchase';
  readonly occurredAt: string;
}

export interface RecordedEvents {
  /** Events that are stored now and were not before. */
  readonly recorded: number;
  /** Events that were stored already. */
  readonly repeated: number;
  /** Items that do not exist; their events are not stored. */
  readonly unknownItems: readonly number[];
}

/** One statement and one round trip for any number of events; the items are checked in the same statement. */
const INSERT = `
  WITH given AS (
    SELECT * FROM unnest($2::uuid[], $3::integer[], $4::text[], $5::timestamptz[]) AS given (id, item_id, kind, occurred_at)
  ), known AS (
    SELECT given.* FROM given JOIN items ON items.id = given.item_id
  ), inserted AS (
    INSERT INTO events (id, occurred_at, visitor_id, item_id, kind)
    SELECT id, occurred_at, $1, item_id, kind FROM known
    ON CONFLICT DO NOTHING
    RETURNING 1
  )
  SELECT
    (SELECT count(*)::integer FROM inserted) AS recorded,
    (SELECT count(*)::integer FROM known) AS known,
    (SELECT coalesce(array_agg(DISTINCT item_id), '{}') FROM given
      WHERE NOT EXISTS (SELECT FROM items WHERE items.id = given.item_id)) AS unknown_items`;

interface Inserted extends Record<string, unknown> {
  readonly recorded: number;
  readonly known: number;
  readonly unknown_items: number[];
}

/** Stores what a visitor did, on the primary, in the partition of the month in which it happened. */
export async function recordEvents(
  database: StatementRunner,
  visitorId: string,
  events: readonly VisitorEvent[],
): Promise<RecordedEvents> {
  const { rows } = await database.write<Inserted>(INSERT, [
    visitorId,
    events.map(({ id }) => id),
    events.map(({ itemId }) => itemId),
    events.map(({ kind }) => kind),
    events.map(({ occurredAt }) => occurredAt),
  ]);
  const { recorded = 0, known = 0, unknown_items: unknownItems = [] } = rows[0] ?? {};
  return { recorded, repeated: known - recorded, unknownItems };
}

const RECENT = `
  SELECT item_id FROM events WHERE visitor_id = $1 AND occurred_at > now() - interval '90 days'
  ORDER BY occurred_at DESC, id LIMIT $2`;

/** Items of a visitor's last events, newest first. */
export async function recentItems(database: StatementRunner, visitorId: string, limit: number): Promise<number[]> {
  const { rows } = await database.read<{ item_id: number }>(RECENT, [visitorId, limit]);
  return [...new Set(rows.map(({ item_id }) => item_id))];
}
