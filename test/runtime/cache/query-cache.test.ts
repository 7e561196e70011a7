import { Pool } from 'pg';
import { type Cache, type CacheConnection, connectCache, createCache, QueryCache } from '../../../runtime/cache';
import { type DataTier, startDataTier } from '../../local';
import { eventually } from '../support/eventually';

const policies = { query: { cacheable: true, ttlMs: 60_000 } } as const;

let tier: DataTier;
let pool: Pool;
let connection: CacheConnection;
let caches: Cache<'query'>[];
let statements: string[];

beforeAll(async () => {
  tier = await startDataTier({ replicas: 0 });
  pool = new Pool({ host: tier.primary.host, port: tier.primary.port, ...tier.credentials, max: 4 });
  connection = await connectCache({ url: tier.cache.url });
  await pool.query('CREATE TABLE lamps (id int PRIMARY KEY, name text)');
});

beforeEach(async () => {
  await pool.query("TRUNCATE lamps; INSERT INTO lamps VALUES (1, 'desk'), (2, 'floor')");
  caches = [0, 1].map(() => createCache({ connection, policies, namespace: `test${performance.now()}` }));
  statements = [];
});

afterEach(() => Promise.all(caches.map((cache) => cache.close())));

afterAll(async () => {
  await connection?.close();
  await pool?.end();
  await tier?.stop();
});

async function queryCache(): Promise<QueryCache> {
  const cache = createCache({ connection, policies, namespace: 'shared' });
  caches.push(cache);
  await cache.ready();
  const run = async <R>(sql: string, params: readonly unknown[]): Promise<readonly R[]> => {
    statements.push(sql);
    return (await pool.query(sql, [...params])).rows;
  };
  return new QueryCache({ cache, keyClass: 'query', run });
}

const byId = { sql: 'SELECT name FROM lamps WHERE id = $1', tables: ['lamps'] };

test('a result is answered by the cache until its table changes, in every process', async () => {
  const [first, second] = [await queryCache(), await queryCache()];
  await first.changed('lamps');
  for (const queries of [first, second, first]) {
    expect(await queries.read({ ...byId, params: [1] })).toEqual([{ name: 'desk' }]);
  }
  expect(statements).toHaveLength(1);
  await pool.query("UPDATE lamps SET name = 'wall' WHERE id = 1");
  await second.changed('lamps');
  expect(await second.read({ ...byId, params: [1] })).toEqual([{ name: 'wall' }]);
  await eventually(async () => {
    const rows = await first.read<{ name: string }>({ ...byId, params: [1] });
    return rows[0]?.name === 'wall';
  });
  await second.changed('orders');
  const before = statements.length;
  await second.read({ ...byId, params: [1] });
  expect(statements).toHaveLength(before);
});

test.each([
  ['other parameters', { ...byId, params: [1] }, { ...byId, params: [2] }, 2],
  [
    'parameters of another type',
    { sql: 'SELECT $1::text AS t', params: [1], tables: [] },
    { sql: 'SELECT $1::text AS t', params: ['1'], tables: [] },
    2,
  ],
  ['white space in a literal', { sql: "SELECT 'a b'", tables: [] }, { sql: "SELECT 'a  b'", tables: [] }, 2],
  ['white space in a name', { sql: 'SELECT 1 AS "a b"', tables: [] }, { sql: 'SELECT 1 AS "a  b"', tables: [] }, 2],
  ['white space elsewhere', { sql: 'SELECT  7\n AS n', tables: [] }, { sql: ' SELECT 7 AS n ', tables: [] }, 1],
  [
    'dates',
    { sql: 'SELECT $1::date', params: [new Date(0)], tables: [] },
    { sql: 'SELECT $1::date', params: [new Date(1e12)], tables: [] },
    2,
  ],
  [
    'bytes',
    { sql: 'SELECT length($1::bytea)', params: [Buffer.from([1])], tables: [] },
    { sql: 'SELECT length($1::bytea)', params: [Buffer.from([2])], tables: [] },
    2,
  ],
])('statements with %s are told apart as PostgreSQL does', async (_, one, other, loads) => {
  const queries = await queryCache();
  await queries.changed('lamps');
  await queries.read(one);
  await queries.read(other);
  expect(statements).toHaveLength(loads);
});
