import type { Migration } from './migration';

/**
 * What visitors did, one partition per month (service/src/events/partitions.ts makes and retires them). There is no
 * default partition: with one, PostgreSQL refuses DETACH … CONCURRENTLY, and every new month would scan it.
 */
export const events: Migration = {
  id: '0003-events',
  sql: `
    CREATE TABLE events (
      id uuid NOT NULL,
      occurred_at timestamptz NOT NULL,
      visitor_id uuid NOT NULL,
      item_id integer NOT NULL,
      kind text NOT NULL CHECK (kind IN ('view', 'like', 'purchase')),
      PRIMARY KEY (id, occurred_at)
    ) PARTITION BY RANGE (occurred_at);
    CREATE INDEX events_visitor ON events (visitor_id, occurred_at DESC);
    CREATE INDEX events_item ON events (item_id, occurred_at);
  `,
};
