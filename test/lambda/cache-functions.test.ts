import { connectCache, createCache } from '../../runtime/cache';
import { newEvent } from '../../runtime/events';
import { cachePolicies } from '../../service/src/cache-policies';
import type { DataTier } from '../local';
import { type CloudFrontServer, startCloudFrontServer } from '../local/cloudfront-server';
import { type EventBridgeServer, startEventBridgeServer } from '../local/event-bridge-server';
import { EventSourceMapping } from '../local/event-source-mapping';
import { FunctionFleet } from '../local/function-fleet';
import { type LocalFunction, startFunction } from '../local/lambda-runtime';
import { type SqsServer, startSqsServer } from '../local/sqs-server';
import { eventually } from '../runtime/support/eventually';
import { environmentOf, startServiceData } from '../service/rig/local-service';
import { deployed } from './cache-invalidator/deployed';

jest.setTimeout(180_000);

let tier: DataTier;
let cloudFront: CloudFrontServer;
let bus: EventBridgeServer;
let queue: SqsServer;

beforeAll(async () => {
  tier = await startServiceData({ replicas: 1, items: 50, events: 20 });
});

beforeEach(async () => {
  cloudFront = await startCloudFrontServer();
  bus = await startEventBridgeServer();
  queue = await startSqsServer({ visibilitySeconds: 0, maxReceives: deployed.maxReceives });
});

afterEach(async () => {
  await Promise.all([bus.stop(), cloudFront.stop(), queue.stop()]);
});

afterAll(() => tier?.stop());

/** The bundle under AWS's runtime client. */
function start(name: string, more: Readonly<Record<string, string>> = {}, timeout = 60_000): LocalFunction {
  const environment = {
    ...environmentOf(tier),
    DATABASE_USER: 'app_rw',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_ENDPOINT_URL_CLOUDFRONT: cloudFront.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url,
    AWS_ENDPOINT_URL_SQS: queue.url,
    METRICS_NAMESPACE: 'Headroom/Test',
    DISTRIBUTION_ID: 'E1',
    CHANGES_QUEUE_URL: queue.queueUrl,
    DEAD_LETTER_QUEUE_URL: queue.deadLetterUrl,
    CDN_WINDOW_MILLISECONDS: '100',
    ...more,
  };
  return startFunction(name, { environment, memory: 512, timeout });
}

async function run(name: string, event: unknown): Promise<void> {
  const fn = start(name);
  try {
    await fn.call(event);
  } finally {
    await fn.stop();
  }
}

/** What a process that starts now finds in the shared cache. */
async function shared(keyClass: 'features' | 'categories', id: string, value?: string): Promise<unknown> {
  const connection = await connectCache({ url: tier.cache.url, replyTimeoutMs: 10_000 });
  const encryption = { current: 'k', keys: { k: Buffer.alloc(32, 1) }, naming: Buffer.alloc(32, 2) };
  const cache = createCache({ connection, policies: cachePolicies, encryption });
  try {
    await cache.ready();
    if (value !== undefined) await cache.set(keyClass, id, value);
    return await cache.get(keyClass, id);
  } finally {
    await cache.close();
    await connection.close();
  }
}

/** A message of the queue that tells of a changed item. */
function changeOf(id: number, tags: readonly string[] = [`item-${id}`]): string {
  const data = { id, category: 'lamps', title: 'Lamp', priceCents: 100, itemVersion: 2 };
  return JSON.stringify({ detail: newEvent({ type: 'ItemChanged', subject: `item-${id}`, data, tags }) });
}

/** Has the invalidator work on the queue until nothing is in it. */
async function workOff(more: Readonly<Record<string, string>> = {}): Promise<void> {
  const fleet = new FunctionFleet(() => start('cache-invalidator', more), 1);
  const mapping = new EventSourceMapping({
    queue: queue.queue,
    fleet,
    batchSize: deployed.batchSize,
    maxConcurrency: 1,
  });
  await eventually(() => queue.queue.size === 0, 120_000);
  await mapping.stop();
  await fleet.stop();
}

const purged = (): string[] => cloudFront.invalidations.flatMap(({ items }) => items);

test('the invalidator empties the shared cache and the CDN, and has it warmed when the CDN has confirmed', async () => {
  expect(await shared('features', '5', 'old')).toBe('old');
  cloudFront.completeAfterMs = 700;
  let confirmed: boolean | undefined;
  bus.onEvent = () => {
    confirmed = cloudFront.invalidations.every(({ takenAt }) => Date.now() - takenAt >= cloudFront.completeAfterMs);
  };
  await run('cache-invalidator', { Records: [{ messageId: 'a', body: changeOf(5) }] });
  expect(await shared('features', '5')).toBeUndefined();
  expect(purged()).toEqual(['#item-5']);
  expect(bus.events).toMatchObject([{ detailType: 'CacheInvalidated', detail: { warm: ['item-5'] } }]);
  expect(confirmed).toBe(true);
});

test('what is no change is a dead letter with its reason; mended and sent again it is done', async () => {
  const wrong = changeOf(6, ['item 6']);
  queue.send([wrong, '{"detail":{"type":"nonsense"}}', changeOf(7)]);
  await workOff();
  expect(purged()).toEqual(['#item-7']);
  expect(queue.deadLetters.messages().map(({ body, attributes }) => [body, attributes['reason']?.StringValue])).toEqual(
    [
      [wrong, 'a tag must be 1 to 256 visible ASCII characters without commas, got "item 6"'],
      ['{"detail":{"type":"nonsense"}}', expect.stringContaining('`event.type` must be one of ItemChanged')],
    ],
  );
  queue.send([wrong.replace('item 6', 'item-6')]);
  await workOff();
  expect(purged()).toEqual(['#item-7', '#item-6']);
});

test('a change that cannot be told is delivered for as long as production has it, and is done when it is moved back', async () => {
  queue.send([changeOf(8)]);
  await workOff({ CACHE_URL: 'redis://127.0.0.1:1', CACHE_CONNECT_MILLISECONDS: '1' });
  const [dead] = queue.deadLetters.messages();
  // Hidden for a minute each time, sixty deliveries are an hour.
  expect([dead?.receives, purged()]).toEqual([60, []]);
  queue.send([dead?.body ?? '']);
  await workOff();
  expect(purged()).toEqual(['#item-8']);
});

test('an execution whose time is up before all is sent has another one go on', async () => {
  // Of its 25 s it keeps 20 for a last request: the second item is due two seconds after the other five.
  const fn = start('cache-invalidator', {}, 25_000);
  await fn.start();
  await tier.primary.query(`
    INSERT INTO cdn_purges (item, wanted_at, ripe_at)
    VALUES ('#item-9', now(), now()), ('#item-10', now(), now() + interval '7 seconds')`);
  await fn.call({ flush: true });
  await fn.stop();
  expect(purged()).toEqual(['#item-9']);
  expect(queue.messages().map(({ body }) => body)).toEqual(['{"flush":true}']);
  await workOff();
  expect([purged(), queue.deadLetters.size]).toEqual([['#item-9', '#item-10'], 0]);
});

test('the warmer fills the shared cache with what is declared', async () => {
  expect(await shared('categories', 'popular')).toBeUndefined();
  await run('cache-warmer', { warm: 'all' });
  expect(await shared('categories', 'popular')).toEqual(expect.arrayContaining([expect.any(String)]));
});
