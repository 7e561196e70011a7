import { connectCache, createCache } from '../../runtime/cache';
import { newEvent } from '../../runtime/events';
import { cachePolicies } from '../../service/src/cache-policies';
import type { DataTier } from '../local';
import { type CloudFrontServer, startCloudFrontServer } from '../local/cloudfront-server';
import { type EventBridgeServer, startEventBridgeServer } from '../local/event-bridge-server';
import { startFunction } from '../local/lambda-runtime';
import { environmentOf, startServiceData } from '../service/rig/local-service';

jest.setTimeout(180_000);

let tier: DataTier;
let cloudFront: CloudFrontServer;
let bus: EventBridgeServer;

beforeAll(async () => {
  tier = await startServiceData({ replicas: 1, items: 50, events: 20 });
  cloudFront = await startCloudFrontServer();
  bus = await startEventBridgeServer();
});

afterAll(async () => {
  await bus?.stop();
  await cloudFront?.stop();
  await tier?.stop();
});

/** Runs the bundle once under AWS's runtime client. */
async function run(name: string, event: unknown): Promise<void> {
  const environment = {
    ...environmentOf(tier),
    DATABASE_USER: 'app_rw',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_ENDPOINT_URL_CLOUDFRONT: cloudFront.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url,
    METRICS_NAMESPACE: 'Headroom/Test',
    DISTRIBUTION_ID: 'E1',
    DEAD_LETTER_QUEUE_URL: `${bus.url}/dead`,
  };
  const fn = startFunction(name, { environment, memory: 512, timeout: 60_000 });
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

test('the invalidator empties the shared cache and the CDN, and asks for it to be warmed', async () => {
  expect(await shared('features', '5', 'old')).toBe('old');
  const data = { id: 5, category: 'lamps', title: 'Lamp', priceCents: 100, itemVersion: 2 };
  const event = newEvent({ type: 'ItemChanged', subject: 'item-5', data, tags: ['item-5'] });
  await run('cache-invalidator', { Records: [{ messageId: 'a', body: JSON.stringify({ detail: event }) }] });
  expect(await shared('features', '5')).toBeUndefined();
  expect(cloudFront.invalidations.map(({ items }) => items)).toEqual([['#item-5']]);
  expect(bus.events).toMatchObject([{ detailType: 'CacheInvalidated', detail: { warm: ['item-5'] } }]);
});

test('the warmer fills the shared cache with what is declared', async () => {
  expect(await shared('categories', 'popular')).toBeUndefined();
  await run('cache-warmer', { warm: 'all' });
  expect(await shared('categories', 'popular')).toEqual(expect.arrayContaining([expect.any(String)]));
});
