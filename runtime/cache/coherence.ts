import type { CacheConnection } from './connection';
import { InvalidationBus } from './invalidation-bus';
import { Journal } from './journal';
import type { MemoryEntry, MemoryTier } from './memory-tier';
import { Outbox } from './outbox';
import type { Names, ServerTier } from './server-tier';

export interface CoherenceOptions {
  readonly memory: MemoryTier;
  /** Undefined for a process that has only its memory. */
  readonly shared: { readonly server: ServerTier; readonly connection: CacheConnection } | undefined;
  readonly maxUnheardMs: number;
}

/** Keeps memory and server in step: what is invalidated anywhere is dropped here, and what is invalidated here is told. */
export class Coherence {
  public readonly journal = new Journal();
  private readonly memory: MemoryTier;
  private readonly outbox: Outbox | undefined;
  private readonly bus: InvalidationBus | undefined;
  private readonly stopListening: (() => void) | undefined;

  public constructor(private readonly options: CoherenceOptions) {
    this.memory = options.memory;
    const { shared, maxUnheardMs } = options;
    if (shared === undefined) return;
    this.outbox = new Outbox(shared.server);
    this.stopListening = shared.connection.onConnect(() => void this.outbox?.flush());
    this.bus = new InvalidationBus({
      ...shared,
      maxUnheardMs,
      onInvalidation: (names) => this.drop(names),
      onMissed: () => this.dropAll(),
    });
  }

  /** Whether the server may be read: it is there, and has been told every invalidation that waited for it. */
  public get readable(): boolean {
    if (this.options.shared === undefined || !this.options.shared.server.available) return false;
    if (this.outbox === undefined || this.outbox.waiting === 0) return true;
    void this.outbox.flush();
    return false;
  }

  public get pending(): number {
    return this.outbox?.waiting ?? 0;
  }

  /** What memory has that may be answered at `now` without asking anybody. */
  public remembered(name: string, now: number): MemoryEntry | undefined {
    const entry = this.memory.get(name);
    if (entry === undefined || entry.freshUntil <= now) return undefined;
    return this.bus === undefined || this.bus.heardUntil > now ? entry : undefined;
  }

  /** Makes `names` miss in this process. */
  public drop(names: Names): void {
    this.journal.note(names);
    for (const key of names.keys) this.memory.delete(key);
    for (const tag of names.tags) this.memory.deleteTagged(tag);
  }

  /** Makes `names` miss in this process now, and everywhere as soon as the server can be told. */
  public async forget(names: Names): Promise<'sent' | 'queued'> {
    this.drop(names);
    if (this.options.shared === undefined || this.outbox === undefined) return 'sent';
    if (this.readable) {
      try {
        await this.options.shared.server.invalidate(names);
        // Again: until the server was told, a request could bring the old value back into memory.
        this.drop(names);
        return 'sent';
      } catch {
        // It may have arrived; sent twice it does no harm.
      }
    }
    this.tellLater(names);
    return 'queued';
  }

  /** Has the server told when it is back, before this process reads it again. */
  public tellLater(names: Names): void {
    this.outbox?.add(names);
  }

  public async ready(): Promise<void> {
    await this.bus?.ready();
  }

  public async close(): Promise<void> {
    this.stopListening?.();
    await this.outbox?.flush();
    await this.bus?.close();
  }

  private dropAll(): void {
    this.journal.noteAll();
    this.memory.clear();
  }
}
