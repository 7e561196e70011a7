/** Where somebody reads: a process of the service, or an edge. */
export interface Place {
  readonly name: string;
  readonly tier: 'instance' | 'edge';
}

/** A write: the version that it made, and when its commit was acknowledged. */
export interface Change {
  readonly item: number;
  readonly version: number;
  readonly acknowledgedAt: number;
}

/** An answer: which version it showed, and when the reader asked. */
export interface Read {
  readonly place: Place;
  readonly item: number;
  readonly version: number;
  readonly beganAt: number;
}

/** What readers saw of a change at one place. */
interface Sight {
  /** When the last reader asked who was shown an older version. */
  lastOldAt: number;
  /** When the first reader after that asked; undefined while there was none. */
  firstNewAt: number | undefined;
}

/**
 * Knows every write and every read, and so how stale each read was. Versions of an item count up by one; moments are
 * milliseconds of one clock.
 */
export class StalenessOracle {
  private readonly changes = new Map<number, Map<number, Change>>();
  private readonly sights = new Map<Change, Map<Place, Sight>>();
  private worst = 0;

  public wrote(change: Change): void {
    const ofItem = this.changes.get(change.item) ?? new Map<number, Change>();
    this.changes.set(change.item, ofItem.set(change.version, change));
    this.sights.set(change, new Map());
  }

  public saw({ place, item, version, beganAt }: Read): void {
    const ofItem = this.changes.get(item);
    if (ofItem === undefined) return;
    const missed = ofItem.get(version + 1);
    if (missed !== undefined) this.worst = Math.max(this.worst, beganAt - missed.acknowledgedAt);
    for (const change of ofItem.values()) this.note(change, place, version >= change.version, beganAt);
  }

  /** By how much the stalest read of all was: its beginning less the acknowledgement of the oldest newer version. */
  public get stalestMillis(): number {
    return this.worst;
  }

  /**
   * For how long after its acknowledgement a place went on showing what was before the change; undefined while it
   * does, as far as is known. With probes it is too long by at most the time between two of them.
   */
  public shownAfter(change: Change, place: Place): number | undefined {
    const firstNewAt = this.sights.get(change)?.get(place)?.firstNewAt;
    return firstNewAt === undefined ? undefined : Math.max(0, firstNewAt - change.acknowledgedAt);
  }

  private note(change: Change, place: Place, isNew: boolean, beganAt: number): void {
    const atPlaces = this.sights.get(change);
    const sight = atPlaces?.get(place) ?? { lastOldAt: change.acknowledgedAt, firstNewAt: undefined };
    atPlaces?.set(place, sight);
    if (!isNew) {
      sight.lastOldAt = Math.max(sight.lastOldAt, beganAt);
      if (sight.firstNewAt !== undefined && sight.firstNewAt < sight.lastOldAt) sight.firstNewAt = undefined;
    } else if (beganAt >= sight.lastOldAt) sight.firstNewAt = Math.min(sight.firstNewAt ?? beganAt, beganAt);
  }
}
