import type { WarmingDeps, WarmingReport } from '../../../lambda/cache-warmer/run-warming';
import type { EdgeRegion } from '../../../lambda/cache-warmer/warm-edge';
import type { EdgeReport } from '../../../lambda/shared/edge-order';
import type { Cache, CachedResponse } from '../../../runtime/cache';
import type { KeyClass } from '../../../service/src/cache-policies';
import { updateItem } from '../../../service/src/catalogue/items';
import { itemsPage } from '../../../service/src/catalogue/pages';
import { eventually } from '../../runtime/support/eventually';
import { startWarmingRig, type WarmingRig } from './warming-rig';

jest.setTimeout(120_000);

let rig: WarmingRig;
let cache: Cache<KeyClass>;

beforeAll(async () => {
  rig = await startWarmingRig();
});

beforeEach(async () => {
  await rig.connection.client().flushAll();
  cache = await rig.newCache();
});

afterAll(() => rig?.stop());

/** The answer that a process finds without a load. */
async function found<T = CachedResponse>(keyClass: KeyClass, id: string): Promise<T> {
  const value = await cache.getOrLoad<T>(keyClass, id, async () => {
    throw new Error(`${keyClass}:${id} must come from the cache`);
  });
  if (value === undefined) throw new Error(`${keyClass}:${id} is known not to exist`);
  return value;
}

/** Reads, and tells the server at the end. */
async function demand(reads: readonly (readonly [keyClass: KeyClass, id: string, times: number])[]): Promise<void> {
  const demanding = await rig.newCache();
  for (const [keyClass, id, times] of reads) for (let time = 0; time < times; time++) await demanding.get(keyClass, id);
  await demanding.close();
}

/** One in sixteen reads is counted, at distances of at most 31: so many that every key is counted. */
const OFTEN = 40;

function warmed(report: WarmingReport) {
  if ('skipped' in report) throw new Error(report.skipped);
  return report;
}

test('what is popular or declared is answered without a load, and the database was asked in batches', async () => {
  const ids = Array.from({ length: 150 }, (_, index) => `${index + 1}`);
  await demand(ids.map((id) => ['item', id, OFTEN] as const));
  const before = rig.statements();
  const report = warmed(await rig.warm({ warm: 'all', reason: 'schedule' }));
  const statements = rig.statements() - before;
  const answers = await Promise.all(ids.map((id) => found('item', id)));
  expect(answers.map(({ body }) => JSON.parse(String(body)).id)).toEqual(ids.map(Number));
  expect((await found('page', '|20|')).headers['cache-tag']).toMatch(/^category-all,item-/);
  expect(await found('categories', 'popular')).toHaveLength(3);
  // 150 items in two loads, the first pages of all categories and of the whole catalogue in one with two statements,
  // rankings and categories in one each; one more finds the declared categories.
  expect(report.loads).toBe(5);
  expect(statements).toBe(7);
  expect(report).toMatchObject({ left: 0, overtaken: 0, absent: 0, reason: 'schedule' });
});

test('the values are those that the routes would have stored', async () => {
  const { items } = await itemsPage(rig.database, { limit: 3 }, 'primary');
  await demand([
    ['page', '|3|', OFTEN],
    ['search', '3||lamp', OFTEN],
  ]);
  await rig.warm({ warm: 'all' });
  const page = await found('page', '|3|');
  expect(page.headers['cache-tag']).toBe(['category-all', ...items.map(({ id }) => `item-${id}`)].join(','));
  await cache.invalidate({ tags: [`item-${items[2]?.id}`] });
  expect(await cache.get('page', '|3|')).toBeUndefined();
});

test('what will not expire before the next run is left alone', async () => {
  await demand([['item', '1', OFTEN]]);
  const first = warmed(await rig.warm({ warm: 'all' }));
  const second = warmed(await rig.warm({ warm: 'all' }));
  expect(second).toMatchObject({ warmed: 0, loads: 0, fresh: first.warmed });
});

test('what was changed a moment ago comes from the primary, however far the replicas lag', async () => {
  await demand([['item', '7', OFTEN]]);
  await Promise.all(rig.tier.replicas.map((replica) => replica.pauseReplay()));
  try {
    const changed = await updateItem(rig.database, 7, 1, { title: 'changed' });
    await cache.invalidate({ tags: ['item-7'] });
    await rig.warm({ warm: ['item-7'] });
    const { body } = await found('item', '7');
    expect(JSON.parse(String(body))).toMatchObject({ title: 'changed', version: changed?.version });
  } finally {
    await Promise.all(rig.tier.replicas.map((replica) => replica.resumeReplay()));
  }
});

test('after an invalidation only what is wanted and carries the tag is warmed', async () => {
  await demand([
    ['item', '1', OFTEN],
    ['item', '2', OFTEN],
  ]);
  await rig.warm({ warm: 'all' });
  await cache.invalidate({ tags: ['item-1', 'item-2', 'item-3'] });
  const report = warmed(await rig.warm({ warm: ['item-1', 'item-3'] }));
  expect(report).toMatchObject({ warmed: 1, reason: 'invalidation' });
  expect(await cache.get('item', '1')).toBeDefined();
});

test('a trend is warmed by its own schedule, and a flushed cache is noticed by it', async () => {
  await rig.warm({ warm: 'all' });
  await demand([['item', '9', OFTEN]]);
  expect(warmed(await rig.warm({ warm: 'trending' }))).toMatchObject({ warmed: 1, reason: 'trending' });
  await rig.connection.client().flushAll();
  const report = warmed(await rig.warm({ warm: 'trending' }));
  expect(report.reason).toBe('failover');
  expect(report.warmed).toBeGreaterThan(3);
});

test('only one run at a time; one that was replaced writes nothing more', async () => {
  await demand([['item', '1', OFTEN]]);
  let inside: WarmingReport | undefined;
  const report = warmed(
    await rig.warm(
      { warm: 'all' },
      {
        pressure: async () => {
          inside ??= await rig.warm({ warm: 'all' });
          // As when it hung for longer than its lock holds, and another run took over.
          await rig.connection.client().set('headroom:warming:lock', 'another');
          return undefined;
        },
        regions: [{ name: 'home', ask: () => Promise.reject(new Error('the other run asks')) }],
      },
      { edge: { maxRequests: 10, monthlyRequests: 10_000 } },
    ),
  );
  expect(inside).toEqual({ skipped: 'another run is under way' });
  expect(report).toMatchObject({ warmed: 0, replaced: true, edge: 'none' });
  expect(await cache.get('item', '1')).toBeUndefined();
});

test('a run whose time is up keeps what it has, and the next one goes on', async () => {
  await demand(Array.from({ length: 30 }, (_, index) => ['item', `${index + 1}`, OFTEN] as const));
  let asked = 0;
  const now = (): number => (asked > 4 ? Date.now() + 120_000 : Date.now());
  const pressure = async (): Promise<undefined> => {
    asked++;
  };
  const cut = warmed(await rig.warm({ warm: 'all' }, { now, pressure }, { batchSize: 3 }));
  expect(cut.left).toBeGreaterThan(0);
  expect(cut.warmed).toBeGreaterThan(0);
  const rest = warmed(await rig.warm({ warm: 'all' }, {}, { batchSize: 3 }));
  expect(rest).toMatchObject({ left: 0, fresh: cut.warmed });
});

test('says what became of what was warmed', async () => {
  await demand([
    ['item', '1', OFTEN],
    ['item', '2', OFTEN],
  ]);
  const first = warmed(await rig.warm({ warm: 'all' }));
  const reader = await rig.newCache();
  const other = await rig.newCache();
  await reader.get('item', '1');
  await other.get('item', '1');
  await other.get('ranking', 'absent');
  await Promise.all([reader.close(), other.close()]);
  await rig.warm({ warm: 'all' });
  expect(rig.metrics.of('cache_warm_hits_total')).toBe(2);
  expect(rig.metrics.of('cache_misses_avoided_total')).toBe(1);
  expect(rig.metrics.of('cache_warming_effectiveness')).toBeCloseTo(1 / first.warmed, 10);
});

test('edges are warmed with what shows the keys to viewers, and what became of it is counted by region', async () => {
  await demand([
    ['item', '1', OFTEN],
    ['features', '1', OFTEN],
  ]);
  const asked: Record<string, readonly string[]> = {};
  const region = (name: string, answer: Partial<EdgeReport> | Error): EdgeRegion => ({
    name,
    ask: async (paths) => {
      asked[name] = paths;
      if (answer instanceof Error) throw answer;
      return { requests: paths.length, hits: 0, failed: 0, gigabyteSeconds: 0, ...answer };
    },
  });
  const regions = [region('home', { hits: 1, failed: 2 }), region('west', new Error('no answer'))];
  const costs: unknown[] = [];
  const costOf: WarmingDeps['costOf'] = (_, edge) => costs.push(edge);
  const edge = { maxRequests: 1_000, monthlyRequests: 10_000 };
  const report = warmed(await rig.warm({ warm: 'all' }, { regions, costOf }, { edge }));
  // The whole catalogue and its six categories are declared; the parts of an answer have no path.
  expect(asked['home']).toHaveLength(8);
  expect(asked['home']?.[0]).toBe('/api/items');
  expect(asked['home']?.at(-1)).toBe('/api/items/1');
  expect(asked['west']).toEqual(asked['home']);
  expect(report.edge).toMatchObject({ requests: 16, left: 0 });
  expect(costs).toEqual([report.edge === 'none' ? 'none' : report.edge.regions]);
  const count = (series: string) => rig.metrics.of(`cache_warming_edge_requests_total{${series}}`);
  expect(['hit', 'miss', 'failed', 'unknown'].map((result) => count(`home,${result}`))).toEqual([1, 5, 2, undefined]);
  expect(['hit', 'miss', 'failed', 'unknown'].map((result) => count(`west,${result}`))).toEqual([
    undefined,
    undefined,
    undefined,
    8,
  ]);
  expect(rig.metrics.of('cache_warming_region_failures_total{west}')).toBe(1);
  expect(rig.metrics.of('cache_warming_region_failures_total{home}')).toBeUndefined();
});

test('a month has its own count, which a flushed cache does not take with it', async () => {
  const asking: EdgeRegion = {
    name: 'home',
    ask: async (paths) => ({ requests: paths.length, hits: 0, failed: 0, gigabyteSeconds: 0 }),
  };
  const run = async (at: string): Promise<unknown> => {
    const now = () => Date.parse(at);
    const edge = { maxRequests: 3, monthlyRequests: 5 };
    await rig.connection.client().flushAll();
    const report = warmed(
      await rig.warm({ warm: 'all' }, { now, regions: [asking] }, { edge, deadline: Date.parse('2100-01-01') }),
    );
    return report.edge === 'none' ? 'none' : report.edge.requests;
  };
  expect(await run('2031-01-31T23:59:59Z')).toBe(3);
  expect(await run('2031-01-31T23:59:59Z')).toBe(2);
  expect(await run('2031-01-31T23:59:59Z')).toBe(0);
  expect(await run('2031-02-01T00:00:00Z')).toBe(3);
});

test('the database is away: the run fails, the lock is free, and what was warm stays warm', async () => {
  await demand([['item', '1', OFTEN]]);
  await rig.warm({ warm: 'all' });
  const failing = rig.warm({ warm: 'all' }, { declared: () => Promise.reject(new Error('no database')) });
  await expect(failing).rejects.toThrow('no database');
  await eventually(async () => !('skipped' in (await rig.warm({ warm: 'all' }))));
  expect(await cache.get('item', '1')).toBeDefined();
});
