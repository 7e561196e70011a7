import type { StatementRunner, Transaction } from '../../../runtime/database';
import { appendEvents, type EventData, newEvent } from '../../../runtime/events';

/** Nothing is left of what was ordered. */
class OutOfStockError extends Error {
  public override readonly name = 'OutOfStockError';
}

/** The visitor's account does not hold as much. */
class PaymentDeclinedError extends Error {
  public override readonly name = 'PaymentDeclinedError';
}

/** The order was stopped or never placed: nothing more is done for it. */
class OrderNotOpenError extends Error {
  public override readonly name = 'OrderNotOpenError';
}

interface Order extends Record<string, unknown> {
  readonly visitor_id: string;
  readonly item_id: number;
  readonly quantity: number;
  readonly total_cents: string;
  readonly reason: EventData<'OrderCancelled'>['reason'] | null;
  readonly status: 'placed' | 'confirmed' | 'stopping' | 'cancelled';
}

export interface StepInput {
  readonly orderId: string;
  /** Why the order is stopped; for the step that does. */
  readonly reason?: EventData<'OrderCancelled'>['reason'];
}

/** What a step leaves for the state machine. */
export interface StepResult {
  readonly status: Order['status'];
}

type Step = (transaction: Transaction, input: StepInput, order: Order) => Promise<StepResult>;

/**
 * The steps of an order's saga. Each is one transaction that begins with the lock on the order, so that a step which
 * comes late (its time was up, and Step Functions went on without it) finds the order stopped and does nothing; and each
 * may run again without doing more.
 */
const STEPS = {
  reserve: open(async (transaction, { orderId }, { item_id: itemId, quantity }) => {
    const { rowCount: known } = await transaction.query('SELECT FROM reservations WHERE order_id = $1', [orderId]);
    if (known > 0) return { status: 'placed' };
    const { rowCount } = await transaction.query(
      'UPDATE stock SET available = available - $2 WHERE item_id = $1 AND available >= $2',
      [itemId, quantity],
    );
    if (rowCount === 0) throw new OutOfStockError(`there are no ${quantity} left of item ${itemId}`);
    await transaction.query('INSERT INTO reservations VALUES ($1, $2, $3)', [orderId, itemId, quantity]);
    return { status: 'placed' };
  }),

  charge: open(async (transaction, { orderId }, { visitor_id: visitorId, total_cents: total }) => {
    const { rowCount: known } = await transaction.query('SELECT FROM payments WHERE order_id = $1', [orderId]);
    if (known > 0) return { status: 'placed' };
    const { rowCount } = await transaction.query(
      'UPDATE accounts SET balance_cents = balance_cents - $2 WHERE visitor_id = $1 AND balance_cents >= $2',
      [visitorId, total],
    );
    if (rowCount === 0) throw new PaymentDeclinedError(`the account does not hold ${total} cents`);
    await transaction.query('INSERT INTO payments VALUES ($1, $2, $3)', [orderId, visitorId, total]);
    return { status: 'placed' };
  }),

  confirm: open(async (transaction, { orderId }) => {
    await transaction.query("UPDATE orders SET status = 'confirmed' WHERE id = $1", [orderId]);
    await appendEvents(transaction, [
      newEvent({ type: 'OrderConfirmed', subject: `order-${orderId}`, data: { orderId } }),
    ]);
    return { status: 'confirmed' };
  }),

  /** From here on no step forward has an effect. An order that is confirmed already stays so. */
  stop: async (transaction, { orderId, reason = 'failed' }, { status }) => {
    if (status !== 'placed') return { status };
    await transaction.query("UPDATE orders SET status = 'stopping', reason = $2 WHERE id = $1", [orderId, reason]);
    return { status: 'stopping' };
  },

  refund: async (transaction, { orderId }, { status }) => {
    await transaction.query(
      `WITH refunded AS (
         UPDATE payments SET refunded_at = now() WHERE order_id = $1 AND refunded_at IS NULL
         RETURNING visitor_id, amount_cents
       )
       UPDATE accounts SET balance_cents = balance_cents + amount_cents
       FROM refunded WHERE accounts.visitor_id = refunded.visitor_id`,
      [orderId],
    );
    return { status };
  },

  release: async (transaction, { orderId }, { status }) => {
    await transaction.query(
      `WITH released AS (
         UPDATE reservations SET released_at = now() WHERE order_id = $1 AND released_at IS NULL
         RETURNING item_id, quantity
       )
       UPDATE stock SET available = available + quantity FROM released WHERE stock.item_id = released.item_id`,
      [orderId],
    );
    return { status };
  },

  cancel: async (transaction, { orderId }, { status, reason }) => {
    if (status !== 'stopping') return { status };
    await transaction.query("UPDATE orders SET status = 'cancelled' WHERE id = $1", [orderId]);
    await appendEvents(transaction, [
      newEvent({ type: 'OrderCancelled', subject: `order-${orderId}`, data: { orderId, reason: reason ?? 'failed' } }),
    ]);
    return { status: 'cancelled' };
  },
} satisfies Readonly<Record<string, Step>>;

export type SagaStep = keyof typeof STEPS;

const ORDER =
  'SELECT visitor_id, item_id, quantity, total_cents::text, reason, status FROM orders WHERE id = $1 FOR UPDATE';

/** Takes one step of an order's saga, all of it or nothing. */
export async function takeStep(
  database: Pick<StatementRunner, 'transaction'>,
  step: SagaStep,
  input: StepInput,
): Promise<StepResult> {
  const { value } = await database.transaction(
    async (transaction) => {
      const { rows } = await transaction.query<Order>(ORDER, [input.orderId]);
      if (rows[0] === undefined) throw new OrderNotOpenError(`there is no order ${input.orderId}`);
      return STEPS[step](transaction, input, rows[0]);
    },
    { retries: 3 },
  );
  return value;
}

/** A step forward: only for an order that is open, and nothing for one that is confirmed already. */
function open(step: Step): Step {
  return async (transaction, input, order) => {
    if (order.status === 'confirmed') return { status: 'confirmed' };
    if (order.status !== 'placed') throw new OrderNotOpenError(`order ${input.orderId} is ${order.status}`);
    return step(transaction, input, order);
  };
}
