import {
  type Cache,
  type CacheConnection,
  CachePolicyError,
  CacheUnavailableError,
  connectCache,
  createCache,
} from '../../../../runtime/cache';
import { CacheSeeder, FenceLostError, type Inspection, type Seed } from '../../../../runtime/cache/seeding';
import { startServer, type TestServer } from '../../support/cache-server';
import { eventually } from '../../support/eventually';

const policies = {
  item: { cacheable: true, ttlMs: 60_000, tags: (id: string) => [`item-${id}`] },
  page: { cacheable: true, ttlMs: 60_000 },
  bare: { cacheable: true, ttlMs: 60_000, memoryTtlMs: 0 },
  secret: { cacheable: true, ttlMs: 60_000, sensitive: true },
} as const;
const encryption = { current: 'k', keys: { k: Buffer.alloc(32, 1) }, naming: Buffer.alloc(32, 2) };

let server: TestServer;
let connection: CacheConnection;
let namespace: string;
let cache: Cache<keyof typeof policies>;
let seeder: CacheSeeder;

beforeAll(async () => {
  server = await startServer();
  connection = await connectCache({ url: server.url });
});

beforeEach(async () => {
  namespace = `test${performance.now()}`;
  cache = createCache({ connection, policies, namespace, encryption });
  seeder = new CacheSeeder({ connection, policies, namespace, server: { url: server.url } });
  await cache.ready();
});

afterEach(async () => {
  seeder.close();
  await cache.close();
});

afterAll(async () => {
  await connection?.close();
  await server?.stop();
});

const key = (keyClass: string, id: string) => ({ class: keyClass, id });
const unexpected = async (): Promise<never> => {
  throw new Error('the value must come from the cache');
};

/** Every inspected key with a value that says which it is. */
function seeds(inspection: Inspection, more: Partial<Seed> = {}): Seed[] {
  return inspection.keys.map((one) => ({ key: one, value: { id: one.id }, from: 'replica', ...more }));
}

test('what is seeded is answered without a load, with its TTL spread', async () => {
  const ids = Array.from({ length: 300 }, (_, index) => `${index} ü`);
  const inspection = await seeder.inspect(ids.map((id) => key('item', id)));
  expect(inspection.keys.every(({ freshForMs }) => freshForMs === 0)).toBe(true);
  expect(await seeder.store(inspection, seeds(inspection))).toEqual({ stored: 300, overtaken: 0 });
  const found = await cache.getMany('item', ids, unexpected);
  expect(ids.map((id) => found.get(id))).toEqual(ids.map((id) => ({ id })));
  const again = (await seeder.inspect(ids.map((id) => key('item', id)))).keys.map(({ freshForMs }) => freshForMs);
  expect(Math.min(...again)).toBeGreaterThan(50_000);
  expect(Math.max(...again) - Math.min(...again)).toBeGreaterThan(6_000);
});

test('an entry that one of its tags has outdated counts as absent', async () => {
  await cache.getOrLoad('page', 'first', async (load) => {
    load.tag('item-1');
    return 'old';
  });
  const [before] = (await seeder.inspect([key('page', 'first')])).keys;
  await cache.invalidate({ tags: ['item-1'] });
  const [after] = (await seeder.inspect([key('page', 'first')])).keys;
  expect([before?.freshForMs !== 0, after?.freshForMs]).toEqual([true, 0]);
});

test('a key that was just invalidated, by itself or by a tag, is to be loaded from the primary', async () => {
  await cache.invalidate({ tags: ['item-1'], keys: [{ class: 'bare', id: 'x' }] });
  const { keys } = await seeder.inspect([key('item', '1'), key('item', '2'), key('bare', 'x'), key('bare', 'y')]);
  expect(keys.map(({ preferPrimary }) => preferPrimary)).toEqual([true, false, true, false]);
});

test.each([
  ['its key', { keys: [{ class: 'bare', id: '1' }] } as const],
  ['a tag that only its value told', { tags: ['shelf'] }],
])('a value whose load was overtaken by an invalidation of %s is not stored', async (_, invalidation) => {
  const inspection = await seeder.inspect([key('bare', '1'), key('bare', '2')]);
  await cache.invalidate(invalidation);
  const values = seeds(inspection, { from: 'primary' }).map((seed) =>
    seed.key.id === '1' ? { ...seed, tags: ['shelf'] } : seed,
  );
  expect(await seeder.store(inspection, values)).toEqual({ stored: 1, overtaken: 1 });
  expect(await cache.get('bare', '1')).toBeUndefined();
  expect(await cache.get('bare', '2')).toEqual({ id: '2' });
});

test('a value from a replica is not stored when a tag of it was invalidated within the lag budget before the load', async () => {
  await cache.invalidate({ tags: ['shelf'] });
  const inspection = await seeder.inspect([key('bare', '1')]);
  const fromReplica = await seeder.store(inspection, seeds(inspection, { tags: ['shelf'] }));
  const fromPrimary = await seeder.store(inspection, seeds(inspection, { tags: ['shelf'], from: 'primary' }));
  expect([fromReplica.stored, fromPrimary.stored]).toEqual([0, 1]);
});

test('a load that took nearly as long as marks of invalidations live is not stored', async () => {
  const hasty = new CacheSeeder({
    connection,
    policies,
    namespace,
    server: { url: server.url },
    replicationLagBudgetMs: 1,
  });
  const inspection = await hasty.inspect([key('bare', '1')]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await hasty.store(inspection, seeds(inspection))).toEqual({ stored: 0, overtaken: 1 });
  hasty.close();
});

test('an invalidation between the last look and the write ends the write', async () => {
  const inspection = await seeder.inspect([key('bare', '1')]);
  let [stores, stored] = [0, 0];
  let storing = true;
  const invalidating = (async () => {
    while (storing) await cache.invalidate({ keys: [{ class: 'bare', id: '1' }] });
  })();
  // Whenever it stores, the entry must be younger than every invalidation; this one is older than the first of them.
  await eventually(async () => (await seeder.inspect([key('bare', '1')])).clock > inspection.clock);
  while (stores < 50) {
    stores++;
    stored += (await seeder.store(inspection, seeds(inspection))).stored;
  }
  storing = false;
  await invalidating;
  expect(stored).toBe(0);
  expect(await cache.get('bare', '1')).toBeUndefined();
});

test('nothing is stored by whoever lost the right to seed', async () => {
  const fence = { key: `${namespace}:warming`, token: '7' };
  await connection.client().set(fence.key, '7');
  const inspection = await seeder.inspect([key('bare', '1')]);
  expect(await seeder.store(inspection, seeds(inspection), fence)).toEqual({ stored: 1, overtaken: 0 });
  await connection.client().set(fence.key, '8');
  await expect(seeder.store(inspection, seeds(inspection), fence)).rejects.toThrow(FenceLostError);
  await connection.client().del(fence.key);
  await expect(seeder.store(inspection, seeds(inspection), fence)).rejects.toThrow('has gone to another');
});

test('a sensitive class is not seeded', async () => {
  await expect(seeder.inspect([key('secret', '1')])).rejects.toThrow(CachePolicyError);
});

test('a server that is not there is told as such', async () => {
  const lost = new CacheSeeder({ connection, policies, namespace, server: { url: 'redis://127.0.0.1:1' } });
  const inspection = await lost.inspect([key('bare', '1')]);
  await expect(lost.store(inspection, seeds(inspection))).rejects.toThrow(CacheUnavailableError);
});
