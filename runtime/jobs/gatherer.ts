export interface GathererOptions<T> {
  /** Most items of one call. */
  readonly max: number;

  /** How long the first item waits for others, in milliseconds. */
  readonly waitMillis: number;

  /** Does it for all of them; resolves with what went wrong for each, in their order. */
  readonly flush: (items: readonly T[]) => Promise<readonly (Error | undefined)[]>;
}

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Does one by one what is cheaper done together: gathers for a moment, or until a call is full. */
export class Gatherer<T> {
  private waiting: Waiting<T>[] = [];
  private timer: NodeJS.Timeout | undefined;

  public constructor(private readonly options: GathererOptions<T>) {}

  /** Resolves once it is done for this item, and rejects with what went wrong for this one. */
  public add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.waiting.length >= this.options.max) this.flush();
      else this.timer ??= setTimeout(() => this.flush(), this.options.waitMillis);
    });
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.waiting.splice(0);
    this.options.flush(batch.map(({ item }) => item)).then(
      (errors) => {
        for (const [index, { resolve, reject }] of batch.entries()) {
          if (errors[index] === undefined) resolve();
          else reject(errors[index]);
        }
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }
}
