import { capturePlan, hypotheticalSaving } from '../../../lambda/query-insights/capture-plans';
import { countMatches, isPersistent, isRelated, matchingPairs } from '../../../lambda/query-insights/n-plus-one';
import { instanceHost } from '../../../lambda/query-insights/servers';
import { regressedStatements, remember, slowStatements } from '../../../lambda/query-insights/slow-statements';
import { keep, windowOf } from '../../../lambda/query-insights/window';
import type { PlanNode } from '../../../runtime/insights';

const counted = (calls: number, totalMs: number, changes: object = {}) => ({
  key: '10/1',
  id: '1',
  calls,
  totalMs,
  rows: calls,
  since: 'monday',
  ...changes,
});

describe('the window between two runs', () => {
  const before = keep([counted(100, 1_000)]);

  test('is what the counters grew by, over all servers', () => {
    const servers = [
      { counters: [counted(110, 1_500)], before },
      { counters: [counted(103, 1_030)], before },
    ];
    expect(windowOf(servers)).toEqual([{ id: '1', calls: 13, totalMs: 530, rows: 13 }]);
  });

  test.each([
    ['were reset', counted(7, 70, { since: 'tuesday' })],
    ['were reset and are higher already', counted(700, 7_000, { since: 'tuesday' })],
    ['fell, by a server that says no since', counted(7, 70)],
  ])('counts from zero when the counters %s', (_, now) => {
    expect(windowOf([{ counters: [now], before }])).toEqual([
      { id: '1', calls: now.calls, totalMs: now.totalMs, rows: now.rows },
    ]);
  });

  test('has nothing of a server that was not there before, and no statement that did not run', () => {
    expect(windowOf([{ counters: [counted(900, 9_000)], before: undefined }])).toEqual([]);
    expect(windowOf([{ counters: [counted(100, 1_000)], before }])).toEqual([]);
  });
});

const ran = (calls: number, mean: number, rows = calls, id = '1') => ({ id, calls, totalMs: calls * mean, rows });

describe('slow and regressed statements', () => {
  test.each([
    ['above the objective', ran(10, 51), true],
    ['at the objective', ran(10, 50), false],
    ['above it once, for a moment', ran(1, 60), false],
    ['above it once, for long', ran(1, 300), true],
  ])('one %s: %j is slow: %s', (_, window, slow) => {
    expect(slowStatements([window], 50)).toHaveLength(slow ? 1 : 0);
  });

  const usual = { 1: [5, 4, 6, 5] };

  test.each([
    ['three times its median', ran(30, 15), true],
    ['not quite that', ran(30, 14), false],
    ['too few calls', ran(19, 50), false],
  ])('one with %s: %j regressed: %s', (_, window, regressed) => {
    expect(regressedStatements([window], usual, 50)).toHaveLength(regressed ? 1 : 0);
  });

  test('one that is new, or fast all the same, did not regress', () => {
    expect(regressedStatements([ran(30, 15)], { 1: [5, 5] }, 50)).toEqual([]);
    expect(regressedStatements([ran(30, 9)], { 1: [1, 1, 1] }, 50)).toEqual([]);
  });

  test('the last twelve windows are remembered', () => {
    let history = {};
    for (let mean = 1; mean <= 20; mean++) history = remember(history, [ran(30, mean)]);
    expect(history).toEqual({ 1: [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20] });
  });
});

describe('N+1', () => {
  const list = ran(10, 1, 200, 'list');

  test.each([
    ['once for each row', ran(200, 1, 200, 'look-up'), 1],
    ['for a tenth less', ran(181, 1, 181, 'look-up'), 1],
    ['for half of them', ran(100, 1, 100, 'look-up'), 0],
    ['for each row, with rows of its own', ran(200, 1, 900, 'look-up'), 0],
    ['for each row, and finds nothing', ran(200, 1, 0, 'look-up'), 0],
  ])('a look-up %s', (_, lookUp, pairs) => {
    expect(matchingPairs([list, lookUp])).toHaveLength(pairs);
  });

  test('counts windows in a row; a quiet one counts neither way, one that differs begins anew', () => {
    const window = [list, ran(200, 1, 200, 'look-up')];
    const pairs = matchingPairs(window);
    const twice = countMatches(countMatches({}, pairs, window), pairs, window);
    expect(twice).toEqual({ 'list>look-up': 2 });
    const quiet = countMatches(twice, [], [list, ran(5, 1, 5, 'look-up')]);
    expect(countMatches(twice, [], [list, ran(900, 1, 900, 'look-up')])).toEqual({});
    const third = countMatches(quiet, pairs, window);
    expect(pairs.map((pair) => [isPersistent(quiet, pair), isPersistent(third, pair)])).toEqual([[false, true]]);
  });

  const table = (name: string, columns: string[], references: string[] = []) => ({
    name,
    columns,
    references,
    parent: null,
    rows: 1,
    deadRows: 0,
    sequentialScans: 0,
  });
  const tables = [
    table('items', ['id']),
    table('features', ['item'], ['items']),
    table('events', ['item_id']),
    table('visits', ['page']),
  ];
  const reads = (name: string, condition?: string): PlanNode => ({
    'Node Type': 'Index Scan',
    'Relation Name': name,
    ...(condition === undefined ? {} : { 'Index Cond': condition }),
  });

  test.each([
    ['the same table', reads('items'), reads('items', '(id = $1)'), true],
    ['a foreign key', reads('items'), reads('features', '(item = $1)'), true],
    ['a foreign key the other way', reads('features'), reads('items', '(id = $1)'), true],
    ['a column called after it', reads('events'), reads('items', '(id = $1)'), true],
    ['nothing', reads('visits'), reads('items', '(id = $1)'), false],
    ['a range only', reads('items'), reads('items', '(id > $1)'), false],
  ])('tables are related by %s', (_, outer, inner, related) => {
    expect(isRelated(outer, inner, tables)).toBe(related);
  });
});

/** A server that answers every EXPLAIN with a plan, cheaper ones while an index is pretended. */
function scriptedServer(withHypopg: boolean, saved = 0.9) {
  const asked: string[] = [];
  let pretended = false;
  const client = {
    query: async (sql: string) => {
      asked.push(sql);
      if (sql.includes('pg_extension')) return { rows: withHypopg ? [{}] : [] };
      if (sql.includes('hypopg_create_index')) pretended = true;
      if (sql.includes('hypopg_reset')) pretended = false;
      const cost = pretended ? 100 * (1 - saved) : 100;
      return {
        rows: sql.startsWith('EXPLAIN')
          ? [{ 'QUERY PLAN': [{ Plan: { 'Node Type': 'Seq Scan', 'Total Cost': cost } }] }]
          : [],
      };
    },
  };
  return { asked, server: { client, replica: true } };
}

describe('plans', () => {
  test.each([
    'UPDATE items SET id = $1',
    'SELECT pay($1)',
    'SELECT 1; DROP TABLE items',
    'WITH gone AS (DELETE FROM items RETURNING 1) SELECT * FROM gone',
    "SELECT nextval('items')",
    'SELECT * FROM items FOR UPDATE',
  ])('%s is never sent', async (sql) => {
    const { asked, server } = scriptedServer(false);
    expect(await capturePlan(server, sql)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test.each([
    ['is executed on a replica, without values', true, 'SELECT count(*) FROM items', 'ANALYZE, TIMING OFF'],
    ['is not executed on the writer', false, 'SELECT count(*) FROM items', 'GENERIC_PLAN'],
    ['is not executed with values', true, 'SELECT count(*) FROM items WHERE id = $1', 'GENERIC_PLAN'],
  ])('a read %s', async (_, replica, sql, options) => {
    const { asked, server } = scriptedServer(false);
    await capturePlan({ ...server, replica }, sql);
    expect(asked).toEqual([
      'BEGIN READ ONLY',
      'SET LOCAL statement_timeout = 2000',
      `EXPLAIN (${options}, FORMAT JSON) ${sql}`,
      'ROLLBACK',
    ]);
  });

  test.each([
    [true, 0.9, true],
    [true, 0.4, false],
    [false, 0.9, undefined],
  ])('an index is tried out where hypopg is (%s) and must save half (%s): %s', async (withHypopg, saved, worth) => {
    const { asked, server } = scriptedServer(withHypopg, saved);
    const index = 'CREATE INDEX CONCURRENTLY ON items (title)';
    expect(await hypotheticalSaving(server, 'SELECT id FROM items WHERE title = $1', index)).toBe(worth);
    expect(asked.filter((sql) => sql.includes('hypopg_create'))).toEqual(
      withHypopg ? ["SELECT hypopg_create_index('CREATE INDEX ON items (title)')"] : [],
    );
    expect(asked.join(' ')).not.toContain('ANALYZE');
  });
});

test('the endpoint of an instance follows from that of its cluster', () => {
  expect(instanceHost('app.cluster-c7tj4example.us-east-1.rds.amazonaws.com', 'app-reader-1')).toBe(
    'app-reader-1.c7tj4example.us-east-1.rds.amazonaws.com',
  );
});
