import { type InvalidateDeps, invalidateChanges } from '../../../lambda/cache-invalidator/invalidate';
import { readChange } from '../../../lambda/cache-invalidator/read-change';
import { type Cache, type CacheConnection, connectCache, createCache, QueryCache } from '../../../runtime/cache';
import { Invalidator } from '../../../runtime/cache/invalidator';
import { newEvent } from '../../../runtime/events';
import { startServer, type TestServer } from '../../runtime/support/cache-server';
import { CountedMetrics } from '../cache-warmer/counted-metrics';

jest.setTimeout(60_000);

const policies = {
  item: { cacheable: true, ttlMs: 600_000, tags: (id: string) => [`item-${id}`] },
  query: { cacheable: true, queryResults: true, ttlMs: 600_000 },
} as const;

let server: TestServer;
let connection: CacheConnection;
let caches: Cache<keyof typeof policies>[];
let namespace: string;

beforeAll(async () => {
  server = await startServer();
  connection = await connectCache({ url: server.url, replyTimeoutMs: 10_000 });
});

beforeEach(async () => {
  namespace = `test${performance.now()}`;
  caches = [0, 1, 2].map(() => createCache({ connection, policies, namespace, maxUnheardMs: 20_000 }));
  await Promise.all(caches.map((cache) => cache.ready()));
});

afterEach(() => Promise.all(caches.map((cache) => cache.close())));

afterAll(async () => {
  await connection?.close();
  await server?.stop();
});

function message(tags: readonly string[], more: object = {}) {
  const data = { id: 5, category: 'lamps', title: 'Lamp', priceCents: 100, itemVersion: 2 };
  const event = newEvent({ type: 'ItemChanged', subject: 'item-5', data, tags });
  return { messageId: event.id, body: JSON.stringify({ 'detail-type': event.type, detail: { ...event, ...more } }) };
}

/** The real cache, everything after it written down. */
function recorded() {
  const steps: string[] = [];
  const metrics = new CountedMetrics();
  const invalidator = new Invalidator({ connection, policies, namespace, maxUnheardMs: 20_000 });
  const deps: InvalidateDeps = {
    invalidator,
    store: { want: async (items, _, ripeAt) => void steps.push(`want ${items.join(' ')} from ${ripeAt} on`) },
    flush: async () => {
      steps.push('purge');
      return [{ id: 'I1', reference: 'r', paths: ['#item-5'], tags: ['item-5'], wantedAt: 0 }];
    },
    confirm: async (id) => {
      steps.push(`confirm ${id}`);
      return true;
    },
    warm: async (tags) => void steps.push(`warm ${tags.join(' ')}`),
    deadLetter: async (_, reason) => void steps.push(`dead letter: ${reason}`),
    metrics,
    now: () => 0,
    settleMs: 200,
  };
  return { steps, metrics, deps };
}

test('the shared cache and every memory are empty before the CDN is asked, which is warmed when it has confirmed', async () => {
  let database = 'old';
  const read = (cache: Cache<keyof typeof policies> | undefined) => cache?.getOrLoad('item', '5', async () => database);
  for (const cache of caches) expect(await read(cache)).toBe('old');
  database = 'new';
  const { steps, deps } = recorded();
  const seen: unknown[] = [];
  const want: InvalidateDeps['store']['want'] = async (items, _, ripeAt) => {
    seen.push(...(await Promise.all(caches.map(read))));
    await deps.store.want(items, 0, ripeAt);
  };
  await invalidateChanges([message(['item-5']), message(['item-5'])], { ...deps, store: { want } });
  expect(seen).toEqual(['new', 'new', 'new']);
  expect(steps).toEqual(['want #item-5 from 200 on', 'purge', 'confirm I1', 'warm item-5']);
});

test('what the CDN does not confirm is not warmed: an edge could still answer with the old value', async () => {
  const { steps, deps } = recorded();
  await invalidateChanges([message(['item-5'])], { ...deps, confirm: async () => false });
  expect(steps).toEqual(['want #item-5 from 200 on', 'purge']);
});

test('a process that has ended is not waited for, and one that was killed for as long as it could answer', async () => {
  await caches[0]?.close();
  const { deps } = recorded();
  await connection.client().zAdd(`${namespace}:heard`, { score: 1, value: 'killed' });
  await connection.client().zAdd(`${namespace}:listeners`, { score: Date.now() - 30_000, value: 'killed' });
  await invalidateChanges([message(['item-5'])], deps);
  expect(await connection.client().zCard(`${namespace}:listeners`)).toBe(2);
});

test('what can never be read is put aside with the reason, and holds up nothing', async () => {
  const { steps, deps, metrics } = recorded();
  const long = 'x'.repeat(257);
  await invalidateChanges(
    [
      { messageId: 'a', body: 'no JSON' },
      { messageId: 'b', body: '{}' },
      message(['item-5'], { data: { id: 'five' } }),
      message(['item-5'], { tags: [long] }),
      message(['two words', 'a,b']),
      message(['path:robots.txt']),
      message(['item-7', 'path:/robots.txt']),
    ],
    deps,
  );
  const letters = steps.filter((step) => step.startsWith('dead letter'));
  expect(letters).toHaveLength(6);
  expect(letters[0]).toContain('not valid JSON');
  expect(letters[2]).toContain('`event.data.id`');
  expect(letters[3]).toContain(`a tag must have at most 256 characters, got 257: "${'x'.repeat(60)}…"`);
  expect(letters[4]).toContain('without commas, got "two words"; a tag must be 1 to 256');
  expect(letters[5]).toContain('a path must begin with / and be visible ASCII characters, got "robots.txt"');
  expect(steps).toContain('want #item-7 /robots.txt from 200 on');
  expect(metrics.of('cache_invalidation_events_rejected_total')).toBe(6);
});

test('a cache that cannot be told brings the messages back, and the CDN is not asked', async () => {
  const { steps, deps } = recorded();
  const invalidate = () => Promise.reject(new Error('no cache'));
  const invalidating = invalidateChanges([message(['item-5'])], {
    ...deps,
    invalidator: { ...deps.invalidator, invalidate },
  });
  await expect(invalidating).rejects.toThrow('no cache');
  expect(steps).toEqual([]);
});

test('thousands of tags are told in steps', async () => {
  const invalidator = new Invalidator({ connection, policies, namespace, maxUnheardMs: 20_000 });
  await Promise.all(caches.map((cache) => cache.getOrLoad('item', '1999', async () => 'old')));
  await invalidator.heard(await invalidator.invalidate(Array.from({ length: 2_000 }, (_, index) => `item-${index}`)));
  expect(await Promise.all(caches.map((cache) => cache.get('item', '1999')))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('a message names tags and paths', () => {
  expect(readChange(message(['item-5', 'path:/a/*']).body)).toEqual({
    tags: ['item-5'],
    paths: ['/a/*'],
    tables: ['items'],
  });
});

test.each([
  ['tags', ['item-5'], 'want #item-5 from 200 on'],
  ['no tag at all', [], undefined],
])('an event with %s outdates the query results of its table in every memory, and no others', async (_, tags, want) => {
  let rows: readonly unknown[] = [{ title: 'old' }];
  let statements = 0;
  const run = async <R>(): Promise<readonly R[]> => {
    statements++;
    return rows as readonly R[];
  };
  const queries = caches.map((cache) => new QueryCache({ cache, keyClass: 'query', run }));
  const read = (table: string) =>
    Promise.all(queries.map((one) => one.read({ sql: `TABLE ${table}`, tables: [table] })));
  await read('items');
  await read('orders');
  expect(statements).toBe(2);
  rows = [{ title: 'new' }];
  const { steps, deps } = recorded();
  await invalidateChanges([message(tags)], deps);
  expect(await read('items')).toEqual([[{ title: 'new' }], [{ title: 'new' }], [{ title: 'new' }]]);
  expect(await read('orders')).toEqual([[{ title: 'old' }], [{ title: 'old' }], [{ title: 'old' }]]);
  expect(statements).toBe(3);
  expect(steps.find((step) => step.startsWith('want'))).toBe(want);
});
