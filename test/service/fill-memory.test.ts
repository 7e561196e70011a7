import { connectCache, createCache, Popularity } from '../../runtime/cache';
import { cachePolicies } from '../../service/src/cache-policies';
import { fillMemory } from '../../service/src/warming/fill-memory';
import { startServer, type TestServer } from '../runtime/support/cache-server';

const encryption = { current: 'k', keys: { k: Buffer.alloc(32, 1) }, naming: Buffer.alloc(32, 2) };

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

const answer = { headers: { etag: 'W/"1"' }, body: Buffer.from('{}') };

test('a process that starts has in its memory what all processes are asked for most', async () => {
  const connection = await connectCache({ url: server.url, replyTimeoutMs: 10_000 });
  const [other, starting] = [0, 1].map(() => createCache({ connection, policies: cachePolicies, encryption }));
  if (other === undefined || starting === undefined) throw new Error('two caches were created');
  const popularity = new Popularity({ connection, namespace: 'headroom', classes: new Set(['item']), oneReadIn: 1 });
  for (let id = 1; id <= 5; id++) {
    if (id !== 4) await other.set('item', `${id}`, answer);
    for (let read = 0; read < 10 - id; read++) popularity.note('item', `${id}`);
  }
  await popularity.tell();
  expect(await fillMemory({ cache: starting, connection, keys: 4, boundMs: 20_000 })).toBe(3);
  const tiers: string[] = [];
  for (const id of ['1', '2', '3', '5']) {
    await starting.getOrLoad('item', id, async () => answer, { onTier: (tier) => tiers.push(tier) });
  }
  expect(tiers).toEqual(['memory', 'memory', 'memory', 'server']);
  await Promise.all([popularity.close(), other.close(), starting.close()]);
  await connection.close();
});

test('a process starts without the shared cache too', async () => {
  const connection = await connectCache({ url: 'redis://127.0.0.1:1', connectTimeoutMs: 1 });
  const cache = createCache({ connection, policies: cachePolicies, encryption });
  expect(await fillMemory({ cache, connection, keys: 10, boundMs: 50 })).toBe(0);
  await cache.close();
  await connection.close();
});
