import { randomUUID } from 'node:crypto';
import type { DataTier } from '../local';
import { awsEnvironment } from '../local/aws-server';
import { type EventBridgeServer, startEventBridgeServer } from '../local/event-bridge-server';
import { type LocalFunction, startFunction } from '../local/lambda-runtime';
import { type SqsServer, startSqsServer } from '../local/sqs-server';
import { startServiceData } from '../service/rig/local-service';

// The bundles that are deployed, under AWS's own runtime client, on a real database.

let tier: DataTier;
let queue: SqsServer;
let bus: EventBridgeServer;
const functions: LocalFunction[] = [];

beforeAll(async () => {
  tier = await startServiceData({ replicas: 0, cache: false, items: 20, events: 200 });
  queue = await startSqsServer();
  bus = await startEventBridgeServer();
}, 120_000);

afterEach(async () => {
  await Promise.all(functions.splice(0).map((fn) => fn.stop()));
});

afterAll(async () => {
  await Promise.all([queue.stop(), bus.stop(), tier.stop()]);
});

function start(name: string, environment: Readonly<Record<string, string>>): LocalFunction {
  const fn = startFunction(name, {
    environment: {
      DATABASE_HOST: tier.primary.host,
      DATABASE_PORT: String(tier.primary.port),
      DATABASE_TLS: 'off',
      DATABASE_POOL_MAX: '1',
      ...environment,
    },
  });
  functions.push(fn);
  return fn;
}

const record = (receives: number, body: unknown) => ({
  messageId: randomUUID(),
  receiptHandle: 'gone',
  body: JSON.stringify(body),
  attributes: { ApproximateReceiveCount: String(receives) },
});

test('job-processor: does jobs once, buries what it cannot read, and leaves in the queue what failed', async () => {
  const processor = start('job-processor', {
    ...awsEnvironment(queue),
    JOBS_QUEUE_URL: queue.queueUrl,
    JOBS_DEAD_LETTER_URL: queue.deadLetterUrl,
    JOBS_MAX_RECEIVES: '5',
  });
  await tier.primary.query('UPDATE items SET popularity = -1');
  const job = { id: 'nightly-1', type: 'refresh-popularity', data: { days: 30 } };
  const batch = { Records: [record(1, job), record(1, { id: 'x', type: 'unknown', data: {} }), record(1, job)] };
  expect(await processor.call(batch)).toEqual({ batchItemFailures: [] });
  expect(await tier.primary.query('SELECT FROM items WHERE popularity < 0')).toEqual([]);
  expect(await tier.primary.query("SELECT done_at IS NOT NULL AS done FROM job_keys WHERE key = 'nightly-1'")).toEqual([
    { done: true },
  ]);
  expect(queue.deadLetters.messages().map(({ attributes }) => attributes['reason']?.StringValue)).toEqual([
    expect.stringContaining('`job.type` must be one of refresh-popularity, rebuild-listing, got "unknown"'),
  ]);

  await tier.primary.query('ALTER TABLE job_keys RENAME TO job_keys_away');
  const failing = record(1, { ...job, id: 'nightly-2' });
  expect(await processor.call({ Records: [failing] })).toEqual({
    batchItemFailures: [{ itemIdentifier: failing.messageId }],
  });
  await tier.primary.query('ALTER TABLE job_keys_away RENAME TO job_keys');
  expect(await processor.call({ Records: [failing] })).toEqual({ batchItemFailures: [] });
}, 120_000);

test('outbox-relay and catalogue-projector: an edit reaches the read model by way of the bus', async () => {
  const data = { id: 7, category: 'lamps', title: 'Lamp', priceCents: 42, itemVersion: 1_000 };
  const event = {
    id: randomUUID(),
    type: 'ItemChanged',
    version: 1,
    occurredAt: new Date().toISOString(),
    subject: 'item-7',
    data,
    tags: ['item-7'],
  };
  await tier.primary.query("INSERT INTO outbox (subject, event) VALUES ('item-7', $1)", [event]);
  const relay = start('outbox-relay', { ...awsEnvironment(bus), EVENT_BUS: 'application', RELAY_SECONDS: '0' });
  await relay.call({});
  expect(bus.events).toEqual([
    { bus: 'application', source: 'headroom.application', detailType: 'ItemChanged', detail: event },
  ]);

  const projector = start('catalogue-projector', {});
  await projector.call({ detail: bus.events[0]?.detail });
  expect(await tier.primary.query('SELECT title, price_cents FROM catalogue_listing WHERE item_id = 7')).toEqual([
    { title: 'Lamp', price_cents: 42 },
  ]);
  expect(await projector.invoke({ detail: { type: 'nonsense' } })).toMatchObject({
    error: { errorType: 'InvalidEventError' },
  });
}, 120_000);

test('order-saga: what a step throws is named for the state machine', async () => {
  const orderId = randomUUID();
  await tier.primary.query(
    'INSERT INTO orders (id, visitor_id, item_id, quantity, total_cents) VALUES ($1, gen_random_uuid(), 1, 2, 200)',
    [orderId],
  );
  const saga = start('order-saga', {});
  expect(await saga.invoke({ step: 'reserve', orderId })).toMatchObject({ error: { errorType: 'OutOfStockError' } });
  await tier.primary.query('INSERT INTO stock VALUES (1, 2)');
  expect(await saga.call({ step: 'reserve', orderId })).toEqual({ status: 'placed' });
  expect(await saga.invoke({ step: 'charge', orderId })).toMatchObject({
    error: { errorType: 'PaymentDeclinedError' },
  });
}, 120_000);
