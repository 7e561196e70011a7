import type { CacheConnection } from '../cache/connection';

export interface FanOutOptions {
  readonly connection: CacheConnection;
  readonly namespace: string;
  /** Something was published about a topic that this process follows. */
  readonly onMessage: (topic: string, data: string) => void;
  /** This process may have missed something of any topic. */
  readonly onGap: () => void;
}

/**
 * Carries messages between the processes: what one publishes, all hear that follow the topic. At most once: nothing is
 * kept for who does not listen at that moment. The connection for listening is made with the first topic.
 */
export class FanOut {
  /** What is followed, and when it is. */
  private readonly topics = new Map<string, Promise<void>>();
  private subscribing: Promise<CacheConnection> | undefined;
  /** One function for all subscriptions: subscribing again with it changes nothing. */
  private readonly hear = (message: unknown, channel: unknown): void =>
    this.options.onMessage(String(channel).slice(this.prefix.length), String(message));

  public constructor(private readonly options: FanOutOptions) {}

  /** Resolves when messages of `topic` arrive; while the server is away at once, and they arrive when it is back. */
  public follow(topic: string): Promise<void> {
    const known = this.topics.get(topic);
    if (known !== undefined) return known;
    this.subscribing ??= this.subscribe();
    const following = this.subscribing.then((subscriber) => this.listen(subscriber, [topic]));
    this.topics.set(topic, following);
    return following;
  }

  public async unfollow(topic: string): Promise<void> {
    this.topics.delete(topic);
    const subscriber = await this.subscribing;
    // Followed again meanwhile, or not known to a server that is away.
    if (subscriber?.available !== true || this.topics.has(topic)) return;
    await subscriber
      .client()
      .unsubscribe(this.prefix + topic, this.hear)
      .catch(() => undefined);
  }

  /** @throws CacheUnavailableError, or what the server says, when nobody is told */
  public async publish(topic: string, data: string): Promise<void> {
    await this.options.connection.client().publish(this.prefix + topic, data);
  }

  public async close(): Promise<void> {
    await (await this.subscribing)?.close();
  }

  private get prefix(): string {
    return `${this.options.namespace}:live:`;
  }

  private async subscribe(): Promise<CacheConnection> {
    const subscriber = await this.options.connection.duplicate();
    subscriber.onConnect(() => {
      void this.listen(subscriber, [...this.topics.keys()]).then(() => this.options.onGap());
    });
    return subscriber;
  }

  /** A subscription that fails is made again with the next connection. */
  private async listen(subscriber: CacheConnection, topics: readonly string[]): Promise<void> {
    if (!subscriber.available || topics.length === 0) return;
    const channels = topics.map((topic) => this.prefix + topic);
    await subscriber
      .client()
      .subscribe(channels, this.hear)
      .catch(() => undefined);
  }
}
