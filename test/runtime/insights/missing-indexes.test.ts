import { comparedColumns, isCovered, missingIndexes, type PlanNode, withoutLiterals } from '../../../runtime/insights';

const scan = (changes: object): PlanNode => ({
  'Node Type': 'Seq Scan',
  'Relation Name': 'events',
  Filter: "((visitor_id = 'x'::uuid) AND (occurred_at > now()))",
  'Actual Rows': 5,
  'Actual Loops': 1,
  'Rows Removed by Filter': 50_000,
  ...changes,
});

test('an index is suggested for a scan that throws nearly everything away, with the equality in front', () => {
  expect(missingIndexes({ 'Node Type': 'Limit', Plans: [scan({})] })).toEqual([
    {
      table: 'events',
      columns: ['visitor_id', 'occurred_at'],
      statement: 'CREATE INDEX CONCURRENTLY ON events (visitor_id, occurred_at)',
      reason: 'read 50005 rows of events to keep 5: ((visitor_id = ?::uuid) and (occurred_at > now ()))',
    },
  ]);
});

test.each([
  ['is small', { 'Rows Removed by Filter': 900 }],
  ['keeps much of what it reads', { 'Actual Rows': 20_000 }],
  ['has no filter', { Filter: undefined }],
  ['uses an index', { 'Node Type': 'Index Scan' }],
])('no index is suggested for a scan that %s', (_, changes) => {
  expect(missingIndexes(scan(changes))).toEqual([]);
});

describe('a plan that was only estimated', () => {
  const estimated = (filter: string): PlanNode => ({
    'Node Type': 'Seq Scan',
    'Relation Name': 'events_2026_11',
    Filter: filter,
    'Plan Rows': 10,
  });
  const tables = new Map([['events_2026_11', { rows: 50_000, parent: 'events' }]]);

  test('counts the rows of the table, and names the parent of a partition', () => {
    expect(missingIndexes(estimated('(item_id = $1)'), tables)).toMatchObject([
      { table: 'events', columns: ['item_id'], statement: 'CREATE INDEX ON events (item_id)' },
    ]);
  });

  test('suggests nothing for a range of parameters, whose share is a guess', () => {
    expect(missingIndexes(estimated('((occurred_at > $1) AND (occurred_at < $2))'), tables)).toEqual([]);
  });

  test('suggests nothing for a table that nobody knows', () => {
    expect(missingIndexes(estimated('(item_id = $1)'))).toEqual([]);
  });
});

test.each([
  ['(lower(title) = $1)', { equal: ['lower(title)'], other: [] }],
  ['((title)::text = $1)', { equal: ['title'], other: [] }],
  ['((price >= $1) AND (kind = ANY ($2)))', { equal: ['kind'], other: ['price'] }],
  ['(search @@ $1)', { equal: [], other: ['search'] }],
  ['(NOT hidden)', { equal: [], other: [] }],
])('of %s the columns are %j', (filter, columns) => {
  expect(comparedColumns(filter)).toEqual(columns);
});

test('an index covers a suggestion when it begins with its columns, whatever their order', () => {
  const suggestion = { table: 'items', columns: ['a', 'b'], statement: '', reason: '' };
  const covers = (table: string, columns: string[]): boolean => isCovered(suggestion, [{ table, columns }]);
  expect([covers('items', ['b', 'a', 'c']), covers('items', ['a', 'c', 'b']), covers('other', ['a', 'b'])]).toEqual([
    true,
    false,
    false,
  ]);
});

test.each([
  ["SELECT 'hunter2', E'it\\'s', $tag$hunter2$tag$", 'select ?, ?, ?'],
  ['SELECT 4111, -4.5e3, 0xBEEF', 'select ?, - ?, ?'],
  ['SELECT a /* hunter2 */ FROM "T" -- hunter2', 'select a from "T"'],
  ["SELECT interval '2 days', x'FF', $1", 'select interval ?, ?, $1'],
  ["SELECT 'hunter2", '(not readable as SQL)'],
])('%s is shown without its values', (sql, shown) => {
  expect(withoutLiterals(sql)).toBe(shown);
});
