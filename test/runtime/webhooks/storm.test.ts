import { eventually } from '../support/eventually';
import { endProcesses, startProcess, type TestProcess } from '../support/process';
import { type Behaviour, type Receiver, startReceiver } from './receiver';
import { openWebhookRig, type WebhookRig } from './webhook-rig';

const SUBSCRIBERS = 50;
const EVENTS = 100;
const DELIVERIES = SUBSCRIBERS * EVENTS;
const TIMEOUT_MILLIS = 1_000;
const LEASE_MILLIS = 3_000;
/** Answers nothing but errors: what waits for it can only die. */
const BROKEN = 0;

const hostOf = (subscriber: number): string => `subscriber-${subscriber}.example`;

let rig: WebhookRig;
let receiver: Receiver;
/** Subscriber, version and id of what was accepted, in the order in which it was. */
const accepted: { host: string; version: number; id: string }[] = [];

/** Of each hundred requests 30 fail and 5 are never answered, spread by their number. */
const storm: Behaviour = ({ headers, body }, response) => {
  const host = String(headers.host).split(':', 1)[0] ?? '';
  const luck = (receiver.requests.length * 37) % 100;
  if (host === hostOf(BROKEN) || luck < 30) {
    response.writeHead(500).end();
    return;
  }
  if (luck < 35) return;
  const { itemVersion: version } = JSON.parse(body).data;
  accepted.push({ host, version, id: String(headers['webhook-id']) });
  response.writeHead(204).end();
};

beforeAll(async () => {
  rig = await openWebhookRig();
  receiver = await startReceiver(storm);
});

afterAll(async () => {
  await endProcesses();
  await receiver.stop();
  await rig.stop();
});

const startWorker = (): TestProcess =>
  startProcess(
    'runtime/webhooks/worker-process.ts',
    [rig.tier.primary.port, rig.key, TIMEOUT_MILLIS, LEASE_MILLIS],
    {},
  );

const waiting = async (): Promise<number> =>
  (await rig.value<number>('SELECT count(*)::int FROM webhook_deliveries')) ?? 0;

test('5,000 deliveries to a receiver that fails and stalls: none is lost or out of order, also when workers are killed', async () => {
  for (let subscriber = 0; subscriber < SUBSCRIBERS; subscriber++) {
    await rig.subscribe(`http://${hostOf(subscriber)}:${receiver.port}/hook`);
  }
  for (let version = 1; version <= EVENTS; version += 10) await rig.emit(10, version);
  expect(await waiting()).toBe(DELIVERIES);

  const workers = [startWorker(), startWorker()];
  for (const share of [0.2, 0.4, 0.6]) {
    await eventually(() => accepted.length > share * DELIVERIES, 100_000);
    await workers.shift()?.end('SIGKILL');
    workers.push(startWorker());
  }
  await eventually(async () => (await waiting()) === EVENTS, 100_000);
  await Promise.all(workers.map((worker) => worker.end('SIGTERM')));
  const now = new Date();
  expect(await rig.queue.expire(now, now)).toBe(EVENTS);

  const versions = Array.from({ length: EVENTS }, (_, index) => index + 1);
  for (let subscriber = 1; subscriber < SUBSCRIBERS; subscriber++) {
    const mine = accepted.filter(({ host }) => host === hostOf(subscriber)).map(({ version }) => version);
    // A worker that dies between the answer and its note of it is repeated by the next: the same message, at once.
    expect(mine.filter((version, at) => version !== mine[at - 1])).toEqual(versions);
  }
  expect(new Set(accepted.map(({ version, id }) => `${version} ${id}`)).size).toBe(EVENTS);
  expect(await rig.value('SELECT count(*)::int FROM webhook_dead_letters')).toBe(EVENTS);
}, 240_000);
