import type { LogPosition } from './log-position';

interface Entry {
  readonly position: LogPosition;
  /** When the primary was last seen at this position. */
  lastSeen: number;
}

/**
 * Where the primary was when, as this process saw it. From it follows a replica's lag in time, which PostgreSQL does
 * not say: `now() - pg_last_xact_replay_timestamp()` grows on an idle primary although nothing is missing, and clocks
 * of two servers differ.
 */
export class PositionHistory {
  private entries: Entry[] = [];

  public constructor(private readonly capacity = 4_096) {}

  public get latest(): LogPosition | undefined {
    return this.entries.at(-1)?.position;
  }

  /** The primary is at `position` now. A position further back than the last (a restored server) starts anew. */
  public add(position: LogPosition, now: number): void {
    const last = this.entries.at(-1);
    if (last !== undefined && position < last.position) this.entries = [];
    if (last?.position === position) last.lastSeen = now;
    else this.entries.push({ position, lastSeen: now });
    // Half at a time, so that it costs nothing on average.
    if (this.entries.length > this.capacity) this.entries = this.entries.slice(this.capacity / 2);
  }

  /**
   * How long ago, in milliseconds, the primary was last seen at `position` or before: at least the age of what a
   * replica there shows, and too much by one poll at most.
   *
   * @returns nothing while the primary has not been seen
   */
  public lagMillis(position: LogPosition, now: number): number | undefined {
    const { latest } = this;
    if (latest === undefined) return undefined;
    if (position >= latest) return 0;
    const behind = this.entries.findLast((entry) => entry.position <= position);
    const seen = behind?.lastSeen ?? this.entries[0]?.lastSeen ?? now;
    return now - seen;
  }
}
