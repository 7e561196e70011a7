import { InvalidCursorError } from './errors';

/** A column of the order of a listing. All of them together must be unique and not null. */
export interface KeysetColumn {
  /** Unquoted name, with its table when a join needs it: `items.created_at`. */
  readonly column: string;
  /** Type that the cursor's value is cast to, such as `bigint`, `timestamptz` or `text`. */
  readonly type: string;
  /** @default 'asc' */
  readonly direction?: 'asc' | 'desc';
}

/** Reads one page after another by where the last one ended: page 10,000 costs what page 1 costs, unlike OFFSET. */
export interface KeysetPage {
  /** Conditions for `WHERE`; `TRUE` on the first page. */
  readonly where: string;
  readonly orderBy: string;
  /** One row more than the page has: it says whether there is a next page. */
  readonly limit: number;
  /** Values for the conditions' parameters, to go behind those of the caller. */
  readonly params: readonly unknown[];
}

export interface KeysetOptions {
  readonly columns: readonly KeysetColumn[];
  /** Rows of a page. */
  readonly size: number;
  /**
   * Where the last page ended, as {@link keysetCursor} wrote it.
   *
   * @default - the first page
   */
  readonly cursor?: string;
  /**
   * Parameters that the caller's own conditions use before these.
   *
   * @default 0
   */
  readonly firstParam?: number;
}

const NAME = /^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?$/;
const TYPE = /^[a-z][a-z0-9_ ]*$/;
const MAX_CURSOR_LENGTH = 1_024;

/**
 * The parts of a statement that reads one page.
 *
 * @throws InvalidCursorError when the cursor was made up, damaged, or belongs to another listing
 */
export function keysetPage({ columns, size, cursor, firstParam = 0 }: KeysetOptions): KeysetPage {
  for (const { column, type } of columns) {
    // They become part of the statement, so they come from code and never from a request.
    if (!NAME.test(column) || !TYPE.test(type)) throw new TypeError(`\`${column}\` (${type}) is no column of a keyset`);
  }
  const orderBy = columns.map(({ column, direction = 'asc' }) => `${column} ${direction.toUpperCase()}`).join(', ');
  const params = cursor === undefined ? [] : parseCursor(cursor, columns);
  return { where: cursor === undefined ? 'TRUE' : condition(columns, firstParam), orderBy, limit: size + 1, params };
}

/**
 * `(a, b) > ($1, $2)` where all directions are the same, which one index scan answers; else
 * `a > $1 OR (a = $1 AND b < $2)`.
 */
function condition(columns: readonly KeysetColumn[], firstParam: number): string {
  const values = columns.map(({ type }, index) => `$${firstParam + index + 1}::${type}`);
  const operators = columns.map(({ direction = 'asc' }) => (direction === 'asc' ? '>' : '<'));
  if (operators.every((operator) => operator === operators[0])) {
    return `(${columns.map(({ column }) => column).join(', ')}) ${operators[0]} (${values.join(', ')})`;
  }
  const alternatives = columns.map(({ column }, index) => {
    const equal = columns.slice(0, index).map((before, at) => `${before.column} = ${values[at]}`);
    return `(${[...equal, `${column} ${operators[index]} ${values[index]}`].join(' AND ')})`;
  });
  return `(${alternatives.join(' OR ')})`;
}

/**
 * Where a page ends: the values of its last row, in the order of the columns. Opaque and safe in a URL. Pass instants as
 * text that keeps their microseconds: a `Date` has milliseconds only, and would skip rows.
 */
export function keysetCursor(columns: readonly KeysetColumn[], values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([fingerprint(columns), ...values.map(String)])).toString('base64url');
}

/** Cuts the extra row off, and says where the next page begins. */
export function keysetResult<R>(
  rows: readonly R[],
  { columns, size }: Pick<KeysetOptions, 'columns' | 'size'>,
  valuesOf: (row: R) => readonly (string | number)[],
): { readonly items: readonly R[]; readonly nextCursor?: string } {
  const items = rows.slice(0, size);
  const last = items.at(-1);
  return rows.length > size && last !== undefined
    ? { items, nextCursor: keysetCursor(columns, valuesOf(last)) }
    : { items };
}

/** What tells listings apart: a cursor of one means nothing in another. */
function fingerprint(columns: readonly KeysetColumn[]): string {
  return columns.map(({ column, direction = 'asc' }) => `${column} ${direction}`).join(',');
}

function parseCursor(cursor: string, columns: readonly KeysetColumn[]): readonly string[] {
  if (cursor.length > MAX_CURSOR_LENGTH || !/^[\w-]+$/.test(cursor))
    throw new InvalidCursorError('the cursor is damaged');
  const [listing, ...values] = parseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (listing !== fingerprint(columns)) throw new InvalidCursorError('the cursor belongs to another listing');
  const wellFormed = values.filter((value): value is string => typeof value === 'string' && !value.includes('\0'));
  if (wellFormed.length !== columns.length || values.length !== columns.length || !allFit(wellFormed, columns)) {
    throw new InvalidCursorError('the cursor is damaged');
  }
  return wellFormed;
}

function parseJson(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

const INTEGER = { smallint: 2n ** 15n, integer: 2n ** 31n, int: 2n ** 31n, bigint: 2n ** 63n } as Readonly<
  Record<string, bigint>
>;

/** Shapes of values that PostgreSQL would refuse otherwise: a wrong cursor is the caller's mistake, not a failure. */
function allFit(values: readonly string[], columns: readonly KeysetColumn[]): boolean {
  return columns.every(({ type }, index) => fits(values[index] ?? '', type));
}

function fits(value: string, type: string): boolean {
  const bound = INTEGER[type];
  if (bound !== undefined) return /^-?\d{1,19}$/.test(value) && BigInt(value) < bound && BigInt(value) >= -bound;
  if (type === 'uuid') return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
  if (type.startsWith('timestamp') || type === 'date')
    return /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value));
  if (/^(?:numeric|real|double precision)$/.test(type)) return /^-?\d{1,40}(?:\.\d{1,40})?$/.test(value);
  return true;
}
