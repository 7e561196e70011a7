import type { CacheConnection } from './connection';

/** Width of a window of counts, in milliseconds. */
export const WINDOW_MS = 300_000;
/** How many windows are kept: what was asked for longer ago says nothing about the next minutes. */
export const WINDOWS = 12;
/** Names that one process tells of in one go, and that one window holds. */
const MAX_TOLD = 1_000;
const MAX_IN_WINDOW = 10_000;
/** Names that are counted between two tellings; a new one beyond that waits for the next. */
const MAX_COUNTED = 20_000;

/** Where the counts of a namespace are on the server. */
export const popularityKeys = (namespace: string) => ({
  window: (index: number): string => `${namespace}:popular:${index}`,
  /** Key class to milliseconds that its loads take. */
  costs: `${namespace}:load-costs`,
  /** Name to hits on an entry that a warmer had put there. */
  warmHits: `${namespace}:warm-hits`,
});

export interface PopularityOptions {
  readonly connection: CacheConnection;
  readonly namespace: string;
  /** Key classes that are counted: no sensitive one, whose ids must not be readable. */
  readonly classes: ReadonlySet<string>;
  /**
   * One read in how many is counted, for that many; hits in memory are too cheap to count each.
   * @default 16
   */
  readonly oneReadIn?: number;
  /**
   * How often the other processes are told, in milliseconds.
   * @default 15000
   */
  readonly tellEveryMs?: number;
}

/**
 * Counts which keys are wanted, what their loads cost and which warm entries were of use, and adds it up over all
 * processes on the server, in windows that end by themselves. Whoever warms the cache reads it (`popularKeys`).
 */
export class Popularity {
  private readonly reads = new Map<string, number>();
  private readonly warmHits = new Map<string, number>();
  private readonly costs = new Map<string, number>();
  private readonly oneReadIn: number;
  private untilNext = 1;
  private readonly telling: NodeJS.Timeout;

  public constructor(private readonly options: PopularityOptions) {
    this.oneReadIn = options.oneReadIn ?? 16;
    this.telling = setInterval(() => void this.tell(), options.tellEveryMs ?? 15_000).unref();
  }

  /** A read of one key, wherever it was answered. */
  public note(keyClass: string, id: string): void {
    if (--this.untilNext > 0) return;
    // At random distances: a page that always reads 16 keys would otherwise be counted by the same one of them.
    this.untilNext = 1 + Math.floor(Math.random() * (2 * this.oneReadIn - 1));
    if (this.options.classes.has(keyClass)) add(this.reads, `${keyClass}:${id}`, this.oneReadIn);
  }

  /** An entry that a warmer put there was of use. */
  public warmHit(name: string): void {
    add(this.warmHits, name, 1);
  }

  /** A load of `name` took so long. */
  public loaded(name: string, milliseconds: number): void {
    const keyClass = name.slice(0, name.indexOf(':'));
    const before = this.costs.get(keyClass) ?? milliseconds;
    this.costs.set(keyClass, before + (milliseconds - before) / 8);
  }

  /** Adds the counts to those of the other processes. Without a server they are lost: they only steer the warming. */
  public async tell(now = Date.now()): Promise<void> {
    if (!this.options.connection.available || this.reads.size + this.warmHits.size === 0) return;
    const keys = popularityKeys(this.options.namespace);
    const window = keys.window(Math.floor(now / WINDOW_MS));
    const pipeline = this.options.connection.client().multi();
    for (const [name, count] of largest(this.reads)) pipeline.zIncrBy(window, count, name);
    pipeline.zRemRangeByRank(window, 0, -MAX_IN_WINDOW - 1);
    pipeline.pExpire(window, (WINDOWS + 1) * WINDOW_MS);
    for (const [name, count] of largest(this.warmHits)) pipeline.hIncrBy(keys.warmHits, name, count);
    pipeline.pExpire(keys.warmHits, WINDOWS * WINDOW_MS);
    for (const [keyClass, milliseconds] of this.costs) pipeline.hSet(keys.costs, keyClass, milliseconds.toFixed(3));
    this.reads.clear();
    this.warmHits.clear();
    await pipeline.execAsPipeline().catch(() => undefined);
  }

  public async close(): Promise<void> {
    clearInterval(this.telling);
    await this.tell();
  }
}

function add(counts: Map<string, number>, name: string, by: number): void {
  const before = counts.get(name);
  if (before !== undefined || counts.size < MAX_COUNTED) counts.set(name, (before ?? 0) + by);
}

function largest(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([, one], [, other]) => other - one).slice(0, MAX_TOLD);
}
