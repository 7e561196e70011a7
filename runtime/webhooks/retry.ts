/** When what failed is tried again, and for how long. */
export interface RetryPolicy {
  /** Pause after the first failure, in milliseconds; each further one doubles it. */
  readonly baseMillis: number;
  /** Longest pause, in milliseconds. */
  readonly maxMillis: number;
  /** How long after its event a delivery is tried, in milliseconds. */
  readonly windowMillis: number;
}

/** For 24 hours: after 5 s, 10 s, 20 s … up to once an hour. */
export const defaultRetries: RetryPolicy = {
  baseMillis: 5_000,
  maxMillis: 3_600_000,
  windowMillis: 24 * 3_600_000,
};

/**
 * Pause after so many failures in a row, in milliseconds: between half and all of the doubled pause, so that
 * subscribers that failed together do not come back together.
 *
 * @param random from 0 up to 1
 */
export function pauseAfter(failures: number, { baseMillis, maxMillis }: RetryPolicy, random = Math.random()): number {
  const doubled = baseMillis * 2 ** Math.min(failures - 1, 30);
  return Math.round(Math.min(doubled, maxMillis) * (0.5 + random / 2));
}
