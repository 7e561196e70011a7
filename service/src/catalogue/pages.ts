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

/** The listings whose first pages can be read together: by category, and by text. */
const LISTINGS = {
  category: { condition: 'category = wanted.text', columns: BY_ID },
  search: { condition: "search @@ websearch_to_tsquery('english', wanted.text)", columns: BY_POPULARITY },
} as const;

/** The first pages of many categories or searches in one round trip, by category or text. */
export async function firstPages(
  database: StatementRunner,
  listing: keyof typeof LISTINGS,
  texts: readonly string[],
  size: number,
  from: 'replica' | 'primary',
): Promise<Map<string, ItemPage>> {
  const { condition, columns } = LISTINGS[listing];
  const { orderBy, limit } = keysetPage({ columns, size, firstParam: 1 });
  const sql = `
    SELECT wanted.text AS wanted, found.* FROM unnest($1::text[]) AS wanted (text) CROSS JOIN LATERAL (
      SELECT ${ITEM_COLUMNS}, popularity FROM items WHERE ${condition} ORDER BY ${orderBy} LIMIT ${limit}
    ) AS found ORDER BY ${orderBy}`;
  const { rows } = await database.read<Rows & { readonly wanted: string }>(sql, [texts], { from });
  const byText = new Map<string, Rows[]>(texts.map((text) => [text, []]));
  for (const row of rows) byText.get(row.wanted)?.push(row);
  return new Map([...byText].map(([text, found]) => [text, pageOf(found, columns, size)]));
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
  return pageOf(rows, columns, size);
}

function pageOf(rows: readonly Rows[], columns: readonly KeysetColumn[], size: number): ItemPage {
  const valuesOf = (row: Rows): number[] => columns.map(({ column }) => (column === 'id' ? row.id : row.popularity));
  const { items, nextCursor } = keysetResult(rows, { columns, size }, valuesOf);
  const shown = items.map(toItem);
  return nextCursor === undefined ? { items: shown } : { items: shown, next: nextCursor };
}
