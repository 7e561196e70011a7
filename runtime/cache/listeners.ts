import type { CacheConnection } from './connection';
import type { NamespaceKeys } from './namespace-keys';
import { HEARD, run, UNHEARD } from './scripts';

/** Messages of a burst are confirmed together, this long after the first one. */
const CONFIRM_AFTER_MS = 10;

/**
 * Says on the server up to which invalidation this process has emptied its memory, so that whoever empties the CDN next
 * knows that nobody behind it answers with the old value any more.
 */
export class Listener {
  private confirming: NodeJS.Timeout | undefined;
  private clock = 0;

  public constructor(
    private readonly connection: CacheConnection,
    private readonly keys: NamespaceKeys,
    private readonly origin: string,
  ) {}

  /** Confirms soon; when it cannot, this process falls silent, and does not answer from memory either. */
  public heard(clock: number): void {
    this.clock = Math.max(this.clock, clock);
    this.confirming ??= setTimeout(() => {
      this.confirming = undefined;
      this.confirm().catch(() => undefined);
    }, CONFIRM_AFTER_MS).unref();
  }

  /** Confirms now what waits to be confirmed: a process is known before it says that it is ready. */
  public async enroll(): Promise<void> {
    if (this.confirming === undefined) return;
    clearTimeout(this.confirming);
    this.confirming = undefined;
    await this.confirm().catch(() => undefined);
  }

  /** Nobody need wait for this process any more. */
  public async leave(): Promise<void> {
    clearTimeout(this.confirming);
    if (!this.connection.available) return;
    const { heard, listeners } = this.keys;
    await this.connection
      .client()
      .multi()
      .zRem(heard, this.origin)
      .zRem(listeners, this.origin)
      .execAsPipeline()
      .catch(() => undefined);
  }

  private async confirm(): Promise<void> {
    const { heard, listeners } = this.keys;
    await run(this.connection.client(), HEARD, [heard, listeners], [`${this.clock}`, this.origin]);
  }
}

/**
 * How many processes may still answer from memory with what was invalidated at `clock`.
 *
 * @param maxUnheardMs for how long a process that hears nothing answers from memory
 */
export async function unheard(
  connection: CacheConnection,
  { heard, listeners }: NamespaceKeys,
  clock: number,
  maxUnheardMs: number,
): Promise<number> {
  return Number(await run(connection.client(), UNHEARD, [heard, listeners], [`${clock}`, `${maxUnheardMs}`]));
}
