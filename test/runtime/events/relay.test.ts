import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { createDatabase, type Database } from '../../../runtime/database';
import { appendEvents, type DomainEvent, eventBridge, newEvent, relayWaiting } from '../../../runtime/events';
import type { DataTier } from '../../local';
import { awsEnvironment } from '../../local/aws-server';
import { type EventBridgeServer, startEventBridgeServer } from '../../local/event-bridge-server';
import { startServiceData } from '../../service/rig/local-service';
import { clientOf } from '../support/aws-client';
import { eventually } from '../support/eventually';
import { endProcesses, startProcess, type TestProcess } from '../support/process';

let tier: DataTier;
let database: Database;
let bus: EventBridgeServer;

beforeAll(async () => {
  tier = await startServiceData({ replicas: 0, cache: false, items: 10, events: 0 });
  database = createDatabase({ credentials: { user: 'app_rw', database: 'app' }, primary: tier.primary });
});

afterAll(async () => {
  await database.close();
  await tier.stop();
});

beforeEach(async () => {
  await tier.primary.query('TRUNCATE outbox');
  bus = await startEventBridgeServer();
});

afterEach(async () => {
  await endProcesses();
  await bus.stop();
});

const itemChanged = (id: number, itemVersion: number): DomainEvent =>
  newEvent({
    type: 'ItemChanged',
    subject: `item-${id}`,
    data: { id, category: 'lamps', title: 'Lamp', priceCents: 100, itemVersion },
    tags: [`item-${id}`],
  });

const commit = (...events: DomainEvent[]) => database.transaction((transaction) => appendEvents(transaction, events));

const startRelay = (): TestProcess =>
  startProcess('runtime/events/relay-process.ts', [tier.primary.port, 'app'], awsEnvironment(bus));

/** In this process, for what needs no crash. */
function relayHere(): ReturnType<typeof relayWaiting> {
  const client = new EventBridgeClient(clientOf(bus));
  return relayWaiting({ database, publish: eventBridge({ bus: 'application', client }) }).finally(() =>
    client.destroy(),
  );
}

const ids = (): unknown[] => bus.events.map(({ detail }) => detail['id']);
const waiting = async () =>
  (
    await tier.primary.query<{ waiting: number }>(
      'SELECT count(*)::int AS waiting FROM outbox WHERE published_at IS NULL',
    )
  )[0]?.waiting;

test('what commits is published as it was written, and what rolls back never', async () => {
  const event = itemChanged(1, 2);
  await commit(event);
  const refused = database.transaction(async (transaction) => {
    await appendEvents(transaction, [itemChanged(1, 3)]);
    throw new Error('changed my mind');
  });
  await expect(refused).rejects.toThrow('changed my mind');
  expect(await relayHere()).toEqual({ published: 1, refused: 0, removed: 0 });
  expect(bus.events).toEqual([
    { bus: 'application', source: 'headroom.application', detailType: 'ItemChanged', detail: event },
  ]);
  expect(await relayHere()).toEqual({ published: 0, refused: 0, removed: 0 });
});

test('a relay that is killed after the commit and before the bus has the event loses nothing', async () => {
  const event = itemChanged(1, 2);
  await commit(event);
  bus.fail('no answer', 1);
  const relay = startRelay();
  await eventually(() => bus.requests.length === 1);
  await relay.end('SIGKILL');
  expect([ids(), await waiting()]).toEqual([[], 1]);
  startRelay();
  await eventually(async () => (await waiting()) === 0);
  expect(ids()).toEqual([event.id]);
});

test('a relay that is killed after the bus took the event and before that is marked repeats it with the same id', async () => {
  const event = itemChanged(1, 2);
  await commit(event);
  bus.beforeAnswer = () => new Promise(() => {});
  const relay = startRelay();
  await eventually(() => bus.events.length === 1);
  await relay.end('SIGKILL');
  expect(await waiting()).toBe(1);
  bus.beforeAnswer = async () => {};
  startRelay();
  await eventually(async () => (await waiting()) === 0);
  expect(ids()).toEqual([event.id, event.id]);
});

test('entries that the bus refuses one by one are sent again, the others are not', async () => {
  const events = Array.from({ length: 25 }, (_, index) => itemChanged(index + 1, 2));
  await commit(...events);
  bus.refuse(3);
  expect(await relayHere()).toMatchObject({ published: 22, refused: 3 });
  expect(await relayHere()).toMatchObject({ published: 3, refused: 0 });
  expect(ids()).toHaveLength(25);
  expect(new Set(ids())).toEqual(new Set(events.map(({ id }) => id)));
  expect(bus.requests).toHaveLength(4);
});

test('a bus that is away leaves everything waiting and says so', async () => {
  await commit(itemChanged(1, 2));
  bus.fail({ status: 500, code: 'InternalException' });
  await expect(relayHere()).rejects.toThrow('asked to fail');
  expect(await waiting()).toBe(1);
});

test('events of one subject leave in their order, also when the first is refused and several relays work', async () => {
  const first = itemChanged(1, 2);
  const second = itemChanged(1, 3);
  await commit(first, itemChanged(2, 2), second);
  bus.refuse(1);
  await relayHere();
  expect(bus.events.map(({ detail }) => detail['subject'])).toEqual(['item-2']);
  await Promise.all([relayHere(), relayHere()]);
  await relayHere();
  expect(ids().slice(1)).toEqual([first.id, second.id]);
});

test('published events stay for their time and then go', async () => {
  await commit(itemChanged(1, 2), itemChanged(2, 2));
  await relayHere();
  await tier.primary.query(`UPDATE outbox SET published_at = now() - interval '73 hours' WHERE subject = 'item-1'`);
  expect(await relayHere()).toMatchObject({ removed: 1 });
  expect(await tier.primary.query('SELECT subject FROM outbox')).toEqual([{ subject: 'item-2' }]);
});

test('three hundred events under relays killed at any moment: none lost, none made up, each subject in order', async () => {
  const written: DomainEvent[] = [];
  let relays = [startRelay(), startRelay()];
  for (let round = 0; round < 6; round++) {
    for (let version = 1; version <= 5; version++) {
      const events = Array.from({ length: 10 }, (_, id) => itemChanged(id + 1, round * 5 + version));
      await commit(...events);
      written.push(...events);
    }
    const taken = bus.events.length;
    await eventually(() => bus.events.length >= taken + 5);
    await Promise.all(relays.map((relay) => relay.end('SIGKILL')));
    relays = [startRelay(), startRelay()];
  }
  await eventually(async () => (await waiting()) === 0, 50_000);
  const first = new Map(bus.events.map(({ detail }) => [detail['id'], detail]));
  expect(new Set(first.keys())).toEqual(new Set(written.map(({ id }) => id)));
  for (let id = 1; id <= 10; id++) {
    const inOrder = [
      ...new Set(
        bus.events.filter(({ detail }) => detail['subject'] === `item-${id}`).map(({ detail }) => detail['id']),
      ),
    ];
    expect(inOrder).toEqual(written.filter(({ subject }) => subject === `item-${id}`).map((event) => event.id));
  }
}, 120_000);
