import type { Coherence } from './coherence';
import { type EncryptionKeys, open, seal } from './encryption';
import { type Entry, formats } from './entry';
import type { MemoryTier } from './memory-tier';
import { jittered, type ResolvedPolicy } from './policy';
import type { CacheTier } from './types';
import type { Answer, Wanted } from './wanted';

/** What entries are kept in and sealed with. */
export interface EntryParts {
  readonly memory: MemoryTier;
  readonly coherence: Coherence;
  readonly encryption: EncryptionKeys | undefined;
}

/** Values as they are stored: encoded, sealed where they are sensitive, and for how long. */
export class Entries {
  public constructor(private readonly parts: EntryParts) {}

  /** What is stored for `value`. */
  public entryFor(policy: ResolvedPolicy, value: unknown, clock: number, tags: readonly string[]): Entry {
    const ttlMs = value === undefined ? policy.negativeTtlMs : policy.ttlMs;
    return {
      body: value === undefined ? undefined : formats[policy.format].encode(value),
      freshUntil: Date.now() + jittered(ttlMs, policy.jitterPercent),
      clock,
      tags,
    };
  }

  /** How long the server keeps `entry`, in milliseconds: while it is fresh, then while it may be answered stale. */
  public keepMsFor(policy: ResolvedPolicy, entry: Entry): number {
    const freshMs = Math.max(1, entry.freshUntil - Date.now());
    return entry.body === undefined ? freshMs : freshMs + policy.staleMs;
  }

  public valueOf(policy: ResolvedPolicy, { body }: Entry): unknown {
    return body === undefined ? undefined : formats[policy.format].decode(body);
  }

  /** The entry with its plain body; `undefined` when it cannot be decrypted, which is a miss. */
  public opened({ name, policy }: Wanted, entry: Entry | undefined): Entry | undefined {
    const { encryption } = this.parts;
    if (entry?.body === undefined || !policy.sensitive || encryption === undefined) return entry;
    const body = open(encryption, name, entry.body);
    return body === undefined ? undefined : { ...entry, body };
  }

  /** The entry as the server may see it. */
  public sealed({ name, policy }: Wanted, entry: Entry): Entry {
    const { encryption } = this.parts;
    if (entry.body === undefined || !policy.sensitive || encryption === undefined) return entry;
    return { ...entry, body: seal(encryption, name, entry.body) };
  }

  /** The value of a stored entry, and its place in this process's memory. */
  public answer(wanted: Wanted, entry: Entry, tier: CacheTier): Answer {
    const value = this.valueOf(wanted.policy, entry);
    this.remember(wanted, entry, value);
    return { value, tier };
  }

  /** Puts a value into memory, unless it was invalidated since it was wanted. */
  public remember({ name, policy, since }: Wanted, entry: Entry, value: unknown): void {
    const { memory, coherence } = this.parts;
    if (policy.memoryTtlMs === 0 || coherence.journal.touched(since, name, entry.tags)) return;
    // A Buffer from the wire is a window on a larger one: memory keeps a copy of its own.
    const own = policy.format === 'json' || entry.body === undefined ? value : this.ownCopy(policy, entry.body);
    memory.set(name, {
      value: own,
      freshUntil: Math.min(entry.freshUntil, Date.now() + policy.memoryTtlMs),
      usableUntil: entry.freshUntil + policy.staleIfErrorMs,
      tags: entry.tags,
      bytes: entry.body?.length ?? 0,
    });
  }

  private ownCopy(policy: ResolvedPolicy, body: Buffer): unknown {
    return formats[policy.format].decode(Buffer.from(body));
  }
}
