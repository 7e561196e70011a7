import type { StatementRunner } from '../../../runtime/database';

/** An order as its visitor sees it. */
export interface Order {
  readonly id: string;
  readonly itemId: number;
  readonly quantity: number;
  readonly totalCents: number;
  readonly status: string;
  /** Why it was cancelled. */
  readonly reason?: string;
}

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly item_id: number;
  readonly quantity: number;
  readonly total_cents: string;
  readonly status: string;
  readonly reason: string | null;
}

const FIND = `
  SELECT id, item_id, quantity, total_cents::text, status, reason FROM orders WHERE id = $2 AND visitor_id = $1`;

/** The order, if it is the visitor's own. */
export async function findOrder(database: StatementRunner, visitorId: string, id: string): Promise<Order | undefined> {
  const { rows } = await database.read<Row>(FIND, [visitorId, id]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { item_id: itemId, quantity, total_cents, status, reason } = row;
  return { id: row.id, itemId, quantity, totalCents: Number(total_cents), status, ...(reason !== null && { reason }) };
}
