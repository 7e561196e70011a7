import type { Metrics } from '../telemetry/metrics';
import type { TierStatistics } from './types';

/** Hits and misses; plain fields, because a hit in memory takes a fifth of a microsecond. */
export class HitCounter {
  public hits = 0;
  public misses = 0;

  public get statistics(): TierStatistics {
    const lookups = this.hits + this.misses;
    return { hits: this.hits, misses: this.misses, hitRate: lookups === 0 ? 0 : this.hits / lookups };
  }
}

/** What the cache counts while it works. */
export class CacheCounters {
  public readonly memory = new HitCounter();
  public readonly server = new HitCounter();
  public readonly byClass: ReadonlyMap<string, HitCounter>;
  public loads = 0;
  public failedLoads = 0;
  public stale = 0;
  public serverErrors = 0;

  public constructor(
    classes: readonly string[],
    private readonly queryClasses: readonly string[] = [],
  ) {
    this.byClass = new Map(classes.map((name) => [name, new HitCounter()]));
  }

  /** Over all classes that hold results of queries, or `undefined` when there are none. */
  public get query(): HitCounter | undefined {
    if (this.queryClasses.length === 0) return undefined;
    const sum = new HitCounter();
    for (const name of this.queryClasses) {
      sum.hits += this.byClass.get(name)?.hits ?? 0;
      sum.misses += this.byClass.get(name)?.misses ?? 0;
    }
    return sum;
  }
}

interface Reported {
  hits: number;
  misses: number;
}

/**
 * Tells metrics what was counted since the last time. A rate is of that time alone, and is left out when nothing was
 * looked up: a quiet minute is not a rate of 0.
 */
export class CacheReporter {
  private readonly reported = new Map<string, Reported>();
  private readonly totals = new Map<string, number>();

  public constructor(
    private readonly counters: CacheCounters,
    private readonly metrics: Metrics,
  ) {}

  public report(available: boolean): void {
    const { memory, server, query } = this.counters;
    for (const [tier, counter] of Object.entries({ memory, server, query })) {
      if (counter !== undefined) this.rate('cache_hit_rate_by_tier', { cache_tier: tier }, counter);
    }
    for (const [keyClass, counter] of this.counters.byClass) {
      this.rate('cache_hit_rate_by_class', { key_class: keyClass }, counter);
    }
    this.total('cache_loads_total', this.counters.loads);
    this.total('cache_load_failures_total', this.counters.failedLoads);
    this.total('cache_stale_answers_total', this.counters.stale);
    this.total('cache_server_errors_total', this.counters.serverErrors);
    this.metrics.gauge('cache_server_available', {}, available ? 1 : 0);
  }

  private rate(name: string, labels: Readonly<Record<string, string>>, { hits, misses }: HitCounter): void {
    const key = `${name}${Object.values(labels).join()}`;
    const before = this.reported.get(key) ?? { hits: 0, misses: 0 };
    this.reported.set(key, { hits, misses });
    const newHits = hits - before.hits;
    const lookups = newHits + misses - before.misses;
    if (lookups > 0) this.metrics.gauge(name, labels, newHits / lookups);
  }

  private total(name: string, value: number): void {
    const by = value - (this.totals.get(name) ?? 0);
    this.totals.set(name, value);
    if (by > 0) this.metrics.count(name, {}, by);
  }
}
