import { type KeysetColumn, keysetPage, keysetResult, type StatementRunner } from '../../../runtime/database';
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

const BY_ID: readonly KeysetColumn[] = [{ column: 'id', type: 'integer' }];

const BY_POPULARITY: readonly KeysetColumn[] = [
  { column: 'popularity', type: 'integer', direction: 'desc' },
  { column: 'id', type: 'integer', direction: 'desc' },
];

/** @throws InvalidCursorError when the cursor is not one of this listing */
export function itemsPage(
  database: StatementRunner,
  { category, limit, cursor }: PageRequest,
  from: 'replica' | 'primary',
): Promise<ItemPage> {
  // Two statements rather than `$1 IS NULL OR …`, which no index serves.
  return category === undefined
    ? page(database, { condition: 'TRUE', params: [], columns: BY_ID, limit, cursor }, from)
    : page(database, { condition: 'category = $1', params: [category], columns: BY_ID, limit, cursor }, from);
}

/** @throws InvalidCursorError when the cursor is not one of this listing */
export function searchPage(
  database: StatementRunner,
  { q, limit, cursor }: SearchRequest,
  from: 'replica' | 'primary',
): Promise<ItemPage> {
  const condition = "search @@ websearch_to_tsquery('english', $1)";
  return page(database, { condition, params: [q], columns: BY_POPULARITY, limit, cursor }, from);
}

interface Listing {
  readonly condition: string;
  readonly params: readonly unknown[];
  readonly columns: readonly KeysetColumn[];
  readonly limit: number;
  readonly cursor: string | undefined;
}

async function page(
  database: StatementRunner,
  { condition, params, columns, limit: size, cursor }: Listing,
  from: 'replica' | 'primary',
): Promise<ItemPage> {
  const keyset = keysetPage({ columns, size, firstParam: params.length, ...(cursor === undefined ? {} : { cursor }) });
  const sql = `
    SELECT ${ITEM_COLUMNS}, popularity FROM items
    WHERE ${condition} AND ${keyset.where} ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`;
  const { rows } = await database.read<Rows>(sql, [...params, ...keyset.params], { from });
  const valuesOf = (row: Rows): number[] => columns.map(({ column }) => (column === 'id' ? row.id : row.popularity));
  const { items, nextCursor } = keysetResult(rows, { columns, size }, valuesOf);
  const shown = items.map(toItem);
  return nextCursor === undefined ? { items: shown } : { items: shown, next: nextCursor };
}
