import type { Migration } from './migration';

/** Effects of jobs that have happened, or that somebody is at until `leased_until`, so that none happens twice. */
export const jobKeys: Migration = {
  id: '0010-job-keys',
  sql: `
    CREATE TABLE job_keys (
      key text PRIMARY KEY,
      leased_until timestamptz,
      done_at timestamptz,
      result jsonb,
      created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX job_keys_created ON job_keys (created_at);
  `,
};
