/** Why the cache is warmed, and with what. */
export interface WarmRequest {
  /** For logs and metrics. */
  readonly reason: 'schedule' | 'trending' | 'deployment' | 'failover' | 'invalidation' | 'manual';
  /** `trending` takes what rises; `all` what is popular or declared; tags what was just invalidated and is popular. */
  readonly keys: 'all' | 'trending' | { readonly tags: readonly string[] };
}

/** The event is none that the warmer is called with. */
class InvalidWarmRequestError extends Error {
  public override readonly name = 'InvalidWarmRequestError';
}

/** `detail-type` of what AWS reports, and the reason that it is. */
const REPORTED: Readonly<Record<string, WarmRequest['reason']>> = {
  'ECS Deployment State Change': 'deployment',
  'RDS DB Cluster Event': 'failover',
};

/**
 * Reads what called the function: a schedule or a person (`{ "warm": "all" }`, `{ "warm": "trending" }`), an event of a
 * deployment or a failover, or the invalidator (`{ "warm": ["item-5"] }`).
 *
 * @throws InvalidWarmRequestError when it is none of them
 */
export function readWarmRequest(event: unknown): WarmRequest {
  const fields: Readonly<Record<string, unknown>> = typeof event === 'object' && event !== null ? { ...event } : {};
  const { warm, reason } = fields;
  if (warm === 'all') return { reason: reason === 'schedule' ? 'schedule' : 'manual', keys: 'all' };
  if (warm === 'trending') return { reason: 'trending', keys: 'trending' };
  if (Array.isArray(warm) && warm.every((tag) => typeof tag === 'string')) {
    return { reason: 'invalidation', keys: { tags: warm } };
  }
  const reported = REPORTED[String(fields['detail-type'])];
  if (reported !== undefined) return { reason: reported, keys: 'all' };
  throw new InvalidWarmRequestError(
    `\`warm\` must be 'all', 'trending' or a list of tags, got ${JSON.stringify(warm) ?? 'none'}`,
  );
}
