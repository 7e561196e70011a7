import { setTimeout as sleep } from 'node:timers/promises';
import { type CoherenceRig, oneOf, type ReadablePlace, type Writer } from './coherence-rig';
import { type FollowOptions, followChange, readAt } from './follow-change';
import { type Change, StalenessOracle } from './staleness-oracle';

export interface TrafficOptions extends FollowOptions {
  /** Random reads and writes in all. */
  readonly operations: number;
  readonly operationsPerSecond: number;
  /** Share of the operations that are writes, as far as an item is free to be written. */
  readonly writeShare: number;
  readonly items: number;
  /** Changes that may be under way at a time; who would write another one waits. */
  readonly changesAtOnce: number;
  /** Changes that come through between two kills, on average: the invalidator gets on however slow the machine is. */
  readonly changesPerKill: number;
  readonly onProgress?: (operations: number) => void;
}

/** A change with who made it. */
export interface MadeChange extends Change {
  readonly writer: Writer;
}

export interface TrafficResult {
  readonly oracle: StalenessOracle;
  readonly changes: readonly MadeChange[];
  readonly reads: number;
  /** Changes that some place did not show in time. */
  readonly lost: readonly string[];
}

/** Requests that are under way at a time. */
const LANES = 16;

const now = (): number => performance.now();

/**
 * Random reads at every place and random writes, while executions of the invalidator are killed at work. Each change is
 * followed at every place until all show it, and no item is written again before that: a lost invalidation is not made
 * good by the next one.
 */
class Traffic {
  public readonly oracle = new StalenessOracle();
  public readonly changes: MadeChange[] = [];
  public readonly lost: string[] = [];
  public reads = 0;
  /** Changes that every place shows. */
  public shown = 0;
  private readonly versions = new Map<number, number>();
  /** Items that some place may not show as they are. */
  private readonly followed = new Set<number>();
  private underWay = 0;
  private readonly following: Promise<void>[] = [];
  private readonly failures: unknown[] = [];
  private readonly places: readonly ReadablePlace[];

  public constructor(
    private readonly rig: CoherenceRig,
    private readonly options: TrafficOptions,
  ) {
    this.places = [...rig.instances, ...rig.edges];
  }

  public async operate(): Promise<void> {
    const { operations, operationsPerSecond, onProgress = () => {} } = this.options;
    const startedAt = now();
    let [begun, done] = [0, 0];
    const lane = async (): Promise<void> => {
      while (begun < operations) {
        const dueAt = startedAt + (begun++ / operationsPerSecond) * 1_000;
        if (dueAt > now()) await sleep(dueAt - now());
        await this.next();
        onProgress(++done);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  /** Settles when every change is shown everywhere, or given up. @throws what a reader was refused */
  public async settled(): Promise<void> {
    await Promise.all(this.following);
    if (this.failures.length > 0) throw this.failures[0];
  }

  private async next(): Promise<void> {
    const { writeShare } = this.options;
    const item = this.anyItem();
    if (Math.random() < writeShare && !this.followed.has(item)) return this.write(item);
    this.reads++;
    // Half of the readers ask for what has just changed.
    const asked = Math.random() < 0.5 ? item : oneOf([...this.followed, item]);
    await readAt(oneOf(this.places), asked, this.oracle);
  }

  private anyItem(): number {
    return 1 + Math.floor(Math.random() * this.options.items);
  }

  private async write(item: number): Promise<void> {
    const writer: Writer = Math.random() < 0.5 ? 'process' : 'cut off';
    const version = (this.versions.get(item) ?? 1) + 1;
    this.followed.add(item);
    while (this.underWay >= this.options.changesAtOnce) await sleep(5);
    this.underWay++;
    // Every place has the old value, so that a purge that is lost anywhere shows.
    await Promise.all(this.places.map((place) => readAt(place, item, this.oracle)));
    await this.rig.write(writer, item, version - 1);
    const change = { item, version, writer, acknowledgedAt: now() };
    this.versions.set(item, version);
    this.changes.push(change);
    this.oracle.wrote(change);
    const followed = this.follow(change).catch((error: unknown) => void this.failures.push(error));
    this.following.push(followed.finally(() => this.underWay--));
  }

  private async follow(change: MadeChange): Promise<void> {
    const { rig, oracle, options } = this;
    if (await followChange(change, { rig, oracle, ...options })) {
      this.shown++;
      this.followed.delete(change.item);
      return;
    }
    const { item, version, writer } = change;
    this.lost.push(`item ${item} at ${version}, written by a process (${writer})`);
  }
}

/** The longest that a batch usually takes: a kill comes at any moment of it. */
const BATCH_MILLIS = 300;

/** Kills executions of the invalidator at work, at random moments, until the traffic has ended. */
async function killNowAndThen(
  { invalidator }: CoherenceRig,
  traffic: Traffic,
  { changesPerKill }: TrafficOptions,
  ended: AbortSignal,
): Promise<void> {
  while (!ended.aborted) {
    const enough = traffic.shown + 2 * changesPerKill * Math.random();
    while (traffic.shown < enough && !ended.aborted) await sleep(5);
    await sleep(Math.random() * BATCH_MILLIS);
    // When none is at work, the next one that is.
    while (!ended.aborted && !invalidator.killOne()) await sleep(1);
  }
}

export async function playTraffic(rig: CoherenceRig, options: TrafficOptions): Promise<TrafficResult> {
  const traffic = new Traffic(rig, options);
  const ended = new AbortController();
  const killing = killNowAndThen(rig, traffic, options, ended.signal);
  try {
    await traffic.operate();
  } finally {
    ended.abort();
    await killing;
  }
  await traffic.settled();
  return traffic;
}
