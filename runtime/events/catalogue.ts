import { type Fields, type FieldValues, integer, oneOf, text, uuid } from '../messages';

/** The contract of one type of event. */
export interface EventSchema {
  /**
   * Goes up when a field changes its meaning or goes away, which readers of the old one cannot take. A new field does
   * not count: readers ignore what they do not know.
   */
  readonly version: number;
  readonly data: Fields;
}

/** As PostgreSQL's `integer`. */
const MAX_INTEGER = 2_147_483_647;
const itemId = integer(1, MAX_INTEGER);
const cents = integer(0, MAX_INTEGER);
/** Wider than what the API takes, which counts characters otherwise: an event must never stop a change. */
const name = text(2000, 0);

/**
 * Every event that the application publishes. An event carries the whole new state, so that a reader need not ask back,
 * and the version of that state where it has one, so that a reader can put events in order.
 */
export const EVENTS = {
  ItemChanged: {
    version: 1,
    data: { id: itemId, category: name, title: name, priceCents: cents, itemVersion: integer(1, MAX_INTEGER) },
  },
  OrderPlaced: {
    version: 1,
    data: { orderId: uuid, itemId, quantity: integer(1, 1000), totalCents: integer(0) },
  },
  OrderConfirmed: { version: 1, data: { orderId: uuid } },
  OrderCancelled: {
    version: 1,
    data: { orderId: uuid, reason: oneOf('out-of-stock', 'payment-declined', 'failed') },
  },
} as const satisfies Readonly<Record<string, EventSchema>>;

export type EventType = keyof typeof EVENTS;

export type EventData<T extends EventType> = FieldValues<(typeof EVENTS)[T]['data']>;
