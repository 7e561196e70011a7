import type { Coherence } from './coherence';
import type { Entry } from './entry';
import type { Loading } from './loading';
import type { MemoryTier } from './memory-tier';
import type { Popularity } from './popularity';
import type { CacheCounters } from './statistics';
import type { LoadContext } from './types';
import type { Answer, Wanted } from './wanted';

/** A load under way. */
interface Flight {
  readonly since: number;
  readonly answer: Promise<Answer>;
}

/** Loads several keys at once; by name. */
type LoadAll = (context: LoadContext, these: readonly Wanted[]) => Promise<ReadonlyMap<string, unknown>>;

export interface ReadingParts {
  readonly memory: MemoryTier;
  readonly coherence: Coherence;
  readonly loading: Loading;
  readonly counters: CacheCounters;
  readonly popularity: Popularity | undefined;
}

/** Answers what memory does not have: requests for one key share one load, stale entries bridge loads and failures. */
export class Reading {
  private readonly flights = new Map<string, Flight>();
  private readonly refreshing = new Map<string, Promise<void>>();

  public constructor(private readonly parts: ReadingParts) {}

  /**
   * From the server or the source. Looks at the server are not shared: they cost less than keeping track of them (a Map
   * that every hit enters and leaves keeps dead values alive for the garbage collector, which doubles a hit's cost).
   */
  public async answer(wanted: Wanted): Promise<Answer> {
    const { loading } = this.parts;
    const flying = this.flights.size === 0 ? undefined : this.joinable(wanted);
    if (flying !== undefined) return shared(await flying.answer);
    const found = this.counted(wanted, await loading.lookUp(wanted));
    const age = found === undefined ? Number.POSITIVE_INFINITY : Date.now() - found.freshUntil;
    if (found !== undefined && age < 0) return loading.entries.answer(wanted, found, 'server');
    if (found !== undefined && age < wanted.policy.staleWhileRevalidateMs) return this.answerStale(wanted, found);
    const joined = this.joinable(wanted);
    return joined === undefined ? this.start(wanted, this.load(wanted, found)) : shared(await joined.answer);
  }

  /** From the server only: fresh, or stale where the policy lets one load while others are answered. */
  public async lookUp(wanted: Wanted): Promise<Entry | undefined> {
    const entry = this.counted(wanted, await this.parts.loading.lookUp(wanted));
    return entry !== undefined && Date.now() < entry.freshUntil + wanted.policy.staleWhileRevalidateMs
      ? entry
      : undefined;
  }

  /** Many: one look at the server for all, one load for those it does not have. */
  public async answerTogether(all: readonly Wanted[], loadAll: LoadAll): Promise<Map<string, Answer>> {
    const { loading } = this.parts;
    const answers = new Map<string, Answer>();
    const missing = new Map<Wanted, Entry | undefined>();
    const entries = await this.lookUpTogether(all);
    const now = Date.now();
    for (const [index, wanted] of all.entries()) {
      const found = this.counted(wanted, loading.entries.opened(wanted, entries[index]));
      if (found !== undefined && now < found.freshUntil) {
        answers.set(wanted.name, loading.entries.answer(wanted, found, 'server'));
      } else if (found !== undefined && now < found.freshUntil + wanted.policy.staleWhileRevalidateMs) {
        answers.set(wanted.name, this.answerStale(wanted, found));
      } else missing.set(wanted, found);
    }
    if (missing.size === 0) return answers;
    const flying = this.board(missing, loadAll);
    await Promise.all(flying.map(async ([wanted, answer]) => answers.set(wanted.name, await answer)));
    return answers;
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
    const flight: Flight = { since: this.parts.coherence.journal.now, answer };
    this.flights.set(wanted.name, flight);
    const land = (): void => {
      if (this.flights.get(wanted.name) === flight) this.flights.delete(wanted.name);
    };
    answer.then(land, land);
    return answer;
  }

  private async load(wanted: Wanted, found: Entry | undefined): Promise<Answer> {
    try {
      return await this.parts.loading.loadOnce(wanted);
    } catch (error) {
      return this.insteadOf(error, wanted, found);
    }
  }

  private async lookUpTogether(all: readonly Wanted[]): Promise<readonly (Entry | undefined)[]> {
    if (all.length === 0) return [];
    const tags = new Set<string>();
    for (const wanted of all) for (const tag of wanted.tags) tags.add(tag);
    const names = all.map(({ name }) => name);
    return (await this.parts.loading.ask((server) => server.getMany(names, [...tags]))) ?? [];
  }

  /** Joins the loads that other requests have begun and begins one for the rest. */
  private board(missing: ReadonlyMap<Wanted, Entry | undefined>, loadAll: LoadAll): [Wanted, Promise<Answer>][] {
    const joined: [Wanted, Promise<Answer>][] = [];
    const rest: Wanted[] = [];
    for (const wanted of missing.keys()) {
      const flight = this.joinable(wanted);
      if (flight === undefined) rest.push(wanted);
      else joined.push([wanted, flight.answer.then(shared)]);
    }
    const together = rest.length === 0 ? undefined : this.parts.loading.loadTogether(rest, loadAll);
    const began = rest.map((wanted): [Wanted, Promise<Answer>] => [
      wanted,
      this.start(wanted, this.partOf(together, wanted, missing.get(wanted))),
    ]);
    return [...joined, ...began];
  }

  private async partOf(
    together: Promise<Map<string, Answer>> | undefined,
    wanted: Wanted,
    found: Entry | undefined,
  ): Promise<Answer> {
    try {
      return (await together)?.get(wanted.name) ?? { value: undefined, tier: 'load' };
    } catch (error) {
      return this.insteadOf(error, wanted, found);
    }
  }

  private answerStale(wanted: Wanted, found: Entry): Answer {
    this.parts.counters.stale++;
    this.refreshLater(wanted);
    return { value: this.parts.loading.entries.valueOf(wanted.policy, found), tier: 'server' };
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
      return { value: loading.entries.valueOf(wanted.policy, found), tier: 'server' };
    }
    const remembered = memory.get(wanted.name);
    if (remembered === undefined || now >= remembered.usableUntil) throw error;
    counters.stale++;
    return { value: remembered.value, tier: 'memory' };
  }

  /** Counts a look at the server: an entry that is answered is a hit. */
  private counted({ name, policy }: Wanted, found: Entry | undefined): Entry | undefined {
    if (!this.parts.coherence.readable) return found;
    const answered = found !== undefined && Date.now() < found.freshUntil + policy.staleWhileRevalidateMs;
    if (answered) {
      this.parts.counters.server.hits++;
      if (found.warmed) this.parts.popularity?.warmHit(name);
    } else this.parts.counters.server.misses++;
    return found;
  }
}

/** The answer for a request that caused no load of its own. */
function shared(answer: Answer): Answer {
  return answer.tier === 'load' ? { ...answer, shared: true } : answer;
}
