import type { StatementRunner } from '../../../runtime/database';
import { appendEvents, type DomainEvent, newEvent } from '../../../runtime/events';
import { itemTag } from '../cache-policies';

/** An item as the API shows it. */
export interface Item {
  readonly id: number;
  readonly category: string;
  readonly title: string;
  readonly description: string;
  readonly priceCents: number;
  readonly version: number;
  readonly updatedAt: string;
}

interface ItemRow extends Record<string, unknown> {
  readonly id: number;
  readonly category: string;
  readonly title: string;
  readonly description: string;
  readonly price_cents: number;
  readonly version: number;
  readonly updated_at: Date;
}

/** Columns of {@link ItemRow}. */
export const ITEM_COLUMNS = 'id, category, title, description, price_cents, version, updated_at';

export function toItem(row: ItemRow): Item {
  return {
    id: row.id,
    category: row.category,
    title: row.title,
    description: row.description,
    priceCents: row.price_cents,
    version: row.version,
    updatedAt: row.updated_at.toISOString(),
  };
}

const BY_ID = `SELECT ${ITEM_COLUMNS} FROM items WHERE id = $1`;

/** @param from `primary` when a replica may still show what was just changed */
export async function itemById(
  database: StatementRunner,
  id: number,
  from: 'replica' | 'primary',
): Promise<Item | undefined> {
  const { rows } = await database.read<ItemRow>(BY_ID, [id], { from });
  return rows[0] === undefined ? undefined : toItem(rows[0]);
}

const BY_IDS = `SELECT ${ITEM_COLUMNS} FROM items WHERE id = ANY ($1)`;

/** Many items in one round trip. */
export async function itemsByIds(
  database: StatementRunner,
  ids: readonly number[],
  from: 'replica' | 'primary',
): Promise<Item[]> {
  const { rows } = await database.read<ItemRow>(BY_IDS, [ids], { from });
  return rows.map(toItem);
}

/** What an edit may change. */
export interface ItemChange {
  readonly title?: string;
  readonly description?: string;
  readonly priceCents?: number;
}

const UPDATE = `
  UPDATE items
  SET title = coalesce($3, title), description = coalesce($4, description), price_cents = coalesce($5, price_cents),
      version = version + 1, updated_at = now()
  WHERE id = $1 AND version = $2
  RETURNING ${ITEM_COLUMNS}`;

/**
 * Changes an item that is still at `version`. Two editors that read the same version cannot overwrite each other. The
 * event that tells of it is written in the same transaction.
 *
 * @returns the changed item, or `undefined` when there is none at that version
 */
export async function updateItem(
  database: StatementRunner,
  id: number,
  version: number,
  { title, description, priceCents }: ItemChange,
): Promise<Item | undefined> {
  const params = [id, version, title ?? null, description ?? null, priceCents ?? null];
  const { value } = await database.transaction(async (transaction) => {
    const { rows } = await transaction.query<ItemRow>(UPDATE, params);
    const changed = rows[0] && toItem(rows[0]);
    if (changed !== undefined) await appendEvents(transaction, [itemChanged(changed)]);
    return changed;
  });
  return value;
}

function itemChanged({ id, category, title, priceCents, version }: Item): DomainEvent<'ItemChanged'> {
  return newEvent({
    type: 'ItemChanged',
    subject: `item-${id}`,
    data: { id, category, title, priceCents, itemVersion: version },
    tags: [itemTag(id)],
  });
}
