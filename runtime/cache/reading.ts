import type { Coherence } from './coherence';
import type { Entry } from './entry';
import type { Answer, Loading, Wanted } from './loading';
import type { MemoryTier } from './memory-tier';
import type { ServerTier } from './server-tier';
import type { CacheCounters } from './statistics';
import type { LoadContext } from './types';

interface Flight {
  readonly since: number;
  readonly answer: Promise<Answer>;
}

export interface ReadingParts {
  readonly memory: MemoryTier;
  readonly coherence: Coherence;
  readonly loading: Loading;
  readonly counters: CacheCounters;
}

/** Answers what memory does not have: requests for one key share one flight, stale entries bridge loads and failures. */
export class Reading {
  private readonly flights = new Map<string, Flight>();
  private readonly refreshing = new Map<string, Promise<void>>();

  public constructor(private readonly parts: ReadingParts) {}

  /** From the server or the source; `joined` when another request of this process already asks. */
  public async answer(wanted: Wanted): Promise<Answer & { readonly joined: boolean }> {
    const flight = this.joinable(wanted);
    if (flight !== undefined) return { ...(await flight.answer), joined: true };
    return { ...(await this.start(wanted, this.fly(wanted))), joined: false };
  }

  /** From the server only: fresh, or stale where the policy lets one load while others are answered. */
  public async lookUp(wanted: Wanted): Promise<Entry | undefined> {
    const entry = this.counted(wanted, await this.parts.loading.lookUp(wanted));
    return entry !== undefined && Date.now() < entry.freshUntil + wanted.policy.staleWhileRevalidateMs
      ? entry
      : undefined;
  }

  /** Many: one look at the server for all, one load for those it does not have. */
  public async answerTogether(
    all: readonly Wanted[],
    loadAll: (context: LoadContext, these: readonly Wanted[]) => Promise<ReadonlyMap<string, unknown>>,
  ): Promise<Map<string, Answer>> {
    const joined = all.flatMap((wanted) => {
      const flight = this.joinable(wanted);
      return flight === undefined ? [] : [{ wanted, flight }];
    });
    const joining = new Map(joined.map(({ wanted, flight }) => [wanted, flight.answer]));
    const rest = all.filter((wanted) => !joining.has(wanted));
    const together = this.flyTogether(rest, loadAll);
    const started = rest.map((wanted) => {
      const own = together.then((found) => found.get(wanted.name) ?? { value: undefined, tier: 'load' as const });
      return { wanted, answer: this.start(wanted, own) };
    });
    const answers = [...started, ...[...joining].map(([wanted, answer]) => ({ wanted, answer }))];
    const pairs = answers.map(async ({ wanted, answer }) => [wanted.name, await answer] as const);
    return new Map(await Promise.all(pairs));
  }

  /** Settles when no load runs in the background. */
  public async settled(): Promise<void> {
    await Promise.all(this.refreshing.values());
  }

  /** A flight whose answer will still be true for a request that begins now. */
  private joinable({ name }: Wanted): Flight | undefined {
    const flight = this.flights.get(name);
    return flight === undefined || this.parts.coherence.journal.maybeTouched(flight.since, name) ? undefined : flight;
  }

  private start(wanted: Wanted, answer: Promise<Answer>): Promise<Answer> {
    const flight: Flight = { since: wanted.since, answer };
    this.flights.set(wanted.name, flight);
    const land = (): void => {
      if (this.flights.get(wanted.name) === flight) this.flights.delete(wanted.name);
    };
    answer.then(land, land);
    return answer;
  }

  private async fly(wanted: Wanted): Promise<Answer> {
    const { loading } = this.parts;
    const found = this.counted(wanted, await loading.lookUp(wanted));
    const now = Date.now();
    if (found !== undefined && now < found.freshUntil) return loading.answer(wanted, found, 'server');
    if (found !== undefined && now < found.freshUntil + wanted.policy.staleWhileRevalidateMs) {
      return this.answerStale(wanted, found);
    }
    try {
      return await loading.loadOnce(wanted);
    } catch (error) {
      return this.insteadOf(error, wanted, found);
    }
  }

  private async flyTogether(
    all: readonly Wanted[],
    loadAll: (context: LoadContext, these: readonly Wanted[]) => Promise<ReadonlyMap<string, unknown>>,
  ): Promise<Map<string, Answer>> {
    if (all.length === 0) return new Map();
    const { loading } = this.parts;
    const tags = [...new Set(all.flatMap((wanted) => wanted.tags))];
    const names = all.map(({ name }) => name);
    const entries = (await loading.ask((server: ServerTier) => server.getMany(names, tags))) ?? [];
    const answers = new Map<string, Answer>();
    const missing: { readonly wanted: Wanted; readonly found: Entry | undefined }[] = [];
    for (const [index, wanted] of all.entries()) {
      const found = this.counted(wanted, loading.opened(wanted, entries[index]));
      const age = found === undefined ? Number.POSITIVE_INFINITY : Date.now() - found.freshUntil;
      if (found !== undefined && age < 0) answers.set(wanted.name, loading.answer(wanted, found, 'server'));
      else if (found !== undefined && age < wanted.policy.staleWhileRevalidateMs) {
        answers.set(wanted.name, this.answerStale(wanted, found));
      } else missing.push({ wanted, found });
    }
    if (missing.length === 0) return answers;
    try {
      const loaded = await loading.loadTogether(
        missing.map(({ wanted }) => wanted),
        loadAll,
      );
      return new Map([...answers, ...loaded]);
    } catch (error) {
      for (const { wanted, found } of missing) answers.set(wanted.name, this.insteadOf(error, wanted, found));
      return answers;
    }
  }

  private answerStale(wanted: Wanted, found: Entry): Answer {
    this.parts.counters.stale++;
    this.refreshLater(wanted);
    return { value: this.parts.loading.valueOf(wanted.policy, found), tier: 'server' };
  }

  private refreshLater(wanted: Wanted): void {
    if (this.refreshing.has(wanted.name)) return;
    // A refresh that fails was counted; the entry is answered stale until a later one succeeds or its time is up.
    const refresh = this.parts.loading
      .refresh({ ...wanted, within: undefined })
      .catch(() => undefined)
      .finally(() => this.refreshing.delete(wanted.name));
    this.refreshing.set(wanted.name, refresh);
  }

  /** What stands in for a load that failed, as long as the policy lets it. */
  private insteadOf(error: unknown, wanted: Wanted, found: Entry | undefined): Answer {
    const { counters, loading, memory } = this.parts;
    const now = Date.now();
    if (found !== undefined && now < found.freshUntil + wanted.policy.staleIfErrorMs) {
      counters.stale++;
      return { value: loading.valueOf(wanted.policy, found), tier: 'server' };
    }
    const remembered = memory.get(wanted.name);
    if (remembered === undefined || now >= remembered.usableUntil) throw error;
    counters.stale++;
    return { value: remembered.value, tier: 'memory' };
  }

  /** Counts a look at the server: an entry that is answered is a hit. */
  private counted({ policy }: Wanted, found: Entry | undefined): Entry | undefined {
    if (!this.parts.coherence.readable) return found;
    const answered = found !== undefined && Date.now() < found.freshUntil + policy.staleWhileRevalidateMs;
    if (answered) this.parts.counters.server.hits++;
    else this.parts.counters.server.misses++;
    return found;
  }
}
