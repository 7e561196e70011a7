import { performance } from 'node:perf_hooks';
import type { CacheConnection, CacheConnectionOptions } from '../connection';
import { formats } from '../entry';
import { type NamespaceKeys, namespaceKeys } from '../namespace-keys';
import {
  type CachePolicies,
  CachePolicyError,
  jittered,
  longestKeepMs,
  type ResolvedPolicy,
  resolvePolicy,
  SEEDED_JITTER_PERCENT,
} from '../policy';
import type { CacheKey } from '../types';
import { encodeCommand, encodeWrites, type KeptEntry, type KeptTag } from './commands';
import { type InspectedKey, type Inspection, inspect } from './inspection';
import type { RawConnection } from './raw-connection';
import { RawConnectionPool } from './raw-connection-pool';
import type { Reply } from './replies';

export interface SeederOptions {
  readonly policies: CachePolicies;
  /** The connection that questions go through. */
  readonly connection: CacheConnection;
  /** How the connections that write are made: the same server, the same log-in. */
  readonly server: CacheConnectionOptions;
  /** @default 'headroom' */
  readonly namespace?: string;
  /**
   * As in the options of the cache.
   * @default 10000
   */
  readonly replicationLagBudgetMs?: number;
  /**
   * Connections that write.
   * @default 2
   */
  readonly connections?: number;
}

/** A value that was loaded after the inspection of its key. */
export interface Seed {
  readonly key: InspectedKey;
  readonly value: unknown;
  /** Tags that the value tells, beside those of its policy. */
  readonly tags?: readonly string[];
  readonly from: 'replica' | 'primary';
}

/** Whoever holds the right to seed: nothing is written once `key` no longer says `token`. */
export interface Fence {
  readonly key: string;
  readonly token: string;
}

/** Another one has taken over. */
export class FenceLostError extends Error {
  public override readonly name = 'FenceLostError';
}

export interface SeedReport {
  readonly stored: number;
  /** Not stored, because something changed meanwhile; the next request for it loads it. */
  readonly overtaken: number;
}

const ATTEMPTS = 5;
/** Marks of invalidated keys live for the lag budget: what takes nearly as long can no longer be told from stale. */
const USABLE_SHARE_OF_BUDGET = 0.8;

/**
 * Puts values into the shared cache that nobody has asked for yet, many at once, under the same promise as a load: what
 * was invalidated since the load began is not stored. A batch is one transaction that the server drops when the
 * namespace's clock moves, so that plain writes are as safe as a script per entry, for a third of the server's time.
 */
export class CacheSeeder {
  private readonly policies: ReadonlyMap<string, ResolvedPolicy>;
  private readonly keys: NamespaceKeys;
  private readonly lagBudgetMs: number;
  /** As long as any entry that may carry the tag. */
  private readonly tagKeepMs: number;
  private readonly writers: RawConnectionPool;

  public constructor(private readonly options: SeederOptions) {
    const rows = Object.entries(options.policies);
    this.policies = new Map(
      rows.flatMap(([name, policy]) => (policy.cacheable ? [[name, resolvePolicy(policy)] as const] : [])),
    );
    this.keys = namespaceKeys(options.namespace ?? 'headroom');
    this.lagBudgetMs = options.replicationLagBudgetMs ?? 10_000;
    this.tagKeepMs = longestKeepMs(this.policies.values()) + this.lagBudgetMs;
    this.writers = new RawConnectionPool(options.server, options.connections ?? 2);
  }

  /** Looks at `keys` without their values, in two round trips. */
  public async inspect(keys: readonly CacheKey[]): Promise<Inspection> {
    const { connection } = this.options;
    const tagsOf = (key: CacheKey): readonly string[] => this.policyOf(key).tags(key.id);
    return inspect(keys, { connection, keys: this.keys, lagBudgetMs: this.lagBudgetMs, tagsOf });
  }

  /**
   * Stores what was loaded after `inspection`.
   *
   * @throws FenceLostError when `fence` has fallen to another
   * @throws CacheUnavailableError when the server cannot be asked
   */
  public async store(inspection: Inspection, seeds: readonly Seed[], fence?: Fence): Promise<SeedReport> {
    if (seeds.length === 0) return { stored: 0, overtaken: 0 };
    const stored = await this.writers.use(async (connection) => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const count = await this.tryToStore(connection, inspection, seeds, fence);
        if (count !== undefined) return count;
      }
      return 0;
    });
    return { stored, overtaken: seeds.length - stored };
  }

  public close(): void {
    this.writers.close();
  }

  /** How many were stored; `undefined` when something was invalidated in between. */
  private async tryToStore(
    connection: RawConnection,
    inspection: Inspection,
    seeds: readonly Seed[],
    fence: Fence | undefined,
  ): Promise<number | undefined> {
    const current = await this.watch(connection, inspection, seeds, fence);
    if (performance.now() - inspection.at > this.lagBudgetMs * USABLE_SHARE_OF_BUDGET) return 0;
    const good = seeds.filter((seed) => this.stillTrue(seed, inspection, current));
    const now = Date.now();
    const entries = good.map((seed) => this.keptEntry(seed, inspection.clock, now));
    const keepMs = this.tagKeepMs;
    const kept = new Map<string, KeptTag>();
    for (const { entry } of entries) {
      for (const tag of entry.tags) kept.set(tag, { key: this.keys.tag(tag), clock: inspection.clock, keepMs });
    }
    const { bytes, replies } = encodeWrites(entries, [...kept.values()]);
    const answers = await connection.send(bytes, replies);
    const refused = answers.find((answer) => answer instanceof Error);
    if (refused) throw refused;
    return answers.at(-1) === null ? undefined : good.length;
  }

  /** Begins to watch the clock and the fence, and asks for what was invalidated since the inspection. */
  private async watch(
    connection: RawConnection,
    inspection: Inspection,
    seeds: readonly Seed[],
    fence: Fence | undefined,
  ): Promise<ReadonlyMap<string, number>> {
    const tags = [...new Set(seeds.flatMap((seed) => this.tagsOf(seed)))];
    const watched = [this.keys.clock, ...(fence ? [fence.key] : [])];
    const tagKeys = tags.map((tag) => this.keys.tag(tag));
    const [, values] = await connection.send(
      Buffer.concat([encodeCommand(['WATCH', ...watched]), encodeCommand(['MGET', ...watched, ...tagKeys])]),
      2,
    );
    const [clock = null, ...others] = listOf(values);
    if (fence && others.shift() !== fence.token) {
      throw new FenceLostError(`the right to seed (${fence.key}) has gone to another`);
    }
    const moments = new Map(tags.map((tag, index) => [`tag ${tag}`, Number(others[index] ?? 0)]));
    if (Number(clock ?? 0) === inspection.clock) return moments;
    const touchedKeys = seeds.map(({ key }) => this.keys.touched(key.name));
    const [touched] = await connection.send(encodeCommand(['MGET', ...touchedKeys]), 1);
    for (const [index, moment] of listOf(touched).entries()) {
      moments.set(`key ${seeds[index]?.key.name}`, Number(moment ?? 0));
    }
    return moments;
  }

  private stillTrue(seed: Seed, { clock, serverTime }: Inspection, moments: ReadonlyMap<string, number>): boolean {
    // Tags that only the value told: a replica that lags may have answered with what was before their invalidation.
    const since = seed.from === 'primary' ? clock : Math.min(clock, serverTime - this.lagBudgetMs * 1_000);
    const tags = this.tagsOf(seed).every((tag) => (moments.get(`tag ${tag}`) ?? 0) <= since);
    return tags && (moments.get(`key ${seed.key.name}`) ?? 0) <= clock;
  }

  private keptEntry(seed: Seed, clock: number, now: number): KeptEntry {
    const policy = this.policyOf(seed.key);
    const ttlMs = jittered(policy.ttlMs, SEEDED_JITTER_PERCENT);
    const body = formats[policy.format].encode(seed.value);
    return {
      key: this.keys.entry(seed.key.name),
      entry: { body, freshUntil: now + ttlMs, clock, tags: this.tagsOf(seed), warmed: true },
      keepMs: ttlMs + policy.staleMs,
    };
  }

  private tagsOf({ key, tags = [] }: Seed): readonly string[] {
    const own = this.policyOf(key).tags(key.id);
    return tags.length === 0 ? own : [...new Set([...own, ...tags])];
  }

  private policyOf(key: CacheKey): ResolvedPolicy {
    const policy = this.policies.get(key.class);
    if (policy !== undefined && !policy.sensitive) return policy;
    throw new CachePolicyError(`\`policies.${key.class}\` must be cacheable and not sensitive to be seeded`);
  }
}

function listOf(reply: Reply | undefined): readonly Reply[] {
  if (reply instanceof Error) throw reply;
  return Array.isArray(reply) ? reply : [];
}
