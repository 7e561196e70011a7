import type { RateLimitTier } from '../../runtime/limits';

/**
 * How many requests a caller may make, by tier: the same tiers as at the edge, where they are ceilings for what a caller
 * claims to be. Here the tier is the one that the API key or the session really has.
 */
export const rateLimits = {
  /** Nobody in particular, by address: many people may sit behind one. */
  anonymous: { perMinute: 600, burst: 200 },
  /** A visitor with a session on the routes that are personal, or a client with a free key. */
  free: { perMinute: 600, burst: 200 },
  standard: { perMinute: 6_000, burst: 1_000 },
  premium: { perMinute: 60_000, burst: 10_000 },
  /** New sessions, by address: each one has a limit of its own afterwards. */
  signIn: { perMinute: 30, burst: 20 },
} as const satisfies Readonly<Record<string, RateLimitTier>>;

export type Tier = Exclude<keyof typeof rateLimits, 'signIn'>;
