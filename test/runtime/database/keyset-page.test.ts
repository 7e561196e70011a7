import fc from 'fast-check';
import {
  InvalidCursorError,
  type KeysetColumn,
  keysetCursor,
  keysetPage,
  keysetResult,
} from '../../../runtime/database';
import { type DataTier, startDataTier } from '../../local';

const BY_PRICE: readonly KeysetColumn[] = [
  { column: 'price', type: 'integer', direction: 'desc' },
  { column: 'id', type: 'bigint' },
];
const BY_ID: readonly KeysetColumn[] = [{ column: 'id', type: 'bigint' }];

describe('keyset pages over a real table', () => {
  let tier: DataTier;

  beforeAll(async () => {
    tier = await startDataTier({ cache: false, replicas: 0 });
    await tier.primary.query('CREATE TABLE goods (id bigint PRIMARY KEY, price int NOT NULL)');
    await tier.primary.query('INSERT INTO goods SELECT n, n % 7 FROM generate_series(1, 103) AS n');
    await tier.primary.query('CREATE INDEX ON goods (price DESC, id)');
  });

  afterAll(async () => {
    await tier.stop();
  });

  async function allPages(columns: readonly KeysetColumn[], size: number): Promise<number[]> {
    const ids: number[] = [];
    let cursor: string | undefined;
    do {
      const page = keysetPage({ columns, size, ...(cursor === undefined ? {} : { cursor }) });
      const rows = await tier.primary.query<{ id: string; price: number }>(
        `SELECT id, price FROM goods WHERE ${page.where} ORDER BY ${page.orderBy} LIMIT ${page.limit}`,
        [...page.params],
      );
      const { items, nextCursor } = keysetResult(rows, { columns, size }, (row) =>
        columns.map(({ column }) => (column === 'id' ? row.id : row.price)),
      );
      ids.push(...items.map(({ id }) => Number(id)));
      cursor = nextCursor;
    } while (cursor !== undefined);
    return ids;
  }

  test.each([
    ['one direction', BY_ID, 'id'],
    ['mixed directions', BY_PRICE, 'price DESC, id'],
  ])('visit every row once, in order, with %s', async (_, columns, orderBy) => {
    const expected = await tier.primary.query<{ id: string }>(`SELECT id FROM goods ORDER BY ${orderBy}`);
    expect(await allPages(columns, 10)).toEqual(expected.map(({ id }) => Number(id)));
  });

  test('end without an empty page when the last one is full', async () => {
    const page = keysetPage({ columns: BY_ID, size: 103 });
    const rows = await tier.primary.query(`SELECT id FROM goods ORDER BY ${page.orderBy} LIMIT ${page.limit}`);
    expect(keysetResult(rows, { columns: BY_ID, size: 103 }, ({ id }) => [id as string])).not.toHaveProperty(
      'nextCursor',
    );
  });

  test('no made-up cursor reaches the database as a failing statement', async () => {
    const damaged = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.base64String({ maxLength: 80 }).map((text) => text.replaceAll(/[+/=]/g, '_')),
      fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 4 }).map(encode),
      fc.array(fc.string(), { maxLength: 3 }).map((values) => encode(['price desc,id asc', ...values])),
    );
    await fc.assert(
      fc.asyncProperty(damaged, async (cursor) => {
        try {
          const page = keysetPage({ columns: BY_PRICE, size: 5, cursor });
          await tier.primary.query(`SELECT id FROM goods WHERE ${page.where} LIMIT 1`, [...page.params]);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidCursorError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

test('puts its parameters behind the caller’s own', () => {
  const cursor = keysetCursor(BY_ID, [42]);
  expect(keysetPage({ columns: BY_ID, size: 20, cursor, firstParam: 2 })).toEqual({
    where: '(id) > ($3::bigint)',
    orderBy: 'id ASC',
    limit: 21,
    params: ['42'],
  });
});

test.each([
  ['another listing', keysetCursor(BY_ID, [1]), 'the cursor belongs to another listing'],
  ['too few values', encode(['price desc,id asc', '1']), 'the cursor is damaged'],
  ['a number that does not fit', encode(['price desc,id asc', '2147483648', '1']), 'the cursor is damaged'],
  ['SQL', "' OR 1=1 --", 'the cursor is damaged'],
  ['a zero byte', encode(['price desc,id asc', '1\0', '1']), 'the cursor is damaged'],
  ['too much', 'a'.repeat(1_025), 'the cursor is damaged'],
])('refuses a cursor with %s', (_, cursor, message) => {
  expect(() => keysetPage({ columns: BY_PRICE, size: 5, cursor })).toThrow(new InvalidCursorError(message));
});

test.each([
  ['uuid', '0b5e9b5c-6d1c-4c58-9d0d-0c7a6b0d9a11', 'nonsense'],
  ['timestamptz', '2026-11-21T10:00:00.123456Z', '2026-99-99T00:00:00Z'],
  ['numeric', '-12.50', '1e5'],
  ['bigint', '-9223372036854775808', '9223372036854775808'],
])('takes a value of type %s and refuses what is none', (type, good, bad) => {
  const columns = [{ column: 'a', type }];
  expect(keysetPage({ columns, size: 1, cursor: keysetCursor(columns, [good]) }).params).toEqual([good]);
  expect(() => keysetPage({ columns, size: 1, cursor: keysetCursor(columns, [bad]) })).toThrow(InvalidCursorError);
});

test('fails when a column could be SQL', () => {
  expect(() => keysetPage({ columns: [{ column: 'id; DROP', type: 'int' }], size: 1 })).toThrow(
    '`id; DROP` (int) is no column of a keyset',
  );
});
