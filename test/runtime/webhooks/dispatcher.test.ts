import { appendEvents, newEvent } from '../../../runtime/events';
import {
  createSender,
  Dispatcher,
  type DispatcherOptions,
  evenPace,
  SecretBox,
  type Sender,
  verifyWebhook,
} from '../../../runtime/webhooks';
import { accept, type Behaviour, loopbackDestinations, type Receiver, startReceiver } from './receiver';
import { openWebhookRig, type WebhookRig } from './webhook-rig';

const HOUR = 3_600_000;

let rig: WebhookRig;
let sender: Sender;
const receivers: Receiver[] = [];
/** The clock of the dispatchers; the database's own is where it starts. */
let now: number;

beforeAll(async () => {
  rig = await openWebhookRig();
  sender = createSender({ policy: loopbackDestinations, timeoutMillis: 500 });
});

afterAll(async () => {
  sender.close();
  await rig.stop();
});

beforeEach(async () => {
  await rig.clear();
  now = Date.now() + 1_000;
});

afterEach(() => Promise.all(receivers.splice(0).map((receiver) => receiver.stop())));

async function receiver(behave: Behaviour = accept): Promise<Receiver> {
  const started = await startReceiver(behave);
  receivers.push(started);
  return started;
}

function dispatcher(options: Partial<DispatcherOptions> = {}): Dispatcher {
  const { queue, secrets } = rig;
  return new Dispatcher({ queue, secrets, sender, now: () => now, ...options });
}

/** Lets `subject` work in virtual time until nothing waits, or `until`; gives the time of each round. */
async function play(subject: Dispatcher, until = Number.POSITIVE_INFINITY): Promise<readonly number[]> {
  const rounds: number[] = [];
  for (;;) {
    await subject.fill();
    await subject.idle();
    rounds.push(now);
    const next = await rig.value<number | null>(`
      SELECT extract(epoch FROM min(greatest(retry_at, '2000-01-01')))::float8 * 1000 FROM webhook_subscriptions
      WHERE state = 'active' AND id IN (SELECT subscription_id FROM webhook_deliveries)`);
    if (next === null || next === undefined || next > until) return rounds;
    now = Math.max(now, Math.ceil(next));
  }
}

const waiting = () => rig.value<number>('SELECT count(*)::int FROM webhook_deliveries');
const versions = ({ requests }: Receiver) => requests.map(({ body }) => JSON.parse(body).data.itemVersion);

test('sends what committed, signed, to those who want it, and nothing of what rolled back', async () => {
  const target = await receiver();
  const { secret } = await rig.subscribe(`${target.url}/hook`);
  const event = newEvent({
    type: 'ItemChanged',
    subject: 'item-5',
    data: { id: 5, category: 'lamps', title: 'Lamp', priceCents: 100, itemVersion: 7 },
  });
  const other = newEvent({ type: 'OrderConfirmed', subject: 'order', data: { orderId: event.id } });
  await rig.database.transaction((transaction) => appendEvents(transaction, [event, other]));
  const undone = rig.database.transaction(async (transaction) => {
    await appendEvents(transaction, [event]);
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  await play(dispatcher());
  expect(target.requests).toHaveLength(1);
  const [{ headers, body } = { headers: {}, body: '' }] = target.requests;
  expect(verifyWebhook({ headers, body, secrets: [secret], now: now / 1000 })).toBe(event.id);
  const { type, occurredAt: timestamp, subject, data } = event;
  expect(JSON.parse(body)).toEqual({ type, timestamp, subject, data });
});

test('tries again in ever longer pauses for 24 hours, then keeps a dead letter', async () => {
  const target = await receiver((_, response) => response.writeHead(500).end());
  const { id } = await rig.subscribe(target.url);
  await rig.emit(1);
  const start = now;
  const rounds = await play(dispatcher());
  const pauses = rounds.slice(1).map((at, index) => at - (rounds[index] ?? 0));
  // 5 s doubled ten times is the first above an hour; each pause is between half and all of it.
  for (const [index, pause] of pauses.entries()) {
    const longest = Math.min(5_000 * 2 ** index, HOUR);
    expect(pause).toBeGreaterThanOrEqual(longest / 2);
    expect(pause).toBeLessThanOrEqual(longest + 1);
  }
  // Ten pauses of 5 s to 43 min, then one of 30 to 60 min until the day is over: between 10 + 22.6 and 10 + 46.6.
  expect(target.requests.length).toBeGreaterThanOrEqual(32);
  expect(target.requests.length).toBeLessThanOrEqual(58);
  expect((rounds.at(-1) ?? 0) - start).toBeLessThanOrEqual(24 * HOUR);
  expect((rounds.at(-1) ?? 0) - start).toBeGreaterThan(22 * HOUR);
  expect(new Set(target.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(await rig.subscriptions.deadLetters('tests', id, 10)).toMatchObject([
    { eventType: 'ItemChanged', attempts: target.requests.length, lastError: 'answered 500' },
  ]);
  expect(await waiting()).toBe(0);
});

test('a subscriber that fails gets its messages in order all the same', async () => {
  let asked = 0;
  const target = await receiver((_, response) => {
    asked += 1;
    response.writeHead(asked % 3 === 0 ? 204 : 503).end();
  });
  await rig.subscribe(target.url);
  await rig.emit(30);
  await play(dispatcher());
  const expected = Array.from({ length: 30 }, (_, index) => [index + 1, index + 1, index + 1]).flat();
  expect(versions(target)).toEqual(expected);
});

test('waits as long as the receiver asks for', async () => {
  const target = await receiver((_, response) =>
    response.writeHead(target.requests.length > 1 ? 204 : 429, { 'retry-after': '600' }).end(),
  );
  await rig.subscribe(target.url);
  await rig.emit(1);
  const [first = 0, second = 0] = await play(dispatcher());
  expect(second - first).toBeGreaterThanOrEqual(600_000);
});

test('pauses who answers 410, and goes on when its client says so', async () => {
  let gone = true;
  const target = await receiver((_, response) => response.writeHead(gone ? 410 : 204).end());
  const { id } = await rig.subscribe(target.url);
  await rig.emit(3);
  await play(dispatcher());
  expect(versions(target)).toEqual([1]);
  expect(await rig.subscriptions.find('tests', id)).toMatchObject({ state: 'paused' });
  gone = false;
  await rig.subscriptions.update('tests', id, { state: 'active' });
  await play(dispatcher());
  expect(versions(target)).toEqual([1, 2, 3]);
  expect(await rig.subscriptions.deadLetters('tests', id, 10)).toHaveLength(1);
});

test('what waited longer than 24 hours dies unsent; replayed, it is sent after what waits, in its order', async () => {
  const target = await receiver();
  const { id } = await rig.subscribe(target.url);
  await rig.subscriptions.update('tests', id, { state: 'paused' });
  await rig.emit(3);
  expect(await rig.queue.expire(new Date(now - 24 * HOUR), new Date(now))).toBe(0);
  now += 24 * HOUR;
  expect(await rig.queue.expire(new Date(now - 24 * HOUR), new Date(now))).toBe(3);
  const letters = await rig.subscriptions.deadLetters('tests', id, 10);
  expect(letters.map(({ lastError, attempts }) => [lastError, attempts])).toEqual(
    Array.from({ length: 3 }, () => ['not attempted in time', 0]),
  );
  await rig.subscriptions.update('tests', id, { state: 'active' });
  await rig.emit(1, 4);
  const ids = letters.slice(1).map((letter) => letter.id);
  expect(await rig.subscriptions.replay('somebody else', id)).toBe(0);
  expect(await rig.subscriptions.replay('tests', id, ids)).toBe(2);
  expect(await rig.subscriptions.replay('tests', id)).toBe(1);
  await play(dispatcher());
  expect(versions(target)).toEqual([4, 2, 3, 1]);
});

test('closes off an origin that fails, over all its subscribers, and lets one message find out whether it is back', async () => {
  let up = false;
  const target = await receiver((_, response) => response.writeHead(up ? 204 : 500).end());
  for (let subscriber = 0; subscriber < 20; subscriber++) await rig.subscribe(`${target.url}/${subscriber}`);
  await rig.emit(1);
  const subject = dispatcher({ perOrigin: 1, circuit: { threshold: 3, openMillis: 60_000 } });
  for (let round = 0; round < 20; round++) {
    await subject.fill();
    await subject.idle();
  }
  expect(target.requests).toHaveLength(3);
  now += 60_000;
  up = true;
  await play(subject);
  expect(target.requests).toHaveLength(23);
});

test('one subscriber that answers 4xx does not close its origin off', async () => {
  const target = await receiver(({ path }, response) => response.writeHead(path === '/bad' ? 404 : 204).end());
  await rig.subscribe(`${target.url}/bad`);
  await rig.emit(1);
  const subject = dispatcher({ circuit: { threshold: 1, openMillis: HOUR } });
  await play(subject, now + 60_000);
  await rig.subscribe(`${target.url}/good`);
  await rig.emit(1);
  await play(subject, now + 60_000);
  expect(target.requests.filter(({ path }) => path === '/good')).toHaveLength(1);
});

test('gives one origin no more than its places, and keeps places free of what fails', async () => {
  const open: { path: string; end: () => void }[] = [];
  const hold: Behaviour = ({ path }, response) => void open.push({ path, end: () => response.writeHead(204).end() });
  const crowd = await receiver(hold);
  const failing = await receiver((_, response) => response.writeHead(500).end());
  const single = await receiver(hold);
  for (let subscriber = 0; subscriber < 10; subscriber++) await rig.subscribe(`${crowd.url}/${subscriber}`);
  await rig.subscribe(`${failing.url}/failing`);
  await rig.subscribe(`${single.url}/single`);
  await rig.emit(1);
  const subject = dispatcher({ concurrency: 8, perOrigin: 3 });
  await subject.fill();
  while (open.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
  await subject.fill();
  expect(open.map(({ path }) => path === '/single').filter(Boolean)).toHaveLength(1);
  expect(open).toHaveLength(4);
  for (const { end } of open) end();
  await subject.idle();
  expect(await waiting()).toBe(8);
});

test('keeps to the pace of an origin without holding a place', async () => {
  const target = await receiver();
  await rig.subscribe(target.url);
  await rig.emit(5);
  const sent: number[] = [];
  const pace = evenPace(1, 2, () => now);
  const rounds = await play(
    dispatcher({
      pace: (origin) => {
        const wait = pace(origin);
        if (wait === 0) sent.push(now);
        return wait;
      },
    }),
  );
  expect(versions(target)).toEqual([1, 2, 3, 4, 5]);
  // Two at once, then one a second.
  expect(sent.map((at) => Math.round((at - (rounds[0] ?? 0)) / 1_000))).toEqual([0, 0, 1, 2, 3]);
});

test('signs with the old secret too while the new one is young', async () => {
  const target = await receiver();
  const { id, secret } = await rig.subscribe(target.url);
  const next = await rig.subscriptions.rotateSecret('tests', id, new Date(now));
  for (const later of [0, 24 * HOUR]) {
    now += later;
    await rig.emit(1);
    await play(dispatcher());
  }
  const believes = (key: string | undefined, index: number) => {
    const { headers, body } = target.requests[index] ?? { headers: {}, body: '' };
    const verify = () => verifyWebhook({ headers, body, secrets: [key ?? ''], toleranceSeconds: 48 * 3600 });
    try {
      return verify() !== '';
    } catch {
      return false;
    }
  };
  expect([believes(secret, 0), believes(next, 0), believes(secret, 1), believes(next, 1)]).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

test('says so and sends nothing when a secret was sealed with a key that is gone', async () => {
  const target = await receiver();
  await rig.subscribe(target.url);
  await rig.emit(1);
  const errors: unknown[] = [];
  const secrets = new SecretBox([Buffer.alloc(32, 9).toString('base64')]);
  const subject = dispatcher({ secrets, onError: (error) => errors.push(error) });
  await subject.fill();
  await subject.idle();
  expect(errors.map(String)).toEqual([expect.stringContaining('was sealed with a key that is gone')]);
  expect(target.requests).toEqual([]);
});
