import { randomUUID } from 'node:crypto';
import type { CacheConnection } from './connection';
import { decodeEntry, type Entry, encodeEntry } from './entry';
import { type NamespaceKeys, namespaceKeys } from './namespace-keys';
import { ACQUIRE, CLAIM, INVALIDATE, RELEASE, RENEW, run, SETTLE, STORE } from './scripts';

export interface ServerTierOptions {
  readonly connection: CacheConnection;
  readonly namespace: string;
  /** The longest that any entry is kept, in milliseconds: how long a tag must be remembered. */
  readonly longestKeepMs: number;
  readonly replicationLagBudgetMs: number;
  /** How long a lease holds without being renewed, in milliseconds. */
  readonly leaseMs: number;
}

/** The right to load one key for all processes. */
export interface Lease {
  readonly token: string;
  /** The namespace's clock when the lease was given. */
  readonly clock: number;
  readonly preferPrimary: boolean;
}

/** What {@link ServerTier.acquire} found: a valid entry, the lease, or neither because another process has it. */
export interface Acquisition {
  readonly entry?: Entry;
  readonly lease?: Lease;
}

/** Names that are no longer true, as they travel between processes. */
export interface Names {
  readonly keys: readonly string[];
  readonly tags: readonly string[];
}

/**
 * The second tier: entries, tags, leases and the clock of one namespace on the server. Every method rejects when the
 * server cannot be asked. An entry is valid while none of its tags was invalidated after the clock at which its load
 * began; invalidating a tag is one write however many entries carry it.
 */
export class ServerTier {
  /** Tells this process's messages from those of others. */
  public readonly origin = randomUUID();
  public readonly keys: NamespaceKeys;

  public constructor(private readonly options: ServerTierOptions) {
    this.keys = namespaceKeys(options.namespace);
  }

  public get available(): boolean {
    return this.options.connection.available;
  }

  /** The entry, fresh or not, unless it was invalidated. */
  public async get(name: string, tags: readonly string[]): Promise<Entry | undefined> {
    const client = this.client();
    // Without tags that are known beforehand there is one key to get, as in every hit on most classes.
    if (tags.length === 0) return this.validated(await client.get(this.keys.entry(name)), tags, []);
    const [encoded, ...clocks] = await client.mGet([this.keys.entry(name), ...tags.map((tag) => this.keys.tag(tag))]);
    return this.validated(encoded, tags, clocks);
  }

  /** The entries of `names`, in one round trip; two when some carry tags beyond `tags`. */
  public async getMany(names: readonly string[], tags: readonly string[]): Promise<(Entry | undefined)[]> {
    const keys = [...names.map((name) => this.keys.entry(name)), ...tags.map((tag) => this.keys.tag(tag))];
    const replies = await this.client().mGet(keys);
    const clocks = replies.slice(names.length);
    const entries = names.map((_, index) => this.validated(replies[index], tags, clocks));
    return entries.some((entry) => entry instanceof Promise)
      ? Promise.all(entries)
      : (entries as (Entry | undefined)[]);
  }

  /** Tries to become the one that loads `name`; one round trip. */
  public async acquire(name: string, tags: readonly string[]): Promise<Acquisition> {
    const token = randomUUID();
    const keys = [this.keys.clock, this.keys.entry(name), this.keys.lock(name), this.keys.touched(name)];
    const reply = await run(
      this.client(),
      ACQUIRE,
      [...keys, ...tags.map((tag) => this.keys.tag(tag))],
      [token, `${this.options.leaseMs}`],
    );
    if (!Array.isArray(reply)) throw new TypeError('the acquire script must answer with a list');
    const [acquired, clock, now, encoded, touched, ...clocks] = reply;
    const entry = await this.validated(encoded, tags, clocks);
    if (acquired !== 1) return { entry };
    const since = toNumber(now) - this.options.replicationLagBudgetMs * 1_000;
    const preferPrimary = [touched, ...clocks].some((moment) => isBytes(moment) && toNumber(moment) > since);
    return { entry, lease: { token, clock: toNumber(clock), preferPrimary } };
  }

  public async renew(name: string, lease: Lease): Promise<void> {
    await run(this.client(), RENEW, [this.keys.lock(name)], [lease.token, `${this.options.leaseMs}`]);
  }

  public async release(name: string, lease: Lease): Promise<void> {
    await run(this.client(), RELEASE, [this.keys.lock(name)], [lease.token]);
  }

  /** Stores what was loaded under `lease`; false when the lease no longer stood. */
  public async store(name: string, lease: Lease, entry: Entry, keepMs: number): Promise<boolean> {
    const keys = [this.keys.entry(name), this.keys.lock(name), ...entry.tags.map((tag) => this.keys.tag(tag))];
    const args = [lease.token, encodeEntry(entry), `${keepMs}`, `${lease.clock}`, `${this.tagKeepMs}`];
    return (await run(this.client(), STORE, keys, args)) === 1;
  }

  /** Announces a write to `name`, before it is done at the source. */
  public async claim(name: string): Promise<Lease> {
    const token = randomUUID();
    const keys = [this.keys.clock, this.keys.lock(name)];
    const now = await run(this.client(), CLAIM, keys, [token, `${this.options.leaseMs}`]);
    return { token, clock: toNumber(now), preferPrimary: true };
  }

  /** Ends a write: true when its value is stored, false when the key was emptied instead. */
  public async settle(name: string, claim: Lease, entry: Entry, keepMs: number): Promise<boolean> {
    const keys = [this.keys.clock, this.keys.entry(name), this.keys.lock(name), this.keys.touched(name)];
    const reply = await run(
      this.client(),
      SETTLE,
      [...keys, ...entry.tags.map((tag) => this.keys.tag(tag))],
      [
        claim.token,
        encodeEntry(entry),
        `${keepMs}`,
        `${claim.clock}`,
        `${this.tagKeepMs}`,
        `${this.options.replicationLagBudgetMs}`,
        this.keys.channel,
        this.origin,
        JSON.stringify({ keys: [name], tags: [] } satisfies Names),
      ],
    );
    return Array.isArray(reply) && reply[0] === 1;
  }

  /** Invalidates everywhere, in one step; resolves with the clock of it. */
  public async invalidate(names: Names): Promise<number> {
    const keys = names.keys.flatMap((name) => [this.keys.entry(name), this.keys.lock(name), this.keys.touched(name)]);
    const now = await run(
      this.client(),
      INVALIDATE,
      [this.keys.clock, ...keys, ...names.tags.map((tag) => this.keys.tag(tag))],
      [
        `${names.keys.length}`,
        `${this.options.replicationLagBudgetMs}`,
        `${this.tagKeepMs}`,
        this.keys.channel,
        this.origin,
        JSON.stringify(names),
      ],
    );
    return toNumber(now);
  }

  /** The namespace's clock; 0 when nothing was ever invalidated, or the server lost everything. */
  public async clock(): Promise<number> {
    return toNumber((await this.client().get(this.keys.clock)) ?? '0');
  }

  /** Removes every entry, for when it is no longer known which ones are true. */
  public async removeEntries(): Promise<void> {
    const client = this.client();
    for await (const keys of client.scanIterator({ MATCH: `${this.options.namespace}:entry:*`, COUNT: 500 })) {
      if (keys.length > 0) await client.unlink(keys);
    }
  }

  /** The entry, unless one of its tags was invalidated; asks again only for tags that were not known beforehand. */
  private validated(
    encoded: unknown,
    tags: readonly string[],
    clocks: readonly unknown[],
  ): Entry | undefined | Promise<Entry | undefined> {
    const entry = isBytes(encoded) ? decodeEntry(encoded) : undefined;
    if (entry === undefined || entry.tags.length === 0) return entry;
    const others: string[] = [];
    for (const tag of entry.tags) {
      const at = tags.indexOf(tag);
      if (at === -1) others.push(tag);
      else if (outdated(entry, clocks[at])) return undefined;
    }
    return others.length === 0 ? entry : this.validatedBy(entry, others);
  }

  private async validatedBy(entry: Entry, tags: readonly string[]): Promise<Entry | undefined> {
    const clocks = await this.client().mGet(tags.map((tag) => this.keys.tag(tag)));
    return clocks.some((clock) => outdated(entry, clock)) ? undefined : entry;
  }

  private client() {
    return this.options.connection.client();
  }

  private get tagKeepMs(): number {
    return this.options.longestKeepMs + this.options.replicationLagBudgetMs;
  }
}

export function isBytes(reply: unknown): reply is Buffer {
  return Buffer.isBuffer(reply);
}

export function toNumber(reply: unknown): number {
  return Number(isBytes(reply) ? reply.toString('latin1') : reply);
}

/** A tag that the server no longer knows may have been invalidated before it was evicted. */
export function outdated(entry: Entry, tagClock: unknown): boolean {
  return !isBytes(tagClock) || toNumber(tagClock) > entry.clock;
}
