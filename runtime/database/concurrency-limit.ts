import { DatabaseOverloadedError } from './errors';

/** Lets at most so many run at a time and turns the next ones away. */
export class ConcurrencyLimit {
  private running = 0;

  /** @param what names the limited thing and its option, for the error */
  public constructor(
    private readonly max: number,
    private readonly what: string,
  ) {}

  public async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.max)
      throw new DatabaseOverloadedError(`${this.what} has reached its limit of ${this.max}`);
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
    }
  }
}
