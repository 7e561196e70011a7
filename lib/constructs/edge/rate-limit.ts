import type { Duration } from 'aws-cdk-lib';
import { integerInRange } from '../../shared/validation';

/** How many requests AWS WAF lets pass per window before a rule acts. */
export interface RateLimit {
  /** Requests in the window, at least 10. */
  readonly requests: number;

  /** How far back AWS WAF counts: 60, 120, 300 or 600 seconds. */
  readonly window: Duration;
}

/** Windows that AWS WAF knows, in seconds. */
const RATE_WINDOWS_SECONDS: readonly number[] = [60, 120, 300, 600];

// https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
const MIN_REQUESTS = 10;
const MAX_REQUESTS = 2_000_000_000;

/** Requests per second that a limit comes to. */
export function perSecond(limit: RateLimit): number {
  return limit.requests / limit.window.toSeconds();
}

/** Problems with `limit` by itself. */
export function rateLimitProblems(name: string, limit: RateLimit): string[] {
  const seconds = limit.window.toSeconds();
  return [
    ...integerInRange(`${name}.requests`, limit.requests, MIN_REQUESTS, MAX_REQUESTS),
    ...(RATE_WINDOWS_SECONDS.includes(seconds)
      ? []
      : [`\`${name}.window\` must be one of ${RATE_WINDOWS_SECONDS.join(', ')} seconds, got ${seconds}`]),
  ];
}
