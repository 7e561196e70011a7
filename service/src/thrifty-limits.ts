import { LRUCache } from 'lru-cache';
import type { RateLimitDecision, RateLimiter } from '../../runtime/limits';
import { rateLimits } from './rate-limits';

type Tiers = typeof rateLimits;

/** What a process knows of one client. */
interface Known {
  /** Requests that were let through here and not yet charged to the shared count. */
  uncharged: number;
  /** When `uncharged` was last brought up to date, in milliseconds. */
  at: number;
  /** Until when the shared count has refused the client, in milliseconds. */
  refusedUntil: number;
  last: RateLimitDecision;
}

const CLIENTS = 20_000;
/** A process charges the shared count once for this share of a client's burst. */
const BURST_SHARE = 20;

/**
 * The shared rate limiter, asked only when it matters: one round trip per request would cost as much as the answer of
 * a cached item. A client is charged in batches of a twentieth of its burst; what it has not been charged for fades at
 * the rate at which the shared count would have forgiven it anyway. So a client that stays below its rate is never
 * asked about, and one that does not gets at most a twentieth of a burst more from each process. A refusal is
 * remembered until it ends, so that a flood costs nothing.
 */
export class ThriftyLimits {
  private readonly clients = new LRUCache<string, Known>({ max: CLIENTS });

  public constructor(private readonly shared: Pick<RateLimiter<Tiers>, 'check'>) {}

  /** At once where the process can tell by itself. */
  public check(
    tier: keyof Tiers,
    client: string,
    now = performance.now(),
  ): RateLimitDecision | Promise<RateLimitDecision> {
    const key = `${tier}\n${client}`;
    const known = this.clients.get(key);
    if (known === undefined) {
      const first = unasked(tier);
      this.clients.set(key, { uncharged: 1, at: now, refusedUntil: 0, last: first });
      return batchOf(tier) > 1 ? first : this.ask(tier, client, key, now);
    }
    if (now < known.refusedUntil) {
      return { ...known.last, retryAfterSeconds: Math.ceil((known.refusedUntil - now) / 1000) };
    }
    const forgiven = ((now - known.at) * rateLimits[tier].perMinute) / 60_000;
    known.uncharged = Math.max(0, known.uncharged - forgiven) + 1;
    known.at = now;
    if (known.uncharged < batchOf(tier)) return known.last;
    return this.ask(tier, client, key, now);
  }

  private async ask(tier: keyof Tiers, client: string, key: string, now: number): Promise<RateLimitDecision> {
    const known = this.clients.get(key);
    const cost = Math.max(1, Math.round(known?.uncharged ?? 1));
    if (known !== undefined) known.uncharged = 0;
    const decision = await this.shared.check(tier, client, cost);
    if (known !== undefined) {
      known.last = decision;
      known.refusedUntil = decision.allowed ? 0 : now + decision.retryAfterSeconds * 1000;
    }
    return decision;
  }
}

function batchOf(tier: keyof Tiers): number {
  return Math.max(1, Math.floor(rateLimits[tier].burst / BURST_SHARE));
}

/** What holds for a client of whom nothing is known. */
function unasked(tier: keyof Tiers): RateLimitDecision {
  const { burst } = rateLimits[tier];
  return { allowed: true, limit: burst, remaining: burst - 1, retryAfterSeconds: 0, resetSeconds: 0, scope: 'process' };
}
