import type { Names, ServerTier } from './server-tier';

/** How many names wait one by one; beyond that everything is invalidated when the server is back. */
const MAX_WAITING = 10_000;
const BATCH = 500;

/** Invalidations that the server could not be told. They are sent before this process reads the server again. */
export class Outbox {
  private keys = new Set<string>();
  private tags = new Set<string>();
  private overflowed: boolean = false;
  private flushing: Promise<void> | undefined;

  public constructor(private readonly server: ServerTier) {}

  public get waiting(): number {
    return this.keys.size + this.tags.size + (this.overflowed ? 1 : 0);
  }

  public add({ keys, tags }: Names): void {
    for (const key of keys) this.keys.add(key);
    for (const tag of tags) this.tags.add(tag);
    if (this.keys.size + this.tags.size <= MAX_WAITING) return;
    this.keys.clear();
    this.tags.clear();
    this.overflowed = true;
  }

  /** Sends what waits. What cannot be sent goes on waiting; the promise does not reject. */
  public flush(): Promise<void> {
    this.flushing ??= this.send().finally(() => {
      this.flushing = undefined;
    });
    return this.flushing;
  }

  private async send(): Promise<void> {
    try {
      if (this.overflowed) {
        await this.server.removeEntries();
        this.overflowed = false;
      }
      while (this.keys.size + this.tags.size > 0) {
        const names = { keys: [...this.keys].slice(0, BATCH), tags: [...this.tags].slice(0, BATCH) };
        // Out before they are sent: what is invalidated once more meanwhile must be sent once more.
        for (const key of names.keys) this.keys.delete(key);
        for (const tag of names.tags) this.tags.delete(tag);
        await this.server.invalidate(names).catch((error: unknown) => {
          this.add(names);
          throw error;
        });
      }
    } catch {
      // The server is gone again: the next connection tries again.
    }
  }
}
