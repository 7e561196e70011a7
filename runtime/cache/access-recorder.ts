import type { CacheTier } from './cache-tier';

/** How a read was answered. */
export interface AccessAnswer {
  /** `none` when nothing had it and nothing was loaded. @default - not told, as for the hits of a batch */
  readonly tier?: CacheTier | 'none';
  /** What the load took, in milliseconds; of a batch, its share. */
  readonly loadMs?: number;
}

/** One access: when (ms), to which class and key (a hash), and whether it read or changed it. */
export interface Access extends AccessAnswer {
  readonly at: number;
  readonly keyClass: string;
  readonly key: number;
  readonly kind: 'read' | 'write';
}

export interface AccessRecorderOptions {
  /**
   * One in how many keys is followed. All accesses to a followed key are noted, so that the times between them are true.
   * @default 16
   */
  readonly oneKeyIn?: number;
  /**
   * How many accesses are held; the oldest go first.
   * @default 100000
   */
  readonly capacity?: number;
  /**
   * Whether ids are exported as they are, so that the parts of keys can be judged: they may say who reads what.
   * @default false
   */
  readonly readableKeys?: boolean;
}

/** The columns of {@link AccessRecorder.export}. */
const COLUMNS = 'at_ms,class,key,kind,tier,load_ms';

/**
 * Notes accesses to a sample of keys: what TTLs are judged by. Keys are hashed; no id leaves the process unless
 * `readableKeys` says so.
 */
export class AccessRecorder {
  private readonly ring: (Access & { readonly id?: string })[] = [];
  private next = 0;
  private readonly oneKeyIn: number;
  private readonly capacity: number;

  private readonly readableKeys: boolean;

  public constructor(options: AccessRecorderOptions = {}) {
    this.oneKeyIn = options.oneKeyIn ?? 16;
    this.capacity = options.capacity ?? 100_000;
    this.readableKeys = options.readableKeys ?? false;
  }

  public note(kind: Access['kind'], keyClass: string, id: string, at = Date.now(), answer: AccessAnswer = {}): void {
    const key = hash(keyClass, id);
    if (key % this.oneKeyIn !== 0) return;
    this.ring[this.next] = { at, keyClass, key, kind, ...answer, ...(this.readableKeys && { id }) };
    this.next = (this.next + 1) % this.capacity;
  }

  /** What is held, oldest first. */
  public accesses(): Access[] {
    return this.held();
  }

  /** The same as CSV, for `npm run cache-report -- --access`; keys have no commas, because ids are percent-encoded. */
  public export(): string {
    const rows = this.held().map(({ at, keyClass, key, kind, tier = '', loadMs, id }) => {
      const text = id === undefined ? key.toString(16) : encodeURI(id).replaceAll(',', '%2C');
      return [at, keyClass, text, kind, tier, loadMs?.toFixed(3) ?? ''].join();
    });
    return `${[COLUMNS, ...rows].join('\n')}\n`;
  }

  /** In the order in which the accesses began: they were noted when they were answered. */
  private held(): typeof this.ring {
    return [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)].sort((one, other) => one.at - other.at);
  }
}

/** FNV-1a, 32 bits: fast, and spreads the low bits that the sample is taken by. */
function hash(keyClass: string, id: string): number {
  let value = 0x811c9dc5;
  for (const text of [keyClass, ':', id]) {
    for (let index = 0; index < text.length; index++) {
      value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
    }
  }
  // Murmur3's final mix: FNV's own low bits follow those of the last character.
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
