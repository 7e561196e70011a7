import { InvalidCursorError, type StatementRunner } from '../../../runtime/database';
import { ITEM_COLUMNS, type Item, toItem } from './items';

/** A page of items and where the next one begins. */
export interface ItemPage {
  readonly items: readonly Item[];
  /** Absent on the last page. */
  readonly next?: string;
}

export interface PageRequest {
  readonly category?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface SearchRequest {
  readonly q: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

type Rows = Parameters<typeof toItem>[0] & { readonly popularity: number };

/** One item more than asked for tells whether there is a next page. */
const PAGE = `
  SELECT ${ITEM_COLUMNS}, popularity FROM items
  WHERE ($1::text IS NULL OR category = $1) AND id > $2 ORDER BY id LIMIT $3`;

const SEARCH = `
  SELECT ${ITEM_COLUMNS}, popularity FROM items
  WHERE search @@ websearch_to_tsquery('english', $1) AND (popularity, id) < ($2, $3)
  ORDER BY popularity DESC, id DESC LIMIT $4`;

const MAX_INTEGER = 2_147_483_647;

export async function itemsPage(
  database: StatementRunner,
  { category, limit, cursor }: PageRequest,
  from: 'replica' | 'primary',
): Promise<ItemPage> {
  const [after] = cursor === undefined ? [0] : readCursor(cursor, 1);
  const { rows } = await database.read<Rows>(PAGE, [category ?? null, after, limit + 1], { from });
  return toPage(rows, limit, ({ id }) => [id]);
}

export async function searchPage(
  database: StatementRunner,
  { q, limit, cursor }: SearchRequest,
  from: 'replica' | 'primary',
): Promise<ItemPage> {
  const [popularity, id] = cursor === undefined ? [MAX_INTEGER, MAX_INTEGER] : readCursor(cursor, 2);
  const { rows } = await database.read<Rows>(SEARCH, [q, popularity, id, limit + 1], { from });
  return toPage(rows, limit, (row) => [row.popularity, row.id]);
}

function toPage(rows: readonly Rows[], limit: number, key: (row: Rows) => readonly number[]): ItemPage {
  const last = rows[limit - 1];
  const items = rows.slice(0, limit).map(toItem);
  return rows.length > limit && last !== undefined ? { items, next: writeCursor(key(last)) } : { items };
}

function writeCursor(key: readonly number[]): string {
  return key.join('.');
}

function readCursor(cursor: string, parts: number): readonly number[] {
  const key = /^\d{1,10}(\.\d{1,10})*$/.test(cursor) ? cursor.split('.').map(Number) : [];
  if (key.length === parts && key.every((part) => part <= MAX_INTEGER)) return key;
  throw new InvalidCursorError('the cursor is not one that a page of this listing gave');
}
