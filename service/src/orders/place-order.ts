import type { StatementRunner } from '../../../runtime/database';
import { appendEvents, newEvent } from '../../../runtime/events';

export interface PlacedOrder {
  readonly id: string;
  readonly itemId: number;
  readonly quantity: number;
  readonly totalCents: number;
  readonly status: 'placed';
}

export interface OrderRequest {
  /** Made by the client, so that it may send the same order again without ordering twice. */
  readonly id: string;
  readonly visitorId: string;
  readonly itemId: number;
  readonly quantity: number;
}

const INSERT = `
  INSERT INTO orders (id, visitor_id, item_id, quantity, total_cents)
  SELECT $1, $2, id, $4::integer, price_cents::bigint * $4::integer FROM items WHERE id = $3
  ON CONFLICT (id) DO NOTHING
  RETURNING total_cents::text`;

/**
 * Takes an order at the price of now, with the event that starts its saga.
 *
 * @returns nothing when there is no such item, or the id was used before
 */
export async function placeOrder(
  database: Pick<StatementRunner, 'transaction'>,
  { id, visitorId, itemId, quantity }: OrderRequest,
): Promise<PlacedOrder | undefined> {
  const { value } = await database.transaction(async (transaction) => {
    const { rows } = await transaction.query<{ total_cents: string }>(INSERT, [id, visitorId, itemId, quantity]);
    if (rows[0] === undefined) return undefined;
    const totalCents = Number(rows[0].total_cents);
    const data = { orderId: id, itemId, quantity, totalCents };
    await appendEvents(transaction, [newEvent({ type: 'OrderPlaced', subject: `order-${id}`, data })]);
    return { id, itemId, quantity, totalCents, status: 'placed' } as const;
  });
  return value;
}
