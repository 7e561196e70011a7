import type { ApiRoute } from '../constructs/serverless-api/api-route';

/** What functions answer, in every environment. The function `api` is the reference service itself. */
export const API_ROUTES: readonly ApiRoute[] = [
  { who: 'partners', method: 'GET', path: '/api/items', function: 'api' },
  { who: 'partners', method: 'GET', path: '/api/items/{id}', function: 'api' },
  { who: 'partners', method: 'PATCH', path: '/api/items/{id}', function: 'api' },
  { who: 'partners', method: 'GET', path: '/api/search', function: 'api' },
  { who: 'visitors', method: 'ANY', path: '/api/{rest+}', function: 'api' },
];

/** What partners pay for, in every environment: the tiers of the service (service/src/rate-limits.ts), per second. */
export const PARTNER_TIERS = [
  { name: 'free', requestsPerSecond: 10, burst: 200, quota: { requests: 100_000, per: 'MONTH' } },
  { name: 'standard', requestsPerSecond: 100, burst: 1_000, quota: { requests: 10_000_000, per: 'MONTH' } },
  { name: 'premium', requestsPerSecond: 1_000, burst: 5_000, quota: { requests: 100_000_000, per: 'MONTH' } },
] as const;
