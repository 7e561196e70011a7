import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { purgeDistribution } from '../../../lambda/cache-invalidator/cloudfront';
import { type FlushOptions, flushPurges, type PurgeAnswer } from '../../../lambda/cache-invalidator/flush-purges';
import { PurgeStore } from '../../../lambda/cache-invalidator/purge-store';
import { PurgeTurn } from '../../../lambda/cache-invalidator/purge-turn';
import { createDatabase, type Database } from '../../../runtime/database';
import type { DataTier } from '../../local';
import { type CloudFrontServer, startCloudFrontServer } from '../../local/cloudfront-server';
import { startServiceData } from '../../service/rig/local-service';
import { CountedMetrics } from '../cache-warmer/counted-metrics';
import { VirtualClock } from './virtual-clock';

jest.setTimeout(120_000);

const NOON = Date.UTC(2026, 0, 15, 12);
const MINUTE = 60_000;

let tier: DataTier;
let database: Database;
/** The same database, whose statements are counted. */
let watched: Pick<Database, 'write'>;
let store: PurgeStore;
let cloudFront: CloudFrontServer;
let clock: VirtualClock;
let metrics: CountedMetrics;
let refused: PurgeAnswer[];
/** After how long another execution was asked to go on, in ms. */
let wentOn: number[];
/** Statements and requests that are under way. */
let underWay = 0;

beforeAll(async () => {
  tier = await startServiceData({ replicas: 0, items: 1, events: 1 });
  const { host, port } = tier.primary;
  database = createDatabase({
    credentials: { user: 'app_rw', database: tier.credentials.database },
    primary: { name: 'primary', host, port },
  });
  watched = { write: (sql, params, options) => counted(database.write(sql, params, options)) };
  store = new PurgeStore(watched);
});

beforeEach(async () => {
  await database.write('DELETE FROM cdn_purges');
  await database.write('DELETE FROM cdn_purge_batches');
  await database.write(
    `UPDATE cdn_purge_turn SET holder = NULL, held_until = '-infinity', next_at = '-infinity', refusals = 0,
       looked_after_at = '-infinity'`,
  );
  cloudFront = await startCloudFrontServer();
  clock = new VirtualClock(NOON);
  metrics = new CountedMetrics();
  refused = [];
  wentOn = [];
});

afterEach(() => cloudFront.stop());

afterAll(async () => {
  await database?.close();
  await tier?.stop();
});

const usual: Omit<FlushOptions, 'deadline'> = {
  windowMs: 5_000,
  wildcardFrom: 100,
  wildcard: '/api/*',
  monthlyPaths: 1_000,
  whenSpent: { wildcardEveryMs: 300_000 },
};

/** Nothing is on its way any more, unless a test says so. */
const want = (items: readonly string[], wantedAt: number, ripeAt = wantedAt) => store.want(items, wantedAt, ripeAt);

const turnOf = (holder: string) => new PurgeTurn(holder, { database: watched, now: clock.now, sleep: clock.sleep });

/** One execution of the function, with seconds to live. */
function flush(options: Partial<FlushOptions> = {}) {
  const client = new CloudFrontClient({
    endpoint: cloudFront.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
    requestHandler: { requestTimeout: 500, throwOnRequestTimeout: true },
  });
  return flushPurges(
    {
      store,
      turn: turnOf,
      metrics,
      now: clock.now,
      sleep: clock.sleep,
      goOn: async (afterMs) => void wentOn.push(afterMs),
      purge: (batch) => counted(purgeDistribution({ client, distributionId: 'E1' }, batch)),
      onRefusal: (answer) => refused.push(answer),
    },
    { ...usual, deadline: clock.now() + 30_000, ...options },
  );
}

/** Lets time pass until `flushing` has ended. */
async function finished(flushing: Promise<unknown>): Promise<void> {
  let running = true;
  void flushing.finally(() => {
    running = false;
  });
  while (running) {
    await settle();
    await clock.advance(clock.now() + 100, settle);
  }
}

const counted = <T>(work: Promise<T>): Promise<T> => {
  underWay++;
  return work.finally(() => {
    underWay--;
  });
};

/** Lets whatever was woken do its work, until it sleeps or has ended. */
async function settle(): Promise<void> {
  for (let idle = 0; idle < 3; idle = underWay === 0 ? idle + 1 : 0)
    await new Promise((resolve) => setImmediate(resolve));
}

const itemsSent = (): string[] => cloudFront.invalidations.flatMap(({ items }) => items);

test('sends what is wanted in one request, each item once', async () => {
  await want(['#item-1', '#item-2'], NOON - 3_000);
  await want(['#item-2', '/robots.txt'], NOON - 1_000);
  const taken = await flush();
  expect(itemsSent()).toEqual(['#item-1', '#item-2', '/robots.txt']);
  expect(taken).toMatchObject([{ id: 'I1', tags: ['item-1', 'item-2'] }]);
  expect(metrics.of('cdn_invalidation_delay_seconds')).toBe(3);
  expect(metrics.of('cdn_invalidation_paths_total{tag}')).toBe(2);
  expect(await store.pending()).toBe(0);
});

test('ten thousand changes in a minute cost twelve requests, and every one of them is covered', async () => {
  const flushes: Promise<unknown>[] = [];
  for (let batch = 0; batch < 1_000; batch++) {
    const items = Array.from({ length: 10 }, (_, index) => `#item-${(batch * 10 + index) % 50}`);
    await want(items, clock.now());
    // Every tenth batch is looked at by an execution of its own while another one waits for its window.
    if (batch % 10 === 0) flushes.push(flush());
    await clock.advance(NOON + (batch + 1) * 60, settle);
  }
  await clock.advance(NOON + 2 * MINUTE, settle);
  await Promise.all(flushes);
  expect(cloudFront.creations).toBeLessThanOrEqual(13);
  expect(cloudFront.creations).toBeGreaterThan(5);
  expect(new Set(itemsSent()).size).toBe(50);
  expect(await store.pending()).toBe(0);
});

test('many different tags at once are one wildcard, which is one path', async () => {
  await want(
    Array.from({ length: 5_000 }, (_, index) => `#item-${index}`),
    NOON,
  );
  const [taken] = await flush();
  expect(itemsSent()).toEqual(['/api/*']);
  expect(taken?.tags).toHaveLength(5_000);
  expect(metrics.of('cdn_invalidation_paths_total{wildcard}')).toBe(1);
});

test.each([
  ['TooManyInvalidationsInProgress', 400],
  ['Throttling', 400],
  ['ThrottlingException', 429],
  ['ServiceUnavailable', 503],
  ['InternalError', 500],
  ['AccessDenied', 403],
])('nothing is lost when the CDN answers %s for ten minutes', async (code, status) => {
  cloudFront.refuse(code, status, 1_000);
  for (let minute = 0; minute < 10; minute++) {
    await want([`#item-${minute}`], clock.now());
    await finished(flush());
    clock.time += MINUTE;
  }
  // Pauses of 5, 10 and then at least 20 s: three in the first half minute, one in each of the others.
  expect(cloudFront.creations).toBeLessThanOrEqual(12);
  await cloudFront.stop();
  cloudFront = await startCloudFrontServer();
  await finished(flush());
  expect(new Set(itemsSent())).toEqual(new Set(Array.from({ length: 10 }, (_, minute) => `#item-${minute}`)));
  // What was refused is the same request as before, and all that came meanwhile is the second one.
  expect(cloudFront.creations).toBe(2);
  expect(refused[0]).toMatchObject({ outcome: 'refused', reason: expect.stringContaining(code) });
});

test('pauses double up to a minute while the CDN refuses, each shorter by up to a half', async () => {
  cloudFront.refuse('Throttling', 400, 1_000);
  await want(['#item-1'], NOON);
  for (const longest of [2, 4, 8, 16, 32, 60, 60]) {
    await flush({ windowMs: 1_000, deadline: clock.now() + 100 });
    const { rows } = await database.write<{ next_at: Date }>('SELECT next_at FROM cdn_purge_turn');
    const pause = Number(rows[0]?.next_at) - clock.now();
    expect(pause).toBeGreaterThanOrEqual(longest * 500);
    expect(pause).toBeLessThanOrEqual(longest * 1_000);
    clock.time += pause;
  }
  expect(cloudFront.creations).toBe(7);
});

test.each([
  ['no answer', () => cloudFront.fail('no answer')],
  ['an answer that was lost on its way', () => cloudFront.loseAnswer()],
])('after %s the same request is sent again, under the same reference', async (_, fail) => {
  await want(['#item-1'], NOON);
  fail();
  await flush({ deadline: NOON + 1_000 });
  await want(['#item-2'], NOON);
  clock.time += MINUTE;
  await finished(flush({ deadline: clock.now() + 1_000 }));
  expect(cloudFront.invalidations.map(({ items }) => items)).toEqual([['#item-1']]);
  clock.time += MINUTE;
  await flush();
  expect(cloudFront.invalidations.map(({ items }) => items)).toEqual([['#item-1'], ['#item-2']]);
});

test('a request that the CDN calls wrong becomes a wildcard, so that it holds up nothing', async () => {
  await want(['#no,tag'], NOON);
  await flush({ deadline: NOON + 1_000 });
  clock.time += MINUTE;
  await flush();
  expect(itemsSent()).toEqual(['/api/*']);
  expect(refused).toMatchObject([{ outcome: 'wrong', reason: expect.stringContaining('InvalidArgument') }]);
});

test('when the paths of the month are spent, one wildcard in five minutes is all that is sent', async () => {
  await want(['#item-1', '#item-2'], NOON);
  await flush({ monthlyPaths: 2 });
  for (let minute = 0; minute < 10; minute++) {
    clock.time += MINUTE;
    await want([`#late-${minute}`], clock.now());
    await flush({ monthlyPaths: 2 });
  }
  expect(itemsSent().slice(2)).toEqual(['/api/*', '/api/*']);
  clock.time = Date.UTC(2026, 1, 1, 0, 10);
  await flush({ monthlyPaths: 2 });
  expect(itemsSent().at(-1)).toMatch(/^#late/);
});

test('or nothing, where the TTL is short enough', async () => {
  await want(['#item-1'], NOON);
  expect(await flush({ monthlyPaths: 0, whenSpent: 'wait for the TTL' })).toEqual([]);
  expect([cloudFront.creations, await store.pending()]).toEqual([0, 0]);
});

test('an item is sent when answers on their way have arrived, and once more when it was wanted meanwhile', async () => {
  await want(['#item-1'], NOON, NOON + 200);
  const flushing = flush({ windowMs: 100 });
  await settle();
  await clock.advance(NOON + 150, settle);
  await want(['#item-1'], clock.now(), clock.now() + 200);
  expect(itemsSent()).toEqual([]);
  await finished(flushing);
  expect(cloudFront.invalidations.map(({ items }) => items)).toEqual([['#item-1'], ['#item-1']]);
  expect(clock.now()).toBeLessThan(NOON + 1_000);
});

const DEAD = '11111111-1111-4111-8111-111111111111';

test('the turn of an execution that died passes on within a second', async () => {
  await turnOf(DEAD).take();
  await want(['#item-1'], NOON);
  expect(await flush()).toEqual([]);
  clock.time += 1_000;
  expect(await flush()).toHaveLength(1);
});

test('whoever leaves something to another one has that looked after, once a second for all of them', async () => {
  await turnOf(DEAD).take();
  await want(['#item-1'], NOON);
  await flush();
  await flush();
  expect(wentOn).toEqual([1_000]);
  clock.time += 500;
  await turnOf(DEAD).take();
  await flush();
  expect(wentOn).toEqual([1_000]);
  clock.time += 500;
  await turnOf(DEAD).take();
  await flush();
  expect(wentOn).toEqual([1_000, 1_000]);
  // It died: who was asked to look finds its turn free.
  clock.time += 1_000;
  expect(await flush()).toHaveLength(1);
  expect(wentOn).toHaveLength(2);
});

test('one that waits for its window, or for the CDN, keeps its turn', async () => {
  await want(['#item-1'], NOON);
  await flush({ windowMs: 20_000 });
  await want(['#item-2'], NOON);
  const waiting = flush({ windowMs: 20_000 });
  await settle();
  for (let second = 1; second <= 19; second++) {
    await clock.advance(NOON + second * 1_000, settle);
    expect(await turnOf(DEAD).take()).toBeUndefined();
  }
  await finished(waiting);
  expect(itemsSent()).toEqual(['#item-1', '#item-2']);
});

test('one whose time is up before all is sent has another one go on', async () => {
  await want(['#item-1'], NOON);
  const flushing = flush({ deadline: NOON + 4_000 });
  await want(['#item-2'], NOON, NOON + 300);
  await finished(flushing);
  expect([itemsSent(), wentOn]).toEqual([['#item-1'], [expect.any(Number)]]);
  // A window after the first request.
  expect(wentOn[0]).toBeGreaterThan(4_000);
  expect(wentOn[0]).toBeLessThanOrEqual(5_000);
  clock.time += wentOn[0] ?? 0;
  await flush();
  expect([itemsSent(), wentOn.length]).toEqual([['#item-1', '#item-2'], 1]);
});

test('one that lost its turn makes no batch any more', async () => {
  await turnOf(DEAD).take();
  await want(['#item-1'], NOON);
  const late = '22222222-2222-4222-8222-222222222222';
  expect(await store.nextBatch(late, NOON, usual)).toBeUndefined();
  expect(await store.pending()).toBe(1);
});
