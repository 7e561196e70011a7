import { randomUUID } from 'node:crypto';
import { createDatabase, type Database } from '../../../runtime/database';
import { placeOrder } from '../../../service/src/orders/place-order';
import { type SagaStep, type StepInput, takeStep } from '../../../service/src/orders/saga-steps';
import type { DataTier } from '../../local';
import {
  definitionOf,
  type HistoryEvent,
  JumpingClock,
  problemsOf,
  StateMachine,
  untaken,
} from '../../local/state-machine';
import type { TaskCall } from '../../local/state-machine/task';
import { startServiceData } from '../../service/rig/local-service';
import { background } from './background';

const definition = definitionOf(background().template.toJSON());
const histories: (readonly HistoryEvent[])[] = [];

let tier: DataTier;
let database: Database;

beforeAll(async () => {
  tier = await startServiceData({ replicas: 0, cache: false, items: 3, events: 0 });
  database = createDatabase({ credentials: { user: 'app_rw', database: 'app' }, primary: tier.primary });
}, 120_000);

afterAll(async () => {
  await database.close();
  await tier.stop();
});

/** What goes wrong with a step: before or after its effect, or it never ends; some times or always. */
interface Fault {
  readonly when: 'before' | 'after' | 'hangs' | 'hangs after';
  readonly times?: number;
}

/** An order of 2 of item 1 (at its price) by a visitor with `balance`, with `stock` left. */
async function order({ stock = 5, balance = 1_000_000 } = {}) {
  const visitorId = randomUUID();
  await tier.primary.query('TRUNCATE stock, outbox');
  await tier.primary.query('INSERT INTO stock VALUES (1, $1)', [stock]);
  await tier.primary.query('INSERT INTO accounts VALUES ($1, $2)', [visitorId, balance]);
  const orderId = randomUUID();
  const placed = await placeOrder(database, { id: orderId, visitorId, itemId: 1, quantity: 2 });
  return { orderId, visitorId, totalCents: placed?.totalCents ?? 0 };
}

/** Plays the saga of the template with its steps on the real database. */
async function play(orderId: string, faults: Partial<Record<SagaStep, Fault>> = {}) {
  const handler = async ({ arguments: given, retries, sleep }: TaskCall) => {
    const { step, ...input } = (given as { Payload: StepInput & { step: SagaStep } }).Payload;
    const fault = faults[step];
    const faulty = fault !== undefined && retries < (fault.times ?? Number.POSITIVE_INFINITY);
    if (faulty && fault.when === 'before') throw new Error('the function crashed');
    if (faulty && fault.when === 'hangs') await sleep(60);
    const Payload = await takeStep(database, step, input);
    if (faulty && fault.when === 'after') throw new Error('the function crashed after its effect');
    if (faulty && fault.when === 'hangs after') await sleep(60);
    return { Payload };
  };
  const machine = new StateMachine(definition, { handlers: { 'lambda:invoke': handler }, clock: new JumpingClock() });
  const execution = machine.start({ orderId });
  const { status, output, error } = await execution.result;
  histories.push(execution.history);
  const visited = execution.history.filter(({ type }) => type === 'entered').map(({ state }) => state);
  return { status, output, error, visited };
}

/** What the database says at the end. */
async function outcome({ orderId, visitorId }: { orderId: string; visitorId: string }) {
  const [row] = await tier.primary.query<Record<string, unknown>>(
    `SELECT status, reason, (SELECT available FROM stock WHERE item_id = 1) AS stock,
       (SELECT balance_cents::int FROM accounts WHERE visitor_id = $2) AS balance,
       (SELECT array_agg(event ->> 'type' ORDER BY position) FROM outbox) AS events
     FROM orders WHERE id = $1`,
    [orderId, visitorId],
  );
  return row;
}

const CONFIRMED = { status: 'confirmed', reason: null, stock: 3, events: ['OrderPlaced', 'OrderConfirmed'] };
const CANCELLED = { status: 'cancelled', stock: 5, balance: 1_000_000, events: ['OrderPlaced', 'OrderCancelled'] };
const BACK = ['Stop', 'ConfirmedAlready', 'Refund', 'Release', 'Cancel', 'Cancelled'];

test('the definition is one that Step Functions takes', () => {
  expect(problemsOf(definition)).toEqual([]);
});

test('reserves, charges and confirms', async () => {
  const placed = await order();
  expect(await play(placed.orderId)).toMatchObject({
    status: 'SUCCEEDED',
    output: { status: 'confirmed' },
    visited: ['Reserve', 'Charge', 'Confirm', 'Confirmed'],
  });
  expect(await outcome(placed)).toEqual({ ...CONFIRMED, balance: 1_000_000 - placed.totalCents });
});

test('without stock nothing is charged', async () => {
  const placed = await order({ stock: 1 });
  expect(await play(placed.orderId)).toMatchObject({
    status: 'SUCCEEDED',
    output: { status: 'cancelled', reason: 'out-of-stock' },
    visited: ['Reserve', ...BACK],
  });
  expect(await outcome(placed)).toEqual({ ...CANCELLED, reason: 'out-of-stock', stock: 1 });
});

test('without the money the stock is given back', async () => {
  const placed = await order({ balance: 1 });
  expect(await play(placed.orderId)).toMatchObject({
    output: { status: 'cancelled', reason: 'payment-declined' },
    visited: ['Reserve', 'Charge', ...BACK],
  });
  expect(await outcome(placed)).toEqual({ ...CANCELLED, reason: 'payment-declined', balance: 1 });
});

test.each<[SagaStep]>([['reserve'], ['charge'], ['confirm']])(
  '%s fails for good: what was done is undone',
  async (step) => {
    const placed = await order();
    expect(await play(placed.orderId, { [step]: { when: 'before' } })).toMatchObject({
      output: { status: 'cancelled', reason: 'failed' },
    });
    expect(await outcome(placed)).toEqual({ ...CANCELLED, reason: 'failed' });
  },
);

test.each<[SagaStep]>([['reserve'], ['charge'], ['confirm']])(
  '%s crashes after its effect and is taken again: the effect is there once',
  async (step) => {
    const placed = await order();
    expect(await play(placed.orderId, { [step]: { when: 'after', times: 2 } })).toMatchObject({
      output: { status: 'confirmed' },
    });
    expect(await outcome(placed)).toEqual({ ...CONFIRMED, balance: 1_000_000 - placed.totalCents });
  },
);

test.each<[SagaStep]>([['reserve'], ['charge']])('%s has its effect and never answers: it is undone', async (step) => {
  const placed = await order();
  expect(await play(placed.orderId, { [step]: { when: 'hangs after' } })).toMatchObject({
    output: { status: 'cancelled', reason: 'failed' },
  });
  expect(await outcome(placed)).toEqual({ ...CANCELLED, reason: 'failed' });
});

test('confirm has its effect and never answers: the order stays confirmed, and nothing is undone', async () => {
  const placed = await order();
  expect(await play(placed.orderId, { confirm: { when: 'hangs after' } })).toMatchObject({
    output: { status: 'confirmed' },
    visited: expect.arrayContaining(['Stop', 'ConfirmedAlready', 'Confirmed']),
  });
  expect(await outcome(placed)).toEqual({ ...CONFIRMED, balance: 1_000_000 - placed.totalCents });
});

test('a step that comes when its order was given up long ago does nothing', async () => {
  const placed = await order();
  await play(placed.orderId, { charge: { when: 'before' } });
  for (const late of ['reserve', 'charge', 'confirm'] as const) {
    await expect(takeStep(database, late, placed)).rejects.toThrow(`order ${placed.orderId} is cancelled`);
  }
  expect(await outcome(placed)).toEqual({ ...CANCELLED, reason: 'failed' });
});

test.each<[SagaStep]>([['stop'], ['refund'], ['release'], ['cancel']])(
  '%s fails eleven times and crashes after its effect: undone once all the same',
  async (step) => {
    const placed = await order();
    await play(placed.orderId, { confirm: { when: 'before' }, [step]: { when: 'after', times: 11 } });
    expect(await outcome(placed)).toEqual({ ...CANCELLED, reason: 'failed' });
  },
);

test('what cannot be undone fails the execution, for somebody to look', async () => {
  const placed = await order();
  expect(await play(placed.orderId, { charge: { when: 'before' }, release: { when: 'before' } })).toMatchObject({
    status: 'FAILED',
  });
});

test('an event that comes twice orders once', async () => {
  const placed = await order();
  await Promise.all([play(placed.orderId), play(placed.orderId)]);
  await play(placed.orderId);
  expect(await outcome(placed)).toEqual({ ...CONFIRMED, balance: 1_000_000 - placed.totalCents });
});

test('every way out of every state was taken', () => {
  expect(untaken(definition, histories)).toEqual([]);
});
