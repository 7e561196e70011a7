import type { Migration } from './migration';

/**
 * Events that were written with the change that they tell of and wait to be published. What is published stays a while,
 * for whoever asks what was said when. Only what waits is in the two partial indexes: they stay small.
 */
export const outbox: Migration = {
  id: '0005-outbox',
  sql: `
    CREATE TABLE outbox (
      position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      subject text NOT NULL,
      event jsonb NOT NULL,
      published_at timestamptz
    );
    CREATE INDEX outbox_waiting ON outbox (position) WHERE published_at IS NULL;
    CREATE INDEX outbox_waiting_subject ON outbox (subject, position) WHERE published_at IS NULL;
    CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;
  `,
};
