import { LRUCache } from 'lru-cache';

/** What this process remembers of one key. */
export interface MemoryEntry {
  /** `undefined`: it is known that there is no such thing. */
  readonly value: unknown;
  /** Until when it is answered without asking, in ms since the epoch. */
  readonly freshUntil: number;
  /** Until when it may stand in for a load that failed. */
  readonly usableUntil: number;
  readonly tags: readonly string[];
  readonly bytes: number;
}

/** What an entry costs beside its body: key, object, list node; an estimate. */
const OVERHEAD_BYTES = 200;

/** The first tier: this process's memory, least recently used out first, with an index from tag to keys. */
export class MemoryTier {
  private readonly entries: LRUCache<string, MemoryEntry>;
  private readonly keysByTag = new Map<string, Set<string>>();

  public constructor(limits: { readonly maxEntries: number; readonly maxBytes: number }) {
    this.entries = new LRUCache({
      max: limits.maxEntries,
      maxSize: limits.maxBytes,
      sizeCalculation: ({ bytes }) => bytes + OVERHEAD_BYTES,
      dispose: (entry, name) => this.unindex(name, entry.tags),
    });
  }

  public get(name: string): MemoryEntry | undefined {
    return this.entries.get(name);
  }

  public set(name: string, entry: MemoryEntry): void {
    // Every caller gets the same object: none may change it under the others.
    freeze(entry.value);
    this.entries.set(name, entry);
    if (!this.entries.has(name)) return;
    for (const tag of entry.tags) {
      const keys = this.keysByTag.get(tag);
      if (keys === undefined) this.keysByTag.set(tag, new Set([name]));
      else keys.add(name);
    }
  }

  public delete(name: string): void {
    this.entries.delete(name);
  }

  public deleteTagged(tag: string): void {
    for (const name of [...(this.keysByTag.get(tag) ?? [])]) this.entries.delete(name);
  }

  public clear(): void {
    this.entries.clear();
  }

  public get size(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.entries.size, bytes: this.entries.calculatedSize };
  }

  private unindex(name: string, tags: readonly string[]): void {
    for (const tag of tags) {
      const keys = this.keysByTag.get(tag);
      keys?.delete(name);
      if (keys?.size === 0) this.keysByTag.delete(tag);
    }
  }
}

/** All the way down; Buffers cannot be frozen and are left. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}
