import type { Migration } from './migration';

/**
 * What the CDN must forget is asked for once answers on their way have arrived: each wish has a moment of its own, and
 * an item that is wanted again meanwhile waits twice. Whoever leaves its wish to another one has it looked after, once a
 * second for all of them (docs/decisions/0087).
 */
export const cdnPurgesRipen: Migration = {
  id: '0014-cdn-purges-ripen',
  sql: `
    ALTER TABLE cdn_purges DROP CONSTRAINT cdn_purges_pkey;
    ALTER TABLE cdn_purges ADD COLUMN ripe_at timestamptz NOT NULL DEFAULT now();
    CREATE INDEX cdn_purges_ripe ON cdn_purges (ripe_at);
    ALTER TABLE cdn_purge_turn ADD COLUMN looked_after_at timestamptz NOT NULL DEFAULT '-infinity';
  `,
};
