import type { Migration } from './migration';

/**
 * What the CDN must forget (lambda/cache-invalidator/): what is wanted and not yet asked for, the requests that were
 * made of it, and whose turn it is to make the next one. It is here because a cache may lose its data and a queue
 * cannot be looked at as a whole (docs/decisions/0065).
 */
export const cdnPurges: Migration = {
  id: '0007-cdn-purges',
  sql: `
    CREATE TABLE cdn_purges (
      item text PRIMARY KEY CHECK (length(item) BETWEEN 1 AND 2048),
      wanted_at timestamptz NOT NULL
    );
    CREATE TABLE cdn_purge_batches (
      reference uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      paths text[] NOT NULL,
      tags text[] NOT NULL,
      wanted_at timestamptz NOT NULL,
      made_at timestamptz NOT NULL,
      sent_at timestamptz,
      invalidation_id text
    );
    CREATE INDEX cdn_purge_batches_unsent ON cdn_purge_batches (made_at) WHERE sent_at IS NULL;
    CREATE INDEX cdn_purge_batches_sent ON cdn_purge_batches (sent_at) WHERE sent_at IS NOT NULL;
    CREATE TABLE cdn_purge_turn (
      the_only boolean PRIMARY KEY DEFAULT true CHECK (the_only),
      holder uuid,
      held_until timestamptz NOT NULL DEFAULT '-infinity',
      next_at timestamptz NOT NULL DEFAULT '-infinity',
      refusals integer NOT NULL DEFAULT 0
    );
    INSERT INTO cdn_purge_turn DEFAULT VALUES;
  `,
};
