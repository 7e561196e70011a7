import { setTimeout as pause } from 'node:timers/promises';
import type { CacheConnection } from './connection';
import { unheard } from './listeners';
import { type CachePolicies, longestKeepMs, resolvePolicy } from './policy';
import { ServerTier } from './server-tier';

export interface InvalidatorOptions {
  readonly connection: CacheConnection;
  readonly policies: CachePolicies;
  /** @default 'headroom' */
  readonly namespace?: string;
  /**
   * As in the options of the cache.
   * @default 10000
   */
  readonly replicationLagBudgetMs?: number;
  /**
   * As in the options of the cache.
   * @default 2000
   */
  readonly maxUnheardMs?: number;
}

/** Tags of one script: it must not hold the server up. */
const AT_ONCE = 500;
const POLL_MS = 10;

/** Invalidates for a process that has no cache of its own, and knows when every other process has heard of it. */
export class Invalidator {
  private readonly server: ServerTier;
  private readonly maxUnheardMs: number;

  public constructor(private readonly options: InvalidatorOptions) {
    const { connection, policies, namespace = 'headroom', replicationLagBudgetMs = 10_000 } = options;
    const resolved = Object.values(policies).map((policy) => (policy.cacheable ? resolvePolicy(policy) : undefined));
    const keep = { longestKeepMs: longestKeepMs(resolved), replicationLagBudgetMs, leaseMs: 0 };
    this.server = new ServerTier({ connection, namespace, ...keep });
    this.maxUnheardMs = options.maxUnheardMs ?? 2_000;
  }

  /**
   * Makes every entry with one of `tags` miss, and tells every process.
   *
   * @returns the clock of the last of it, for {@link heard}
   * @throws CacheUnavailableError when the server cannot be told
   */
  public async invalidate(tags: readonly string[]): Promise<number> {
    let clock = 0;
    for (let from = 0; from < tags.length; from += AT_ONCE) {
      clock = await this.server.invalidate({ keys: [], tags: tags.slice(from, from + AT_ONCE) });
    }
    return clock;
  }

  /**
   * Settles when no process answers from its memory any more with what was invalidated up to `clock`: each has said
   * so, or has been silent for so long that it does not believe its memory itself.
   */
  public async heard(clock: number): Promise<void> {
    const { connection } = this.options;
    const giveUpAt = performance.now() + this.maxUnheardMs;
    while (performance.now() < giveUpAt) {
      if ((await unheard(connection, this.server.keys, clock, this.maxUnheardMs)) === 0) return;
      await pause(POLL_MS);
    }
  }
}
