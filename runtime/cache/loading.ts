import { setTimeout as pause } from 'node:timers/promises';
import { Entries, type EntryParts } from './entries';
import type { Entry } from './entry';
import type { LoadGate } from './load-gate';
import type { Popularity } from './popularity';
import type { Lease, ServerTier } from './server-tier';
import type { CacheCounters } from './statistics';
import type { LoadContext } from './types';
import type { Answer, Wanted } from './wanted';

/** The parts that loading works with. `server` is undefined for a process with only its memory. */
export interface LoadingParts extends EntryParts {
  readonly server: ServerTier | undefined;
  readonly gate: LoadGate;
  readonly counters: CacheCounters;
  readonly popularity: Popularity | undefined;
}

/** How long a lease holds unrenewed: a holder that died blocks its key for at most this long. */
export const LEASE_MS = 3_000;
/** How long a holder keeps its lease alive, and others wait for it. */
const MAX_LEASE_MS = 30_000;
const FIRST_POLL_MS = 4;
const LAST_POLL_MS = 50;

class Run implements LoadContext {
  public readonly added = new Set<string>();

  public constructor(public readonly preferPrimary: boolean) {}

  public tag(...tags: readonly string[]): void {
    for (const tag of tags) this.added.add(tag);
  }
}

/** Brings values from the source: one load per key over all processes, within the bound of the gate. */
export class Loading {
  /** What is stored, and how values come out of it. */
  public readonly entries: Entries;

  public constructor(private readonly parts: LoadingParts) {
    this.entries = new Entries(parts);
  }

  /** Asks the server; `undefined` when it cannot be asked or has nothing valid. */
  public async lookUp(wanted: Wanted): Promise<Entry | undefined> {
    const { server, coherence, counters } = this.parts;
    if (server === undefined || !coherence.readable) return undefined;
    try {
      return this.entries.opened(wanted, await server.get(wanted.name, wanted.tags));
    } catch {
      counters.serverErrors++;
      return undefined;
    }
  }

  /** Runs `question` on the server; `undefined` when it cannot be asked. Never rejects: the source can answer too. */
  public async ask<T>(question: (server: ServerTier) => Promise<T>): Promise<T | undefined> {
    const { server, coherence, counters } = this.parts;
    if (server === undefined || !coherence.readable) return undefined;
    try {
      return await question(server);
    } catch {
      counters.serverErrors++;
      return undefined;
    }
  }

  /** Loads `wanted`, unless another process does, or did meanwhile: then waits for what it stores. */
  public async loadOnce(wanted: Wanted): Promise<Answer> {
    const acquired = await this.acquire(wanted);
    if (acquired?.entry !== undefined) return this.entries.answer(wanted, acquired.entry, 'server');
    return this.loadUnder(acquired?.lease, wanted);
  }

  /** Loads anew what is still answered stale; leaves it to the process that already does. */
  public async refresh(wanted: Wanted): Promise<void> {
    const acquired = await this.ask((server) => server.acquire(wanted.name, wanted.tags));
    if (acquired?.lease === undefined) return;
    const entry = await this.freshOf(wanted, acquired);
    if (entry === undefined) await this.loadUnder(acquired.lease, wanted);
    else this.entries.answer(wanted, entry, 'server');
  }

  /** Loads several that have no fresh entry, in one load for those whose lease this process gets. */
  public async loadTogether(
    wanted: readonly Wanted[],
    loadAll: (context: LoadContext, these: readonly Wanted[]) => Promise<ReadonlyMap<string, unknown>>,
  ): Promise<Map<string, Answer>> {
    const answers = new Map<string, Answer>();
    const mine: { readonly one: Wanted; readonly lease: Lease | undefined }[] = [];
    const others: Wanted[] = [];
    await Promise.all(
      wanted.map(async (one) => {
        const tried = await this.ask((server) => server.acquire(one.name, one.tags));
        const entry = await this.freshOf(one, tried);
        if (entry !== undefined) answers.set(one.name, this.entries.answer(one, entry, 'server'));
        else if (tried !== undefined && tried.lease === undefined) others.push(one);
        else mine.push({ one, lease: tried?.lease });
      }),
    );
    const waitForOthers = others.map(async (one) => answers.set(one.name, await this.loadOnce(one)));
    const context = new Run(mine.some(({ lease }) => lease?.preferPrimary));
    const loadMine = async (): Promise<void> => {
      const values = await this.holding(mine, () =>
        this.gated(context, mine[0]?.one, () =>
          loadAll(
            context,
            mine.map(({ one }) => one),
          ),
        ),
      );
      const store = ({ one, lease }: (typeof mine)[number]) => this.keep(one, lease, context, values.get(one.name));
      const kept = await Promise.all(mine.map(store));
      for (const [index, { one }] of mine.entries()) answers.set(one.name, { value: kept[index], tier: 'load' });
    };
    await Promise.all([mine.length > 0 ? loadMine() : undefined, ...waitForOthers]);
    return answers;
  }

  /** A fresh entry; gives a lease that came with it back. */
  private async freshOf(
    wanted: Wanted,
    tried: { readonly entry?: Entry; readonly lease?: Lease } | undefined,
  ): Promise<Entry | undefined> {
    if (tried?.entry === undefined || tried.entry.freshUntil <= Date.now()) return undefined;
    const entry = this.entries.opened(wanted, tried.entry);
    if (entry !== undefined && tried.lease !== undefined) await this.release(wanted.name, tried.lease);
    return entry;
  }

  /** The lease, or the entry that its holder stored; `undefined` when the server cannot be asked or the holder hangs. */
  private async acquire(wanted: Wanted): Promise<{ readonly entry?: Entry; readonly lease?: Lease } | undefined> {
    const giveUpAt = Date.now() + MAX_LEASE_MS;
    for (let delay = FIRST_POLL_MS; Date.now() < giveUpAt; delay = Math.min(delay * 2, LAST_POLL_MS)) {
      const tried = await this.ask((server) => server.acquire(wanted.name, wanted.tags));
      const entry = await this.freshOf(wanted, tried);
      if (entry !== undefined) return { entry };
      if (tried === undefined || tried.lease !== undefined) return { lease: tried?.lease };
      await pause(delay * (0.75 + Math.random() / 2));
    }
    return undefined;
  }

  private async loadUnder(lease: Lease | undefined, wanted: Wanted): Promise<Answer> {
    const context = new Run(lease?.preferPrimary ?? false);
    const value = await this.holding([{ one: wanted, lease }], () =>
      this.gated(context, wanted, () => wanted.load(context)),
    );
    return { value: await this.keep(wanted, lease, context, value), tier: 'load' };
  }

  /** Keeps the leases alive during `load`, and gives them back when it fails. */
  private async holding<T>(
    held: readonly { readonly one: Wanted; readonly lease: Lease | undefined }[],
    load: () => Promise<T>,
  ): Promise<T> {
    const startedAt = Date.now();
    const renewal = setInterval(() => {
      if (Date.now() - startedAt > MAX_LEASE_MS) clearInterval(renewal);
      for (const { one, lease } of held) if (lease) void this.ask((server) => server.renew(one.name, lease));
    }, LEASE_MS / 3);
    try {
      return await load();
    } catch (error) {
      await Promise.all(held.map(({ one, lease }) => lease && this.release(one.name, lease)));
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  private async gated<T>(context: Run, wanted: Wanted | undefined, load: () => Promise<T>): Promise<T> {
    const { gate, counters, popularity } = this.parts;
    return gate.run(context, wanted?.within, async () => {
      counters.loads++;
      const startedAt = performance.now();
      try {
        const value = await load();
        if (wanted) popularity?.loaded(wanted.name, performance.now() - startedAt);
        return value;
      } catch (error) {
        counters.failedLoads++;
        throw error;
      }
    });
  }

  /** Stores what was loaded in both tiers, as far as that is still right, and gives the value as a hit would. */
  private async keep(wanted: Wanted, lease: Lease | undefined, context: Run, loaded: unknown): Promise<unknown> {
    const { policy, name } = wanted;
    if (loaded === undefined && policy.negativeTtlMs === 0) {
      if (lease) await this.release(name, lease);
      return undefined;
    }
    const tags = context.added.size === 0 ? wanted.tags : [...new Set([...wanted.tags, ...context.added])];
    const entry = this.entries.entryFor(policy, loaded, lease?.clock ?? 0, tags);
    const keepMs = this.entries.keepMsFor(policy, entry);
    const stored =
      lease && (await this.ask((server) => server.store(name, lease, this.entries.sealed(wanted, entry), keepMs)));
    const value = this.entries.valueOf(policy, entry);
    // `false`: the lease was lost to an invalidation or a write, which memory may not have heard of yet.
    if (stored !== false) this.entries.remember(wanted, entry, value);
    return value;
  }

  private async release(name: string, lease: Lease): Promise<void> {
    await this.ask((server) => server.release(name, lease));
  }
}
