import type { CacheConnection } from './connection';
import { Listener } from './listeners';
import type { Names, ServerTier } from './server-tier';

export interface InvalidationBusOptions {
  readonly server: ServerTier;
  readonly connection: CacheConnection;
  readonly maxUnheardMs: number;
  /** Another process invalidated these. */
  readonly onInvalidation: (names: Names) => void;
  /** Something was invalidated that this process did not hear of. */
  readonly onMissed: () => void;
}

/**
 * Keeps this process's memory true. Messages tell what was invalidated, usually within a millisecond; each says from
 * where to where it moved the namespace's clock, so a gap shows. Because a subscription can be dead without anyone
 * noticing, the clock is read as well: whoever is behind it has missed something and forgets everything.
 */
export class InvalidationBus {
  /** Until when memory may be believed, in ms since the epoch. */
  public heardUntil = 0;
  private heardClock: number | undefined;
  /** The server's clock at the last poll, when no message had told of it yet. */
  private awaitedClock: number | undefined;
  private readonly listener: Listener;
  private readonly poll: NodeJS.Timeout;
  private readonly subscribing: Promise<CacheConnection>;

  public constructor(private readonly options: InvalidationBusOptions) {
    const { connection, server } = options;
    this.listener = new Listener(connection, server.keys, server.origin);
    this.subscribing = this.subscribe();
    this.poll = setInterval(() => void this.compare(), options.maxUnheardMs / 8).unref();
  }

  /** Settles when the subscription stands, if the server is there. */
  public async ready(): Promise<void> {
    await this.subscribing;
    await this.compare();
    await this.listener.enroll();
  }

  public async close(): Promise<void> {
    clearInterval(this.poll);
    await this.listener.leave();
    await (await this.subscribing).close();
  }

  private async subscribe(): Promise<CacheConnection> {
    const subscriber = await this.options.connection.duplicate();
    const listen = async (): Promise<void> => {
      const client = subscriber.client();
      await client.subscribe(this.options.server.keys.channel, (message) => this.hear(String(message)));
      await this.compare({ unsubscribedBefore: true });
    };
    // A subscription that fails is made again with the next connection; until then the clock is what is heard.
    const listenOrWait = (): Promise<void> => listen().catch(() => undefined);
    subscriber.onConnect(() => void listenOrWait());
    if (subscriber.available) await listenOrWait();
    return subscriber;
  }

  private hear(message: string): void {
    const [previous, now, origin] = message.split(' ', 3);
    const names: Names = JSON.parse(message.slice(`${previous} ${now} ${origin} `.length));
    const clock = Number(now);
    if (this.heardClock !== undefined && clock <= this.heardClock) return;
    const gap = this.heardClock !== undefined && this.heardClock !== Number(previous);
    this.heardClock = clock;
    if (gap) this.options.onMissed();
    else if (origin !== this.options.server.origin) this.options.onInvalidation(names);
    this.listener.heard(clock);
  }

  /**
   * Compares the server's clock with what was heard. A message takes its time, so a clock that is ahead gets until the
   * next poll, except right after subscribing: what happened before will never be heard.
   */
  private async compare({ unsubscribedBefore = false } = {}): Promise<void> {
    if (!this.options.server.available) return;
    const askedAt = Date.now();
    const heardWhenAsked = this.heardClock;
    const clock = await this.options.server.clock().catch(() => undefined);
    if (clock === undefined) return;
    const heard = this.heardClock ?? -1;
    // Behind what was heard before asking: the server lost its data, and entries may be back from before.
    const wentBack = heardWhenAsked !== undefined && clock < heardWhenAsked;
    const overdue = this.awaitedClock !== undefined && heard < this.awaitedClock;
    if (wentBack || (clock > heard && (unsubscribedBefore || overdue || heard < 0))) {
      this.heardClock = clock;
      this.options.onMissed();
    } else if (clock > heard) {
      this.awaitedClock = clock;
      return;
    }
    this.awaitedClock = undefined;
    this.heardUntil = askedAt + this.options.maxUnheardMs;
    this.listener.heard(clock);
  }
}
