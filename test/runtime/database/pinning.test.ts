import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync as parseTypeScript } from '@swc/core';
import { loadModule, parseSync } from 'libpg-query';
import { pinningReasons } from '../../../runtime/database';

const ROOT = path.join(__dirname, '..', '..', '..');

/** Folders whose SQL goes through RDS Proxy. */
const FOLDERS = ['runtime', 'service', 'lambda'];

/** What goes straight to an instance, past the proxy, on a connection of its own that lives for one job. */
const PAST_THE_PROXY: readonly (readonly [path: string, reason: string])[] = [
  ['service/migrations', 'migrations run as the owner of the schema, once per deployment'],
  ['runtime/recovery/take-manifest.ts', 'reads a whole database on the reader endpoint of the cluster'],
  ['lambda/query-insights', 'looks at each instance by itself'],
  ['service/src/events/partitions.ts', 'DETACH CONCURRENTLY needs a lock that outlives its transaction'],
];

describe('the SQL in use', () => {
  beforeAll(loadModule);

  const files = FOLDERS.flatMap((folder) => sources(path.join(ROOT, folder)))
    .map((file) => path.relative(ROOT, file))
    .filter((file) => PAST_THE_PROXY.every(([excepted]) => !file.startsWith(excepted)));

  test('pins no RDS Proxy session', () => {
    const statements = files.flatMap((file) => statementsIn(file).map((sql) => ({ file, sql })));
    const pinning = statements.flatMap(({ file, sql }) =>
      pinningReasons(sql).map(({ rule, instead }) => `${file}: ${sql} – ${rule}; use ${instead}`),
    );
    expect(pinning).toEqual([]);
    expect(statements.length).toBeGreaterThan(5);
  });

  test('is found by the scan when it pins', () => {
    expect(statementsIn('service/src/events/partitions.ts').flatMap((sql) => pinningReasons(sql))).not.toEqual([]);
  });
});

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Strings of a source file that PostgreSQL's parser takes for SQL, or that begin like it and have parts filled in. */
function statementsIn(file: string): readonly string[] {
  const strings: string[] = [];
  const source = readFileSync(path.join(ROOT, file), 'utf8');
  collectStrings(parseTypeScript(source, { syntax: 'typescript', target: 'es2022' }), strings);
  return strings.filter(isSql);
}

function collectStrings(node: unknown, strings: string[]): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, value, quasis } = node as { type?: string; value?: unknown; quasis?: readonly { raw: string }[] };
  if (type === 'StringLiteral' && typeof value === 'string') strings.push(value);
  if (type === 'TemplateLiteral' && quasis !== undefined)
    strings.push(quasis.map(({ raw }) => raw).join(' filled_in '));
  for (const child of Object.values(node)) collectStrings(child, strings);
}

const VERBS = /^\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|CREATE|ALTER|SET|BEGIN|LISTEN|DECLARE|PREPARE|LOCK)\s/;

function isSql(text: string): boolean {
  if (VERBS.test(text)) return true;
  if (!/^\s*[a-z]+\s/i.test(text)) return false;
  try {
    return (parseSync(text) as { stmts?: readonly unknown[] }).stmts !== undefined;
  } catch {
    return false;
  }
}

test.each([
  ['SET statement_timeout = 0', 'a SET or RESET changes the session'],
  ['SET LOCAL work_mem = 1', 'a SET or RESET changes the session'],
  ['reset all', 'a SET or RESET changes the session'],
  ["SELECT set_config('a.b', 'c', true)", 'set_config() changes the session'],
  ['PREPARE p AS SELECT 1', 'SQL-level prepared statements belong to the session'],
  ['DEALLOCATE p', 'SQL-level prepared statements belong to the session'],
  ['DISCARD ALL', 'DISCARD throws the session’s state away'],
  ['CREATE TEMP TABLE t (id int)', 'temporary objects belong to the session'],
  ['CREATE OR REPLACE TEMPORARY VIEW v AS SELECT 1', 'temporary objects belong to the session'],
  ['SELECT 1 INTO TEMP t', 'temporary objects belong to the session'],
  ['DECLARE c CURSOR FOR SELECT 1', 'cursors belong to the session'],
  ['LISTEN changes', 'a LISTEN waits on one session'],
  ["LOAD 'auto_explain'", 'LOAD changes the session'],
  ["INSERT INTO t VALUES (nextval('s'))", 'sequence functions are remembered by the session'],
  ["SELECT pg_catalog.currval('s')", 'sequence functions are remembered by the session'],
  ['SELECT pg_try_advisory_lock(1)', 'session-level advisory locks belong to the session'],
  ['SELECT 1; SET a.b = 1', 'a SET or RESET changes the session'],
  [`SELECT '${'x'.repeat(16_384)}'`, 'longer than 16384 bytes'],
  ["SELECT 'open", 'a string, a name or a comment is not closed'],
])('%.60s pins', (sql, rule) => {
  expect(pinningReasons(sql).map((reason) => reason.rule)).toEqual([rule]);
});

test.each([
  "UPDATE t SET name = 'SET'",
  'SELECT pg_advisory_xact_lock(1)',
  'BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY',
  "SELECT 'nextval(1)' -- set_config(",
  'SELECT close, fetch FROM prices',
])('%s does not pin', (sql) => {
  expect(pinningReasons(sql)).toEqual([]);
});
