import {
  type Cache,
  type CacheConnection,
  type CacheConnectionOptions,
  connectCache,
  createCache,
  Popularity,
} from '../../runtime/cache';
import { cachePolicies, type KeyClass } from '../../service/src/cache-policies';
import { fillMemory } from '../../service/src/warming/fill-memory';
import { FaultProxy } from '../local';
import { startServer, type TestServer } from '../runtime/support/cache-server';
import { killServices, startService } from './rig/service-process';

const encryption = { current: 'k', keys: { k: Buffer.alloc(32, 1) }, naming: Buffer.alloc(32, 2) };
const answer = { headers: { etag: 'W/"1"' }, body: Buffer.from('{}') };

let server: TestServer;
/** What a test has opened; closed in reverse, whatever became of the test. */
let opened: (() => unknown)[] = [];

beforeAll(async () => {
  server = await startServer();
});

afterEach(async () => {
  for (const close of opened.reverse()) await close();
  opened = [];
  killServices();
});

afterAll(() => server?.stop());

async function connect(options: Partial<CacheConnectionOptions> = {}): Promise<CacheConnection> {
  const connection = await connectCache({ url: server.url, replyTimeoutMs: 10_000, ...options });
  opened.push(() => connection.close());
  return connection;
}

/** The cache of a process, its memory empty. */
function cacheOn(connection: CacheConnection): Cache<KeyClass> {
  const cache = createCache({ connection, policies: cachePolicies, encryption });
  opened.push(() => cache.close());
  return cache;
}

/** Tells all processes of reads of items, so many of each. */
async function demand(connection: CacheConnection, reads: Readonly<Record<string, number>>): Promise<void> {
  const popularity = new Popularity({ connection, namespace: 'headroom', classes: new Set(['item']), oneReadIn: 1 });
  for (const [id, times] of Object.entries(reads)) for (let read = 0; read < times; read++) popularity.note('item', id);
  await popularity.close();
}

test('a process that starts has in its memory what all processes are asked for most', async () => {
  const connection = await connect();
  const [other, starting] = [cacheOn(connection), cacheOn(connection)];
  for (const id of ['1', '2', '3', '5']) await other.set('item', id, answer);
  await demand(connection, { 1: 9, 2: 8, 3: 7, 4: 6, 5: 5 });
  expect(await fillMemory({ cache: starting, connection, keys: 4, boundMs: 20_000 })).toBe(3);
  const tiers: string[] = [];
  for (const id of ['1', '2', '3', '5']) {
    await starting.getOrLoad('item', id, async () => answer, { onTier: (tier) => tiers.push(tier) });
  }
  expect(tiers).toEqual(['memory', 'memory', 'memory', 'server']);
});

test('a task is healthy only when its memory is filled: nothing listens before', async () => {
  const connection = await connect();
  await connection.client().flushAll();
  const other = cacheOn(connection);
  for (const id of ['1', '2', '3']) await other.set('item', id, answer);
  await demand(connection, { 1: 1, 2: 1, 3: 1 });
  const service = await startService({ CACHE_URL: server.url, CACHE_CONNECT_MILLISECONDS: '10000' });
  const messages = service.log.map(({ msg }) => String(msg));
  const listening = messages.findIndex((message) => message.startsWith('listening at '));
  expect(messages.slice(0, listening)).toContain('memory filled');
  expect(await service.logged('memory filled')).toMatchObject({ keys: 3 });
  await service.stop();
});

test('a shared cache that says nothing does not keep a process from its start', async () => {
  const proxy = await FaultProxy.start({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
  opened.push(() => proxy.stop());
  const connection = await connect({ url: `redis://127.0.0.1:${proxy.port}`, replyTimeoutMs: 3_600_000 });
  const cache = cacheOn(connection);
  opened.push(() => proxy.heal());
  await cache.ready();
  await proxy.inject({ blackHole: true });
  expect(await fillMemory({ cache, connection, keys: 10, boundMs: 50 })).toBe(0);
});

test('a process starts without the shared cache too', async () => {
  const connection = await connect({ url: 'redis://127.0.0.1:1', connectTimeoutMs: 1 });
  expect(await fillMemory({ cache: cacheOn(connection), connection, keys: 10, boundMs: 50 })).toBe(0);
});
