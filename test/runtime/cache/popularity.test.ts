import {
  type CacheConnection,
  connectCache,
  createCache,
  Popularity,
  popularKeys,
  takeWarmHits,
} from '../../../runtime/cache';
import { CacheSeeder } from '../../../runtime/cache/seeding';
import { startServer, type TestServer } from '../support/cache-server';

const MINUTE = 60_000;
/** The middle of a window of five minutes. */
const NOON = Date.UTC(2026, 0, 1, 12, 2, 30);

let server: TestServer;
let connection: CacheConnection;
let namespace: string;

beforeAll(async () => {
  server = await startServer();
  connection = await connectCache({ url: server.url });
});

beforeEach(() => {
  namespace = `test${performance.now()}`;
});

afterAll(async () => {
  await connection?.close();
  await server?.stop();
});

function recorder(oneReadIn = 1): Popularity {
  return new Popularity({ connection, namespace, oneReadIn, classes: new Set(['item', 'ranking']) });
}

function read(popularity: Popularity, keyClass: string, id: string, times: number): void {
  for (let time = 0; time < times; time++) popularity.note(keyClass, id);
}

const popular = (now = NOON) => popularKeys({ connection, namespace, limit: 100, now });

test('adds up what several processes read, worth the time of a load', async () => {
  const [one, other] = [recorder(), recorder()];
  read(one, 'item', '1', 10);
  read(other, 'item', '1', 5);
  read(other, 'ranking', 'lamps', 3);
  one.loaded('item:1', 2);
  other.loaded('ranking:lamps', 100);
  await one.tell(NOON);
  await other.tell(NOON);
  expect(await popular()).toMatchObject([
    { class: 'ranking', id: 'lamps', reads: 3, score: 300 },
    { class: 'item', id: '1', reads: 15, score: 30 },
  ]);
  await Promise.all([one.close(), other.close()]);
});

test('a read counts half after a quarter of an hour, and nothing after an hour', async () => {
  const popularity = recorder();
  read(popularity, 'item', '1', 8);
  await popularity.tell(NOON - 15 * MINUTE);
  read(popularity, 'item', '2', 1_000);
  await popularity.tell(NOON - 61 * MINUTE);
  expect((await popular()).map(({ id, reads }) => [id, reads])).toEqual([['1', 4]]);
  await popularity.close();
});

test('a key that is wanted much more than before rises', async () => {
  const popularity = recorder();
  for (let ago = 10; ago <= 55; ago += 5) {
    read(popularity, 'item', 'steady', 20);
    await popularity.tell(NOON - ago * MINUTE);
  }
  read(popularity, 'item', 'steady', 30);
  read(popularity, 'item', 'new', 30);
  await popularity.tell(NOON);
  const rises = new Map((await popular()).map(({ id, rise }) => [id, rise]));
  // Half of the window has passed: 30 reads in it and none in the one before are 20 in a window.
  expect(rises.get('steady')).toBeCloseTo(1, 1);
  expect(rises.get('new')).toBeCloseTo(20, 1);
  await popularity.close();
});

test('counts a sample that stands for all', async () => {
  const popularity = recorder(16);
  read(popularity, 'item', '1', 32_000);
  await popularity.tell(NOON);
  const [{ reads } = { reads: 0 }] = await popular();
  // 2,000 samples: a twentieth is over two standard deviations of their count.
  expect(reads).toBeGreaterThan(30_000);
  expect(reads).toBeLessThan(34_000);
  await popularity.close();
});

test('ids of sensitive classes do not leave the process', async () => {
  const policies = {
    item: { cacheable: true, ttlMs: 1_000, memoryTtlMs: 0 },
    secret: { cacheable: true, ttlMs: 1_000, sensitive: true },
  } as const;
  const encryption = { current: 'k', keys: { k: Buffer.alloc(32, 1) }, naming: Buffer.alloc(32, 2) };
  const cache = createCache({ connection, namespace, policies, encryption, shareDemand: true });
  for (let time = 0; time < 200; time++) {
    await cache.get('secret', 'ann');
    await cache.get('item', 'lamp');
  }
  await cache.close();
  expect(new Set((await popular(Date.now())).map(({ class: keyClass }) => keyClass))).toEqual(new Set(['item']));
});

test('hits on entries that were seeded are counted, and taken once', async () => {
  const policies = { item: { cacheable: true, ttlMs: 60_000, memoryTtlMs: 0 } } as const;
  const seeder = new CacheSeeder({ connection, policies, namespace, server: { url: server.url } });
  const cache = createCache({ connection, namespace, policies, shareDemand: true });
  const inspection = await seeder.inspect(['1', '2'].map((id) => ({ class: 'item', id })));
  await seeder.store(
    inspection,
    inspection.keys.map((key) => ({ key, value: key.id, from: 'replica' })),
  );
  for (const id of ['1', '1', '3', '3']) await cache.getOrLoad('item', id, async () => 'loaded');
  await cache.close();
  expect(await takeWarmHits(connection, namespace)).toEqual(new Map([['item:1', 2]]));
  expect(await takeWarmHits(connection, namespace)).toEqual(new Map());
  seeder.close();
});
