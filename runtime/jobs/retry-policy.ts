import type { Message } from './message-source';

/** When a message whose work failed is tried again, and when no more. */
export interface RetryPolicy {
  /** Attempts in all; the same as the queue's `maxReceiveCount`, which counts those that crashed too. */
  readonly maxReceives: number;
  /** Longest wait after the first failure, in seconds; doubles with each. */
  readonly baseSeconds: number;
  /** Longest wait after any, in seconds. */
  readonly capSeconds: number;
}

export const DEFAULT_RETRY: RetryPolicy = { maxReceives: 5, baseSeconds: 2, capSeconds: 900 };

/** The work can never succeed, however often it is tried: the message goes to the dead letters at once. */
export class PermanentJobError extends Error {
  public override readonly name: string = 'PermanentJobError';
}

/** What becomes of a message whose work failed. */
export type Consequence = { readonly retryInSeconds: number } | { readonly deadBecause: string };

/**
 * Full jitter: anything up to the doubled wait, so that what failed together does not come back together.
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param random from 0 to 1, as `Math.random`
 */
export function consequenceOf(
  { receives }: Message,
  error: unknown,
  { maxReceives, baseSeconds, capSeconds }: RetryPolicy,
  random: () => number = Math.random,
): Consequence {
  const reason = String(error);
  if (error instanceof PermanentJobError) return { deadBecause: reason };
  if (receives >= maxReceives) return { deadBecause: `failed ${receives} times, at last with ${reason}` };
  return { retryInSeconds: Math.ceil(random() * Math.min(capSeconds, baseSeconds * 2 ** (receives - 1))) };
}
