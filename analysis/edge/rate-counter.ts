/** Counts requests of one aggregation instance over a sliding window. */
export interface RateCounter {
  /** Counts a request at `timeSeconds` and says whether the instance is above its limit at that moment. */
  count(timeSeconds: number): boolean;
}

export interface RateCounterOptions {
  readonly limit: number;
  readonly windowSeconds: number;

  /**
   * How often AWS WAF looks at the count, in seconds. Between two looks its opinion stays. AWS documents only that
   * detection usually takes less than 30 seconds:
   * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-caveats.html
   */
  readonly checkEverySeconds: number;
}

/**
 * The requests of the last `windowSeconds`, this one included, against `limit`; above it the rule matches. Requests that
 * the rule itself refuses count on, so a caller who does not slow down stays limited.
 *
 * Times are kept in a ring that holds one request more than the limit: older ones cannot change the answer.
 */
export function rateCounter({ limit, windowSeconds, checkEverySeconds }: RateCounterOptions): RateCounter {
  const ring: number[] = [];
  let next = 0;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let limited = false;

  /** Whether more than `limit` of the counted requests came after `since`. */
  const above = (since: number): boolean => {
    if (ring.length <= limit) return false;
    const oldest = ring[next] ?? Number.NEGATIVE_INFINITY;
    return oldest > since;
  };

  return {
    count(timeSeconds) {
      if (checkEverySeconds > 0) {
        const look = Math.floor(timeSeconds / checkEverySeconds) * checkEverySeconds;
        if (look > checkedAt) {
          limited = above(look - windowSeconds);
          checkedAt = look;
        }
      }
      if (ring.length <= limit) {
        ring.push(timeSeconds);
      } else {
        ring[next] = timeSeconds;
        next = (next + 1) % (limit + 1);
      }
      if (checkEverySeconds === 0) limited = above(timeSeconds - windowSeconds);
      return limited;
    },
  };
}
