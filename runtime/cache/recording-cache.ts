import type { AccessRecorder } from './access-recorder';
import type { CacheTier } from './cache-tier';
import type { Cache, CacheStatistics, Invalidation, LoadContext, Loader, LookupOptions } from './types';

/** A cache whose accesses are noted with what answered them, also those of classes that are not cached. */
export class RecordingCache implements Cache {
  public constructor(
    private readonly cache: Cache,
    private readonly recorder: AccessRecorder,
  ) {}

  public async get<T>(keyClass: string, id: string, options: LookupOptions = {}): Promise<T | undefined> {
    const at = Date.now();
    let tier: CacheTier | 'none' = 'none';
    const onTier = (found: CacheTier): void => {
      tier = found;
      options.onTier?.(found);
    };
    const value = await this.cache.get<T>(keyClass, id, { ...options, onTier });
    this.recorder.note('read', keyClass, id, at, { tier });
    return value;
  }

  public async getOrLoad<T>(
    keyClass: string,
    id: string,
    load: Loader<T>,
    options: LookupOptions = {},
  ): Promise<T | undefined> {
    const at = Date.now();
    let loadMs: number | undefined;
    const timed: Loader<T> = async (context) => {
      const startedAt = performance.now();
      const value = await load(context);
      loadMs = performance.now() - startedAt;
      return value;
    };
    const onTier = (tier: CacheTier): void => {
      options.onTier?.(tier);
      if (tier === 'load' && loadMs !== undefined) this.recorder.note('read', keyClass, id, at, { tier, loadMs });
      // Another request's load answered this one as well, from this process's memory.
      else this.recorder.note('read', keyClass, id, at, { tier: tier === 'load' ? 'memory' : tier });
    };
    return this.cache.getOrLoad(keyClass, id, timed, { ...options, onTier });
  }

  public async getMany<T>(
    keyClass: string,
    ids: readonly string[],
    load: (missing: readonly string[], context: LoadContext) => Promise<ReadonlyMap<string, T>>,
    options?: Pick<LookupOptions, 'within'>,
  ): Promise<Map<string, T>> {
    const at = Date.now();
    const loaded = new Map<string, number>();
    const timed: typeof load = async (missing, context) => {
      const startedAt = performance.now();
      const values = await load(missing, context);
      const share = (performance.now() - startedAt) / missing.length;
      for (const id of missing) loaded.set(id, share);
      return values;
    };
    const values = await this.cache.getMany(keyClass, ids, timed, options);
    for (const id of new Set(ids)) {
      const loadMs = loaded.get(id);
      this.recorder.note('read', keyClass, id, at, loadMs === undefined ? {} : { tier: 'load', loadMs });
    }
    return values;
  }

  public set<T>(keyClass: string, id: string, value: T, options?: Pick<LookupOptions, 'tags'>): Promise<void> {
    this.recorder.note('write', keyClass, id);
    return this.cache.set(keyClass, id, value, options);
  }

  public writeThrough<T>(
    keyClass: string,
    id: string,
    value: T,
    write: () => Promise<void>,
    options?: Pick<LookupOptions, 'tags'>,
  ): Promise<void> {
    this.recorder.note('write', keyClass, id);
    return this.cache.writeThrough(keyClass, id, value, write, options);
  }

  public invalidate(invalidation: Invalidation): Promise<'sent' | 'queued'> {
    for (const key of invalidation.keys ?? []) this.recorder.note('write', key.class, key.id);
    return this.cache.invalidate(invalidation);
  }

  public statistics(): CacheStatistics {
    return this.cache.statistics();
  }

  public ready(): Promise<void> {
    return this.cache.ready();
  }

  public close(): Promise<void> {
    return this.cache.close();
  }
}
