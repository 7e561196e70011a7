import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CacheConnection } from '../cache/connection';
import { run, script } from '../cache/scripts';
import { type Metrics, noMetrics } from '../telemetry/metrics';

/** What one tier of clients may do. */
export interface RateLimitTier {
  /** Requests per minute in the long run. */
  readonly perMinute: number;
  /**
   * Requests that may come at once before the rate is enforced.
   * @default - a sixth of `perMinute`: what 10 s would bring
   */
  readonly burst?: number;
}

export interface RateLimiterOptions<T extends Readonly<Record<string, RateLimitTier>>> {
  readonly connection: CacheConnection;
  /** Tier to limit, such as `anonymous`, `free`, `paid`. */
  readonly tiers: T;
  /** @default 'headroom' */
  readonly namespace?: string;
  /** @default - metrics go nowhere */
  readonly metrics?: Metrics;
}

export interface RateLimitDecision {
  readonly allowed: boolean;
  /** Requests that may come at once. */
  readonly limit: number;
  /** Requests that may still come at once. */
  readonly remaining: number;
  /** When a refused request may come again, in seconds; 0 for an allowed one. */
  readonly retryAfterSeconds: number;
  /** When the whole burst is there again, in seconds. */
  readonly resetSeconds: number;
  /** `shared` counts over all processes; `process` over this one, while the cache server is away. */
  readonly scope: 'shared' | 'process';
}

/**
 * The generic cell rate algorithm (ITU-T I.371): one number per client, the time at which its next request would be due
 * at an even pace; a request is refused when it comes more than the burst's worth ahead of that. Times in µs of the
 * server's clock, so that the clocks of the callers do not matter. KEYS: client; ARGV: µs per request, burst, cost.
 */
export const GCRA = script(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval = tonumber(ARGV[1])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local next = due + interval * tonumber(ARGV[3])
local ahead = next - now - interval * tonumber(ARGV[2])
if ahead > 0 then return { 0, string.format('%.0f', ahead), string.format('%.0f', due - now) } end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return { 1, '0', string.format('%.0f', next - now) }
`);

const MICROS_PER_SECOND = 1_000_000;
const CLIENTS_REMEMBERED = 10_000;

/** µs by which the request came too early (0: allowed), and µs until the whole burst is there again. */
interface Verdict {
  readonly early: number;
  readonly backlog: number;
}

/** Rate limits by tier of client, counted over all processes. */
export class RateLimiter<T extends Readonly<Record<string, RateLimitTier>> = Record<string, RateLimitTier>> {
  private readonly dueHere = new LRUCache<string, number>({ max: CLIENTS_REMEMBERED });

  /** @throws RangeError with every tier that cannot work */
  public constructor(private readonly options: RateLimiterOptions<T>) {
    const problems = Object.entries(options.tiers).flatMap(([name, { perMinute, burst }]) => [
      ...(perMinute > 0 ? [] : [`\`tiers.${name}.perMinute\` must be more than 0, got ${perMinute}`]),
      ...(burst === undefined || burst >= 1 ? [] : [`\`tiers.${name}.burst\` must be at least 1, got ${burst}`]),
    ]);
    if (problems.length > 0) throw new RangeError(problems.join('\n'));
  }

  /**
   * Asks whether `client` (a user, an API key, an address) may do one more request; never rejects. While the server is
   * away every process counts for itself: an outage of the cache must not be an outage of the service, and a client
   * still cannot have more than its rate from each process.
   * @param cost how many ordinary requests this one is worth
   */
  public async check(tier: keyof T & string, client: string, cost = 1): Promise<RateLimitDecision> {
    const limits = this.options.tiers[tier];
    if (limits === undefined) {
      throw new TypeError(`no tier \`${tier}\`: \`tiers\` has ${Object.keys(this.options.tiers).join(', ')}`);
    }
    const burst = limits.burst ?? Math.max(1, Math.round(limits.perMinute / 6));
    const interval = (60 * MICROS_PER_SECOND) / limits.perMinute;
    // Hashed: an address or a key is personal, and may be as long as the client likes.
    const name = `${tier}:${createHash('sha256').update(client).digest('base64url')}`;
    const shared = await this.checkShared(name, interval, burst, cost).catch(() => undefined);
    const { early, backlog } = shared ?? this.checkHere(name, interval, burst, cost);
    const allowed = early === 0;
    if (!allowed) (this.options.metrics ?? noMetrics).count('rate_limited_requests_total', { tier });
    return {
      allowed,
      limit: burst,
      remaining: Math.max(0, Math.floor(burst - backlog / interval)),
      retryAfterSeconds: Math.ceil(early / MICROS_PER_SECOND),
      resetSeconds: Math.ceil(backlog / MICROS_PER_SECOND),
      scope: shared === undefined ? 'process' : 'shared',
    };
  }

  private async checkShared(name: string, interval: number, burst: number, cost: number): Promise<Verdict> {
    const key = `${this.options.namespace ?? 'headroom'}:rate:${name}`;
    const reply = await run(this.options.connection.client(), GCRA, [key], [`${interval}`, `${burst}`, `${cost}`]);
    if (!Array.isArray(reply)) throw new TypeError('the rate limit script must answer with a list');
    return { early: Number(reply[1]), backlog: Number(reply[2]) };
  }

  private checkHere(name: string, interval: number, burst: number, cost: number): Verdict {
    const now = performance.now() * 1_000;
    const due = Math.max(this.dueHere.get(name) ?? 0, now);
    const next = due + interval * cost;
    const early = Math.max(0, next - now - interval * burst);
    if (early > 0) return { early, backlog: due - now };
    this.dueHere.set(name, next);
    return { early, backlog: next - now };
  }
}

/** The decision as response headers: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers (draft 6). */
export function rateLimitHeaders(decision: RateLimitDecision): Record<string, string> {
  return {
    'ratelimit-limit': `${decision.limit}`,
    'ratelimit-remaining': `${decision.remaining}`,
    'ratelimit-reset': `${decision.resetSeconds}`,
    ...(decision.allowed ? {} : { 'retry-after': `${Math.max(1, decision.retryAfterSeconds)}` }),
  };
}
