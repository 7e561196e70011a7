import type { StatementRunner, Transaction } from '../../../runtime/database';
import type { DomainEvent } from '../../../runtime/events';

/** An item as the listing by price shows it. */
export interface ListedItem {
  readonly id: number;
  readonly title: string;
  readonly priceCents: number;
}

/** A newer version wins, whichever comes first: events may be late, repeated and out of order. */
const NEWER = `
  ON CONFLICT (item_id) DO UPDATE SET category = excluded.category, title = excluded.title,
    price_cents = excluded.price_cents, item_version = excluded.item_version
  WHERE listing.item_version < excluded.item_version`;

const PROJECT = `
  INSERT INTO catalogue_listing AS listing (item_id, category, title, price_cents, item_version)
  VALUES ($1, $2, $3, $4, $5) ${NEWER}`;

/** Brings the listing up to date with one event; resolves with whether it did not know better already. */
export async function projectItem(
  database: Pick<StatementRunner, 'write'>,
  { data: { id, category, title, priceCents, itemVersion } }: DomainEvent<'ItemChanged'>,
): Promise<boolean> {
  const { rowCount } = await database.write(PROJECT, [id, category, title, priceCents, itemVersion]);
  return rowCount === 1;
}

const REBUILD = `
  INSERT INTO catalogue_listing AS listing (item_id, category, title, price_cents, item_version)
  SELECT id, category, title, price_cents, version FROM items ${NEWER}`;

const REMOVE_GONE = `
  DELETE FROM catalogue_listing AS listing WHERE NOT EXISTS (SELECT FROM items WHERE items.id = listing.item_id)`;

/** Makes the listing anew from the items, while it is read and while events go on arriving. */
export async function rebuildListing(
  transaction: Transaction,
): Promise<{ readonly written: number; readonly removed: number }> {
  const { rowCount: removed } = await transaction.query(REMOVE_GONE);
  const { rowCount: written } = await transaction.query(REBUILD);
  return { written, removed };
}

const CHEAPEST = `
  SELECT item_id, title, price_cents FROM catalogue_listing
  WHERE category = $1 ORDER BY price_cents, item_id LIMIT $2`;

interface Row extends Record<string, unknown> {
  readonly item_id: number;
  readonly title: string;
  readonly price_cents: number;
}

/** The cheapest items of a category; as old as the last event that arrived. */
export async function cheapestItems(
  database: StatementRunner,
  category: string,
  limit: number,
): Promise<readonly ListedItem[]> {
  const { rows } = await database.read<Row>(CHEAPEST, [category, limit]);
  return rows.map(({ item_id: id, title, price_cents: priceCents }) => ({ id, title, priceCents }));
}
