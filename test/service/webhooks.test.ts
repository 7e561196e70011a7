import { createHash } from 'node:crypto';
import { createDatabase } from '../../runtime/database';
import { createSender, DeliveryQueue, Dispatcher, SecretBox, verifyWebhook } from '../../runtime/webhooks';
import type { DataTier } from '../local';
import { loopbackDestinations, startReceiver } from '../runtime/webhooks/receiver';
import { type Answer, type Asked, ask } from './rig/client';
import { environmentOf, startServiceData } from './rig/local-service';
import {
  killServices,
  offlineEnvironment,
  type ServiceProcess,
  startAndFail,
  startService,
} from './rig/service-process';

const KEYS = { editor: 'the key of an editor', other: 'the key of another client' };
const HOOK = { url: 'https://1.1.1.1/hook', eventTypes: ['ItemChanged'] };
const NOBODY = '00000000-0000-4000-8000-000000000000';

let tier: DataTier;
let service: ServiceProcess;

beforeAll(async () => {
  tier = await startServiceData({ items: 10, events: 0 });
  const hash = (key: string) => createHash('sha256').update(key).digest();
  await tier.primary.query(
    "INSERT INTO api_clients VALUES ($1, 'editor', 'premium', true), ($2, 'other', 'premium', false)",
    [hash(KEYS.editor), hash(KEYS.other)],
  );
  await tier.caughtUp();
  service = await startService(environmentOf(tier));
});

afterAll(async () => {
  killServices();
  await tier.stop();
});

afterEach(() => tier.primary.query('TRUNCATE webhook_subscriptions CASCADE'));

const call = (method: string, path: string, body?: unknown, key = KEYS.editor): Promise<Answer> =>
  ask(`${service.url}/api/webhooks${path}`, { method, body, headers: { 'x-api-key': key } } satisfies Asked);

async function subscribe(): Promise<{ id: string; secret: string }> {
  return (await call('POST', '', HOOK)).json();
}

test('a client makes, sees, changes and ends its subscriptions; the secret is shown once', async () => {
  const made = await call('POST', '', HOOK);
  expect([made.status, made.headers['cache-control']]).toEqual([201, 'no-store']);
  const { secret, ...shown } = made.json<{ id: string; secret: string }>();
  expect(secret).toMatch(/^whsec_/);
  expect(shown).toMatchObject({ ...HOOK, state: 'active', failures: 0 });
  expect((await call('GET', '')).json()).toEqual({ webhooks: [shown] });
  expect((await call('GET', `/${shown.id}`)).json()).toEqual(shown);
  const change = { state: 'paused', url: 'https://1.0.0.1:8443/', eventTypes: ['OrderConfirmed', 'OrderPlaced'] };
  expect((await call('PATCH', `/${shown.id}`, change)).json()).toEqual({ ...shown, ...change });
  expect((await call('DELETE', `/${shown.id}`)).status).toBe(204);
  expect((await call('GET', '')).json()).toEqual({ webhooks: [] });
});

test('nobody reads the secret from the database without the key', async () => {
  const { secret } = await subscribe();
  const [row] = await tier.primary.query<{ secret: Buffer }>('SELECT secret FROM webhook_subscriptions');
  const bytes = Buffer.from(secret.replace('whsec_', ''), 'base64');
  expect(row?.secret.includes(bytes) || row?.secret.includes(secret)).toBe(false);
});

test.each([
  ['the API', 'GET', ''],
  ['one', 'GET', `/${NOBODY}`],
  ['a change', 'PATCH', `/${NOBODY}`],
  ['a new one', 'POST', ''],
])('without a key there is no %s', async (_what, method, path) => {
  const body = method === 'GET' ? undefined : { ...HOOK };
  const answer = await ask(`${service.url}/api/webhooks${path}`, { method, body });
  expect(answer.status).toBe(401);
  expect(answer.text).toContain("this needs a client's key in the x-api-key header");
});

test("another client's subscription is not there", async () => {
  const { id } = await subscribe();
  const calls = [
    call('GET', `/${id}`, undefined, KEYS.other),
    call('PATCH', `/${id}`, { state: 'paused' }, KEYS.other),
    call('DELETE', `/${id}`, undefined, KEYS.other),
    call('POST', `/${id}/secret`, undefined, KEYS.other),
    call('GET', `/${id}/dead-letters`, undefined, KEYS.other),
    call('POST', `/${id}/dead-letters/replay`, {}, KEYS.other),
  ];
  for (const answer of await Promise.all(calls)) {
    expect([answer.status, answer.json()['detail']]).toEqual([404, `there is no webhook ${id} of this client`]);
  }
  expect((await call('GET', `/${id}`)).json()).toMatchObject({ state: 'active' });
});

test.each([
  ['http://1.1.1.1/', "must start with https://, got 'http://'"],
  ['https://10.0.0.1/', 'must lead to the public internet, got the address 10.0.0.1'],
  ['https://169.254.170.2/v2/credentials', 'must lead to the public internet, got the address 169.254.170.2'],
  ['https://[fd00:ec2::254]/', 'must lead to the public internet, got the address fd00:ec2::254'],
  ['https://localhost/', 'localhost must lead to the public internet, got the address'],
  ['https://1.1.1.1:6379/', 'must have one of the ports 443, 8443, got 6379'],
])('refuses a webhook to %s', async (url, message) => {
  const { id } = await subscribe();
  for (const answer of [await call('POST', '', { ...HOOK, url }), await call('PATCH', `/${id}`, { url })]) {
    expect(answer.status).toBe(422);
    expect(answer.json()['problems']).toEqual([{ field: 'body.url', message: expect.stringContaining(message) }]);
  }
});

test.each([
  ['a type that does not exist', { ...HOOK, eventTypes: ['ItemSold'] }, 'body.eventTypes.0'],
  ['no type', { ...HOOK, eventTypes: [] }, 'body.eventTypes'],
  ['no URL', { eventTypes: HOOK.eventTypes }, 'body.url'],
])('refuses a webhook with %s', async (_what, body, field) => {
  const answer = await call('POST', '', body);
  expect(answer.status).toBe(400);
  expect(answer.json()['problems']).toContainEqual(expect.objectContaining({ field }));
});

test('a client may have twenty', async () => {
  for (let number = 0; number < 20; number++) expect((await call('POST', '', HOOK)).status).toBe(201);
  const refused = await call('POST', '', HOOK);
  expect([refused.status, refused.json()['detail']]).toEqual([
    409,
    'a client may have 20 subscriptions; remove one first',
  ]);
  expect((await call('POST', '', HOOK, KEYS.other)).status).toBe(201);
});

test('dead letters are read page by page and delivered again', async () => {
  const { id } = await subscribe();
  await tier.primary.query(
    `INSERT INTO webhook_dead_letters (id, subscription_id, event_id, event_type, body, created_at, attempts,
      last_error, died_at)
    SELECT n, $1, gen_random_uuid(), 'ItemChanged', '{}', now(), 30, 'answered 500', now() FROM generate_series(1, 3) n`,
    [id],
  );
  const first = (await call('GET', `/${id}/dead-letters?limit=2`)).json<{
    deadLetters: { id: string }[];
    next: string;
  }>();
  expect(first).toMatchObject({
    deadLetters: [{ id: '1', eventType: 'ItemChanged', attempts: 30, lastError: 'answered 500' }, { id: '2' }],
    next: '2',
  });
  expect((await call('GET', `/${id}/dead-letters?limit=2&after=${first.next}`)).json()).toEqual({
    deadLetters: [expect.objectContaining({ id: '3' })],
  });
  const again = await call('POST', `/${id}/dead-letters/replay`, { ids: ['1', '99'] });
  expect([again.status, again.json()]).toEqual([202, { replayed: 1 }]);
  expect((await call('POST', `/${id}/dead-letters/replay`, {})).json()).toEqual({ replayed: 2 });
  expect(await tier.primary.query('SELECT count(*)::int AS waiting FROM webhook_deliveries')).toEqual([{ waiting: 3 }]);
});

test('an edit of an item reaches the receiver, signed with the newest secret', async () => {
  const { id } = await subscribe();
  const { secret } = (await call('POST', `/${id}/secret`)).json<{ secret: string }>();
  const receiver = await startReceiver();
  // Only here may a webhook go to this machine: the service itself would have refused it.
  await tier.primary.query('UPDATE webhook_subscriptions SET url = $1', [`${receiver.url}/hook`]);
  const patch = { method: 'PATCH', body: { version: 1, title: 'Lamp' }, headers: { 'x-api-key': KEYS.editor } };
  expect((await ask(`${service.url}/api/items/5`, patch)).status).toBe(200);
  const { host, port } = tier.primary;
  const database = createDatabase({
    credentials: { user: 'app_rw', database: 'app' },
    primary: { name: 'primary', host, port },
  });
  const dispatcher = new Dispatcher({
    queue: new DeliveryQueue(database, 30_000),
    sender: createSender({ policy: loopbackDestinations }),
    secrets: new SecretBox([offlineEnvironment['WEBHOOK_KEYS'] ?? '']),
    now: () => Date.now() + 1_000,
  });
  await dispatcher.fill();
  await dispatcher.idle();
  await database.close();
  await receiver.stop();
  const [{ headers, body } = { headers: {}, body: '{}' }] = receiver.requests;
  expect(verifyWebhook({ headers, body, secrets: [secret] })).toMatch(/^[0-9a-f-]{36}$/);
  expect(JSON.parse(body)).toMatchObject({ type: 'ItemChanged', data: { id: 5, title: 'Lamp', itemVersion: 2 } });
});

test('fails to start with a key that is none, and does not show it', async () => {
  const { code, stderr } = await startAndFail({ WEBHOOK_KEYS: 'too short' });
  expect([code, stderr]).toEqual([
    2,
    'invalid environment:\n  - WEBHOOK_KEYS must be the base64 of 32 bytes each, separated by commas (its value is secret and not shown)\n',
  ]);
});

test('without a key there are no webhooks', async () => {
  const without = await startService({ ...environmentOf(tier), WEBHOOK_KEYS: '' });
  const answer = await ask(`${without.url}/api/webhooks`, { headers: { 'x-api-key': KEYS.editor } });
  expect(answer.status).toBe(404);
});
