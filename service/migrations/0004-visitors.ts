import type { Migration } from './migration';

/** What a visitor prefers, and who calls the API with a key: of a key only the SHA-256 is kept. */
export const visitors: Migration = {
  id: '0004-visitors',
  sql: `
    CREATE TABLE preferences (
      visitor_id uuid PRIMARY KEY,
      preferences jsonb NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE api_clients (
      key_hash bytea PRIMARY KEY CHECK (length(key_hash) = 32),
      name text NOT NULL,
      tier text NOT NULL CHECK (tier IN ('free', 'standard', 'premium')),
      may_edit boolean NOT NULL DEFAULT false
    );
  `,
};
