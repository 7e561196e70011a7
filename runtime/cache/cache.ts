import { noMetrics } from '../telemetry/metrics';
import { Coherence } from './coherence';
import { unreadable } from './encryption';
import { LoadGate } from './load-gate';
import { LEASE_MS, Loading } from './loading';
import { MemoryTier } from './memory-tier';
import { assertPolicies, type CachePolicies, longestKeepMs, type ResolvedPolicy, resolvePolicy } from './policy';
import { Popularity } from './popularity';
import { Reading } from './reading';
import { RecordingCache } from './recording-cache';
import { ServerTier } from './server-tier';
import { CacheCounters, CacheReporter } from './statistics';
import type {
  Cache,
  CacheOptions,
  CacheStatistics,
  CacheTier,
  Invalidation,
  LoadContext,
  Loader,
  LookupOptions,
} from './types';
import type { Wanted } from './wanted';
import { writeThrough } from './writing';

const nothing = async (): Promise<undefined> => undefined;
const uncacheableContext: LoadContext = { preferPrimary: false, tag() {} };

class TieredCache implements Cache {
  private readonly policies: ReadonlyMap<string, ResolvedPolicy | undefined>;
  private readonly counters: CacheCounters;
  private readonly memory: MemoryTier;
  private readonly gate: LoadGate;
  private readonly coherence: Coherence;
  private readonly loading: Loading;
  private readonly reading: Reading;
  private readonly reporter: CacheReporter;
  private readonly reporting: NodeJS.Timeout;
  private readonly popularity: Popularity | undefined;

  public constructor(private readonly options: CacheOptions<CachePolicies>) {
    assertPolicies(options.policies, options.encryption);
    const rows = Object.entries(options.policies);
    this.policies = new Map(rows.map(([name, row]) => [name, row.cacheable ? resolvePolicy(row) : undefined]));
    const ofQueries = rows.filter(([, row]) => row.cacheable && row.queryResults === true).map(([name]) => name);
    this.counters = new CacheCounters(Object.keys(options.policies), ofQueries);
    this.memory = new MemoryTier(options.memory ?? { maxEntries: 10_000, maxBytes: 64 * 1024 * 1024 });
    this.gate = new LoadGate(options.loads ?? { maxConcurrent: 16, maxWaiting: 1_000, maxWaitMs: 5_000 });
    const server = this.createServerTier();
    this.coherence = new Coherence({
      memory: this.memory,
      shared: server && options.connection !== 'none' ? { server, connection: options.connection } : undefined,
      maxUnheardMs: options.maxUnheardMs ?? 2_000,
    });
    this.popularity = this.createPopularity();
    const { memory, coherence, counters, popularity } = this;
    const parts = { memory, coherence, counters, popularity };
    this.loading = new Loading({ ...parts, server, gate: this.gate, encryption: options.encryption });
    this.reading = new Reading({ ...parts, loading: this.loading });
    this.reporter = new CacheReporter(this.counters, options.metrics ?? noMetrics);
    const report = (): void => this.reporter.report(this.coherence.readable);
    this.reporting = setInterval(report, options.reportEveryMs ?? 10_000).unref();
  }

  public async get<T>(keyClass: string, id: string, options: LookupOptions = {}): Promise<T | undefined> {
    const policy = this.policyOf(keyClass);
    if (policy === undefined) return undefined;
    this.popularity?.note(keyClass, id);
    const wanted = this.wanted(keyClass, policy, id, options);
    const remembered = this.coherence.remembered(wanted.name, Date.now());
    if (remembered !== undefined) return this.hit(keyClass, remembered.value as T, 'memory', options.onTier);
    this.counters.memory.misses++;
    const entry = await this.reading.lookUp(wanted);
    if (entry === undefined) {
      this.classCounter(keyClass).misses++;
      return undefined;
    }
    return this.hit(
      keyClass,
      this.loading.entries.answer(wanted, entry, 'server').value as T,
      'server',
      options.onTier,
    );
  }

  public getOrLoad<T>(
    keyClass: string,
    id: string,
    load: Loader<T>,
    options: LookupOptions = {},
  ): Promise<T | undefined> {
    const policy = this.policyOf(keyClass);
    if (policy === undefined) return this.loadUncached(keyClass, load, options);
    this.popularity?.note(keyClass, id);
    const remembered = this.coherence.remembered(this.nameOf(keyClass, policy, id), Date.now());
    if (remembered !== undefined) {
      return Promise.resolve(this.hit(keyClass, remembered.value as T, 'memory', options.onTier));
    }
    this.counters.memory.misses++;
    return this.answer<T>(keyClass, this.wanted(keyClass, policy, id, options, load), options);
  }

  public async getMany<T>(
    keyClass: string,
    ids: readonly string[],
    load: (missing: readonly string[], context: LoadContext) => Promise<ReadonlyMap<string, T>>,
    options: Pick<LookupOptions, 'within'> = {},
  ): Promise<Map<string, T>> {
    const policy = this.policyOf(keyClass);
    if (policy === undefined) {
      return new Map(await this.loadUncached(keyClass, (context) => load(ids, context), options));
    }
    const values = new Map<string, unknown>();
    const missing = new Map<string, string>();
    const wanted: Wanted[] = [];
    for (const id of new Set(ids)) {
      this.popularity?.note(keyClass, id);
      const one = this.wanted(keyClass, policy, id, options, async (context) => (await load([id], context)).get(id));
      const remembered = this.coherence.remembered(one.name, Date.now());
      if (remembered !== undefined) values.set(id, this.hit(keyClass, remembered.value, 'memory'));
      else {
        this.counters.memory.misses++;
        missing.set(one.name, id);
        wanted.push(one);
      }
    }
    const answers = await this.reading.answerTogether(wanted, async (context, these) => {
      const loaded = await load(
        these.map(({ name }) => missing.get(name) ?? name),
        context,
      );
      return new Map(these.map(({ name }) => [name, loaded.get(missing.get(name) ?? name)]));
    });
    for (const [name, { value, tier, shared }] of answers) {
      values.set(missing.get(name) ?? name, value);
      this.countRequest(keyClass, shared ? 'memory' : tier);
    }
    return new Map([...values].filter((pair): pair is [string, T] => pair[1] !== undefined));
  }

  public async set<T>(
    keyClass: string,
    id: string,
    value: T,
    options: Pick<LookupOptions, 'tags'> = {},
  ): Promise<void> {
    await this.writeThrough(keyClass, id, value, nothing, options);
  }

  public async writeThrough<T>(
    keyClass: string,
    id: string,
    value: T,
    write: () => Promise<void>,
    options: Pick<LookupOptions, 'tags'> = {},
  ): Promise<void> {
    const policy = this.policyOf(keyClass);
    if (policy === undefined) return write();
    const { coherence, loading } = this;
    await writeThrough({ coherence, loading }, this.wanted(keyClass, policy, id, options), value, write);
  }

  public async invalidate({ keys = [], tags = [] }: Invalidation): Promise<'sent' | 'queued'> {
    const names = keys.flatMap((key) => {
      const policy = this.policyOf(key.class);
      return policy === undefined ? [] : [this.nameOf(key.class, policy, key.id)];
    });
    return this.coherence.forget({ keys: names, tags });
  }

  public statistics(): CacheStatistics {
    const { running, waiting, peak, refused } = this.gate.state;
    const { loads, failedLoads, stale, memory, server, byClass } = this.counters;
    return {
      memory: { ...memory.statistics, ...this.memory.size },
      server: server.statistics,
      serverAvailable: this.coherence.readable,
      byClass: Object.fromEntries([...byClass].map(([name, counter]) => [name, counter.statistics])),
      loads: { total: loads, failed: failedLoads, refused, running, waiting, peak },
      stale,
      pendingInvalidations: this.coherence.pending,
    };
  }

  public async ready(): Promise<void> {
    await this.coherence.ready();
  }

  public async close(): Promise<void> {
    clearInterval(this.reporting);
    await this.reading.settled();
    await this.popularity?.close();
    this.reporter.report(this.coherence.readable);
    await this.coherence.close();
  }

  private createServerTier(): ServerTier | undefined {
    const { connection, namespace = 'headroom', replicationLagBudgetMs = 10_000 } = this.options;
    if (connection === 'none') return undefined;
    return new ServerTier({
      connection,
      namespace,
      longestKeepMs: longestKeepMs(this.policies.values()),
      replicationLagBudgetMs,
      leaseMs: LEASE_MS,
    });
  }

  private createPopularity(): Popularity | undefined {
    const { connection, namespace = 'headroom', shareDemand = false } = this.options;
    if (connection === 'none' || !shareDemand) return undefined;
    const open = [...this.policies].filter(([, policy]) => policy !== undefined && !policy.sensitive);
    return new Popularity({ connection, namespace, classes: new Set(open.map(([name]) => name)) });
  }

  private async answer<T>(
    keyClass: string,
    wanted: Wanted,
    { onTier, onOvertaken }: LookupOptions,
  ): Promise<T | undefined> {
    const { value, tier, shared } = await this.reading.answer(wanted);
    this.countRequest(keyClass, shared ? 'memory' : tier);
    onTier?.(tier);
    if (onOvertaken && this.coherence.journal.maybeTouched(wanted.since, wanted.name)) onOvertaken();
    return value as T | undefined;
  }

  private async loadUncached<T>(
    keyClass: string,
    load: Loader<T>,
    { within, onTier }: LookupOptions,
  ): Promise<T | undefined> {
    this.classCounter(keyClass).misses++;
    this.counters.loads++;
    const context = { ...uncacheableContext };
    const value = await this.gate.run(context, within, () => load(context));
    onTier?.('load');
    return value;
  }

  private hit<T>(keyClass: string, value: T, tier: 'memory' | 'server', onTier?: (tier: CacheTier) => void): T {
    if (tier === 'memory') this.counters.memory.hits++;
    this.classCounter(keyClass).hits++;
    onTier?.(tier);
    return value;
  }

  private countRequest(keyClass: string, tier: CacheTier): void {
    if (tier === 'load') this.classCounter(keyClass).misses++;
    else this.classCounter(keyClass).hits++;
  }

  private classCounter(keyClass: string) {
    const counter = this.counters.byClass.get(keyClass);
    if (counter === undefined) throw unknownClass(keyClass, this.policies);
    return counter;
  }

  /** `undefined` for a class that must not be cached. */
  private policyOf(keyClass: string): ResolvedPolicy | undefined {
    const policy = this.policies.get(keyClass);
    if (policy === undefined && !this.policies.has(keyClass)) throw unknownClass(keyClass, this.policies);
    return policy;
  }

  private nameOf(keyClass: string, policy: ResolvedPolicy, id: string): string {
    if (!policy.sensitive || this.options.encryption === undefined) return `${keyClass}:${id}`;
    return `${keyClass}:${unreadable(this.options.encryption, keyClass, id)}`;
  }

  private wanted(
    keyClass: string,
    policy: ResolvedPolicy,
    id: string,
    { tags = [], within }: Pick<LookupOptions, 'tags' | 'within'>,
    load: Loader<unknown> = nothing,
  ): Wanted {
    return {
      name: this.nameOf(keyClass, policy, id),
      policy,
      tags: tags.length === 0 ? policy.tags(id) : [...new Set([...policy.tags(id), ...tags])],
      within,
      since: this.coherence.journal.now,
      load,
    };
  }
}

function unknownClass(keyClass: string, policies: ReadonlyMap<string, unknown>): TypeError {
  return new TypeError(`no policy for key class \`${keyClass}\`: \`policies\` has ${[...policies.keys()].join(', ')}`);
}

/**
 * Creates the cache of this process.
 * @throws CachePolicyError with every problem of `policies` and `encryption`
 */
export function createCache<P extends CachePolicies>(options: CacheOptions<P>): Cache<keyof P & string> {
  const cache = new TieredCache(options);
  return options.recorder === undefined ? cache : new RecordingCache(cache, options.recorder);
}
