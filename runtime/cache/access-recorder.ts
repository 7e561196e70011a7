/** One access: when (ms), to which class and key (a hash), and whether it read or changed it. */
export interface Access {
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
}

/** Notes accesses to a sample of keys: what TTLs are judged by. Keys are hashed; no id leaves the process. */
export class AccessRecorder {
  private readonly ring: Access[] = [];
  private next = 0;
  private readonly oneKeyIn: number;
  private readonly capacity: number;

  public constructor(options: AccessRecorderOptions = {}) {
    this.oneKeyIn = options.oneKeyIn ?? 16;
    this.capacity = options.capacity ?? 100_000;
  }

  public note(kind: Access['kind'], keyClass: string, id: string, at = Date.now()): void {
    const key = hash(keyClass, id);
    if (key % this.oneKeyIn !== 0) return;
    this.ring[this.next] = { at, keyClass, key, kind };
    this.next = (this.next + 1) % this.capacity;
  }

  /** What is held, oldest first. */
  public accesses(): Access[] {
    return [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)];
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
