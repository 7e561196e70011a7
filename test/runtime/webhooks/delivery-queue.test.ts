import { openWebhookRig, type WebhookRig } from './webhook-rig';

const HOUR = 3_600_000;
/** Nothing is sent here. */
const NOWHERE = 'http://127.0.0.1:9/';

let rig: WebhookRig;
let now: number;

beforeAll(async () => {
  rig = await openWebhookRig();
});

afterAll(() => rig.stop());

beforeEach(async () => {
  await rig.clear();
  now = Date.now() + 1_000;
});

test('what a paused subscription collects is not counted as waiting', async () => {
  const { id } = await rig.subscribe(NOWHERE);
  await rig.subscriptions.update('tests', id, { state: 'paused' });
  await rig.emit(2);
  expect(await rig.queue.backlog(new Date(now))).toEqual({ deliveries: 0, oldestSeconds: 0 });
  await rig.subscriptions.update('tests', id, { state: 'active' });
  const { deliveries, oldestSeconds } = await rig.queue.backlog(new Date(now + HOUR));
  expect(deliveries).toBe(2);
  // The database's clock wrote them a little before or after `now`, which is at most seconds ahead of it.
  expect(oldestSeconds).toBeGreaterThan(3_590);
});

test('what is being sent does not expire', async () => {
  await rig.subscribe(NOWHERE);
  await rig.emit(1);
  const request = { now: new Date(now), most: 1, failing: false, perOrigin: 1, held: new Map() };
  const [lease] = await rig.queue.lease(request);
  expect(lease).toBeDefined();
  expect(await rig.queue.expire(new Date(now), new Date(now))).toBe(0);
  expect(await rig.queue.lease(request)).toEqual([]);
  // Ten seconds later the lease has ended by itself, and what its holder says then does not count.
  const later = new Date(now + 10_001);
  const [next] = await rig.queue.lease({ ...request, now: later });
  expect(next?.subscriptionId).toBe(lease?.subscriptionId);
  const [delivery] = next ? await rig.queue.head(next, 1) : [];
  if (lease === undefined || delivery === undefined) throw new Error('nothing was leased');
  expect(await rig.queue.sent(lease, delivery, later)).toBe(false);
  expect(await rig.value<number>('SELECT count(*)::int FROM webhook_deliveries')).toBe(1);
});

test('an analyst sees subscriptions, but not their secrets', async () => {
  const client = await rig.tier.primary.query(
    `SELECT has_column_privilege('app_ro', 'webhook_subscriptions', 'url', 'SELECT') AS url,
      has_column_privilege('app_ro', 'webhook_subscriptions', 'secret', 'SELECT') AS secret,
      has_column_privilege('app_ro', 'webhook_subscriptions', 'previous_secret', 'SELECT') AS previous`,
  );
  expect(client).toEqual([{ url: true, secret: false, previous: false }]);
});
