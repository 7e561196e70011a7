export interface BatchLoaderOptions<K, V> {
  /** Fetches many keys in one round trip, such as `… WHERE id = ANY ($1)`. Keys without a value are left out. */
  readonly load: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>;

  /**
   * Most keys of one round trip; more are split.
   *
   * @default 500
   */
  readonly maxBatch?: number;
}

/**
 * Turns N look-ups that are asked for in the same turn of the event loop into one round trip, so that code may ask for
 * one thing at a time without an N+1. Made per request: it forgets each value once it was delivered.
 */
export class BatchLoader<K, V> {
  private waiting = new Map<K, Waiting<V>>();
  private readonly maxBatch: number;

  public constructor(private readonly options: BatchLoaderOptions<K, V>) {
    this.maxBatch = options.maxBatch ?? 500;
  }

  /** One value, or nothing. The same key asked twice in one turn is fetched once. */
  public get(key: K): Promise<V | undefined> {
    const known = this.waiting.get(key);
    if (known !== undefined) return known.promise;
    // After the promise jobs of this turn, so that keys which awaited something small still come along.
    if (this.waiting.size === 0) setImmediate(() => this.flush());
    const added = waitingFor<V>();
    this.waiting.set(key, added);
    return added.promise;
  }

  /** Values in the order of the keys. */
  public getAll(keys: readonly K[]): Promise<readonly (V | undefined)[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }

  private flush(): void {
    const batch = [...this.waiting];
    this.waiting = new Map();
    for (let from = 0; from < batch.length; from += this.maxBatch) {
      const part = batch.slice(from, from + this.maxBatch);
      this.deliver(new Map(part));
    }
  }

  private deliver(part: ReadonlyMap<K, Waiting<V>>): void {
    const loaded = Promise.resolve().then(() => this.options.load([...part.keys()]));
    loaded.then(
      (values) => {
        for (const [key, { resolve }] of part) resolve(values.get(key));
      },
      (error: unknown) => {
        for (const { reject } of part.values()) reject(error);
      },
    );
  }
}

interface Waiting<V> {
  readonly promise: Promise<V | undefined>;
  readonly resolve: (value: V | undefined) => void;
  readonly reject: (error: unknown) => void;
}

function waitingFor<V>(): Waiting<V> {
  let resolve: Waiting<V>['resolve'] = () => {};
  let reject: Waiting<V>['reject'] = () => {};
  const promise = new Promise<V | undefined>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
}
