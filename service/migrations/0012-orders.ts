import type { Migration } from './migration';

/**
 * Orders with what the steps of their saga did: a reservation of stock and a payment from a visitor's account. An order
 * that is `stopping` takes no further step; what was done is undone.
 */
export const orders: Migration = {
  id: '0012-orders',
  sql: `
    CREATE TABLE orders (
      id uuid PRIMARY KEY,
      visitor_id uuid NOT NULL,
      item_id integer NOT NULL REFERENCES items,
      quantity integer NOT NULL CHECK (quantity > 0),
      total_cents bigint NOT NULL CHECK (total_cents >= 0),
      status text NOT NULL DEFAULT 'placed' CHECK (status IN ('placed', 'confirmed', 'stopping', 'cancelled')),
      reason text,
      placed_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX orders_visitor ON orders (visitor_id, placed_at DESC);

    CREATE TABLE stock (
      item_id integer PRIMARY KEY REFERENCES items ON DELETE CASCADE,
      available integer NOT NULL CHECK (available >= 0)
    );
    CREATE TABLE reservations (
      order_id uuid PRIMARY KEY REFERENCES orders,
      item_id integer NOT NULL,
      quantity integer NOT NULL,
      released_at timestamptz
    );

    CREATE TABLE accounts (
      visitor_id uuid PRIMARY KEY,
      balance_cents bigint NOT NULL CHECK (balance_cents >= 0)
    );
    CREATE TABLE payments (
      order_id uuid PRIMARY KEY REFERENCES orders,
      visitor_id uuid NOT NULL,
      amount_cents bigint NOT NULL,
      refunded_at timestamptz
    );
  `,
};
