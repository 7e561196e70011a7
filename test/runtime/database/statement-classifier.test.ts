import { loadModule, parseSync } from 'libpg-query';
import pg from 'pg';
import {
  READ_ONLY_FUNCTIONS,
  TRIGRAM_FUNCTIONS,
  VOLATILE_BUT_HARMLESS,
} from '../../../runtime/database/read-only-functions';
import { classify } from '../../../runtime/database/statement-classifier';
import { type DataTier, startDataTier } from '../../local';
import { corpus } from './statement-corpus';

const SIZE = 6_000;

describe(`${SIZE} generated statements, judged by PostgreSQL's own parser and by a real replica`, () => {
  const statements = corpus(SIZE);
  const reads = statements.filter((sql) => classify(sql).kind === 'read');
  let tier: DataTier;
  let volatile: ReadonlySet<string>;

  beforeAll(async () => {
    await loadModule();
    tier = await startDataTier({ cache: false, replicas: 1 });
    for (const sql of [
      'CREATE SCHEMA app',
      'CREATE TABLE items (id serial PRIMARY KEY, name text, "update" int)',
      "INSERT INTO items (name) VALUES ('a'), ('b'), ('c')",
      "CREATE FUNCTION app_write(int) RETURNS text LANGUAGE sql AS $$INSERT INTO items (name) VALUES ('w') RETURNING name$$",
      "CREATE FUNCTION app.lower(text) RETURNS text LANGUAGE sql AS $$INSERT INTO items (name) VALUES ('w') RETURNING name$$",
    ]) {
      await tier.primary.query(sql);
    }
    await tier.caughtUp();
    const rows = await tier.primary.query<{ name: string }>(
      "SELECT proname AS name FROM pg_proc WHERE provolatile = 'v'",
    );
    volatile = new Set(rows.map(({ name }) => name).filter((name) => !VOLATILE_BUT_HARMLESS.has(name)));
  });

  afterAll(async () => {
    await tier.stop();
  });

  test('no statement that the parser calls a write is called a read', () => {
    const judged = statements.map((sql) => ({ sql, writes: writesByParser(sql, volatile) }));
    const wrong = judged.filter(({ sql, writes }) => writes && classify(sql).kind === 'read').map(({ sql }) => sql);
    const needless = judged
      .filter(({ sql, writes }) => !writes && classify(sql).kind === 'write')
      .map(({ sql }) => sql);
    const written = judged.filter(({ writes }) => writes).length;
    process.stdout.write(
      `${SIZE} statements, ${written} of them writes: ${wrong.length} sent to a replica; ${needless.length} reads sent to the primary\n`,
    );
    expect(wrong).toEqual([]);
    expect(needless).toEqual([]);
    expect(written).toBeGreaterThan(SIZE / 3);
  });

  test('a replica refuses no statement that is called a read', async () => {
    const [replica] = tier.replicas;
    const client = new pg.Client({ ...tier.credentials, user: 'postgres', host: replica?.host, port: replica?.port });
    await client.connect();
    const refused: string[] = [];
    let ran = 0;
    for (const sql of reads) {
      try {
        await client.query(sql);
        ran += 1;
      } catch (error) {
        // Types that do not fit (class 42) are the generator's fault and say nothing about writing.
        if (!(error instanceof pg.DatabaseError && error.code?.startsWith('42'))) refused.push(`${error}: ${sql}`);
      }
    }
    await client.end();
    process.stdout.write(`${ran} of ${reads.length} reads ran to their end on the replica\n`);
    expect(refused).toEqual([]);
    expect(ran).toBeGreaterThan(reads.length * 0.9);
  });

  test('every function that counts as reading is immutable or stable in all its forms on a real server', async () => {
    await tier.primary.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    const rows = await tier.primary.query<{ name: string; volatile: boolean }>(
      `SELECT proname AS name, bool_or(provolatile = 'v') AS volatile FROM pg_proc
       WHERE proname = ANY ($1) AND pronamespace IN ('pg_catalog'::regnamespace, 'public'::regnamespace) GROUP BY 1`,
      [[...READ_ONLY_FUNCTIONS]],
    );
    const known = new Map(rows.map((row) => [row.name, row.volatile]));
    const missing = [...READ_ONLY_FUNCTIONS].filter((name) => !known.has(name));
    const writing = [...READ_ONLY_FUNCTIONS].filter(
      (name) => known.get(name) === true && !VOLATILE_BUT_HARMLESS.has(name),
    );
    expect(missing).toEqual([]);
    expect(writing).toEqual([]);
    expect([...TRIGRAM_FUNCTIONS].every((name) => known.has(name))).toBe(true);
  });
});

/** What PostgreSQL's parser says, with the volatility of functions that a server gave. */
function writesByParser(sql: string, volatile: ReadonlySet<string>): boolean {
  const { stmts = [] } = parseSync(sql) as { stmts?: readonly { stmt: Readonly<Record<string, unknown>> }[] };
  const [only] = stmts;
  if (only === undefined || stmts.length > 1 || !('SelectStmt' in only.stmt)) return true;
  return someNode(only.stmt, (key, value) => {
    if (/^(?:Insert|Update|Delete|Merge)Stmt$|^intoClause$|^lockingClause$/.test(key)) return true;
    return key === 'FuncCall' && isVolatile(value as FuncCall, volatile);
  });
}

interface FuncCall {
  readonly funcname: readonly { readonly String: { readonly sval: string } }[];
}

function isVolatile({ funcname }: FuncCall, volatile: ReadonlySet<string>): boolean {
  const names = funcname.map(({ String: { sval } }) => sval);
  return volatile.has(names.at(-1) ?? '') && !(names.at(-1) === 'lower' && names[0] !== 'app');
}

function someNode(node: unknown, matches: (key: string, value: unknown) => boolean): boolean {
  if (typeof node !== 'object' || node === null) return false;
  return Object.entries(node).some(([key, value]) => matches(key, value) || someNode(value, matches));
}

test.each([
  ['', 'write', false, 'it is empty'],
  ["SELECT 'open", 'write', false, 'a string, a name or a comment is not closed'],
  ['SELECT 1 /* open', 'write', false, 'a string, a name or a comment is not closed'],
  ['DELETE FROM items', 'write', true, 'DELETE is no read'],
  ['SELECT 1; SELECT 2', 'write', true, 'several statements'],
  ['SELECT id INTO other FROM items', 'write', true, 'INTO'],
  ['WITH gone AS (DELETE FROM items RETURNING id) SELECT * FROM gone', 'write', true, 'DELETE'],
  ['SELECT id AS update FROM items', 'write', false, 'the word UPDATE'],
  ['SELECT id FROM items FOR NO KEY UPDATE', 'write', true, 'FOR UPDATE or FOR SHARE'],
  ['SELECT app_function(1)', 'write', false, 'the function app_function'],
  ['SELECT "Lower"(name) FROM items', 'write', false, 'the function "Lower"'],
  ['SELECT filter(1)', 'write', false, 'the function filter'],
  ['SELECT other.values(1)', 'write', false, 'the function values'],
  ['SELECT U&"\\006eextval"(1)', 'write', false, 'the function "U&"\\006eextval""'],
  ['SELECT 1;', 'read', true, 'only reads'],
] as const)('%j is a %s', (sql, kind, certain, reason) => {
  expect(classify(sql)).toEqual({ kind, certain, reason });
});
