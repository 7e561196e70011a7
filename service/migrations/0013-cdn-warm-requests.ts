import type { Migration } from './migration';

/**
 * Requests by which the CDN was warmed (lambda/cache-warmer/), by month. They are counted here and not in the cache,
 * because a cache that has lost its data is what the warmer works most for.
 */
export const cdnWarmRequests: Migration = {
  id: '0013-cdn-warm-requests',
  sql: `
    CREATE TABLE cdn_warm_requests (
      month text PRIMARY KEY CHECK (month ~ '^\\d{4}-\\d{2}$'),
      requests integer NOT NULL
    );
  `,
};
