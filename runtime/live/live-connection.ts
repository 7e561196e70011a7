import type { RawData, WebSocket } from 'ws';

/** Why a connection was cut: it read too slowly, did not answer a ping, or sent what is no request. */
export type CutReason = 'slow' | 'silent' | 'invalid';

export interface LiveConnectionOptions {
  readonly maxTopics: number;
  readonly maxBufferedBytes: number;
  readonly maxAgeMillis: number;
  readonly mayFollow: (topic: string) => boolean;
  readonly onFollow: (topic: string) => Promise<void>;
  readonly onUnfollow: (topic: string) => void;
  readonly onCut: (reason: CutReason) => void;
  readonly onClose: () => void;
}

/** What a client may say. */
interface Request {
  readonly follow?: readonly string[];
  readonly unfollow?: readonly string[];
}

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const CLOSE = { goingAway: 1001, policyViolation: 1008 } as const;
const TOPIC = /^[a-z]+-[\w-]{1,80}$/;
/** Requests that may come at once, and how many of them come back per second. */
const BURST = 20;
const REQUESTS_PER_SECOND = 2;

/** One client: what it follows, and what may be sent to it. */
export class LiveConnection {
  public readonly topics = new Set<string>();
  private readonly endsAt: number;
  private alive = true;
  private requests = 0;
  private lastRequestAt = performance.now();

  public constructor(
    private readonly socket: WebSocket,
    public readonly user: string,
    private readonly options: LiveConnectionOptions,
  ) {
    this.endsAt = performance.now() + options.maxAgeMillis;
    socket.on('pong', () => {
      this.alive = true;
    });
    socket.on('message', (data, binary) => void this.receive(data, binary));
    socket.on('close', () => options.onClose());
    // What breaks a connection also closes it.
    socket.on('error', () => {});
  }

  /** Whether it has been open for as long as a connection may be. */
  public get old(): boolean {
    return performance.now() >= this.endsAt;
  }

  /** Sends, or cuts who does not read: what waits for it would wait in the memory that all others need. */
  public send(text: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > this.options.maxBufferedBytes) this.cut('slow');
    else this.socket.send(text);
  }

  /** Asks for a sign of life; cuts who has not given the last one. */
  public ping(): void {
    if (!this.alive) {
      this.cut('silent');
      return;
    }
    this.alive = false;
    this.socket.ping();
  }

  /** Asks the client to connect again after a pause; resolves with whether it said goodbye. */
  public sendAway(reconnectAfterMillis: number): Promise<boolean> {
    return new Promise((resolve) => {
      // 1006: there was no goodbye.
      this.socket.once('close', (code) => resolve(code !== 1006));
      this.socket.close(CLOSE.goingAway, JSON.stringify({ reconnectAfterMillis }));
    });
  }

  public cut(reason?: CutReason): void {
    if (reason !== undefined) this.options.onCut(reason);
    this.socket.terminate();
  }

  private async receive(data: RawData, binary: boolean): Promise<void> {
    const request = binary || this.tooMany() ? undefined : parse(String(data));
    if (request === undefined) {
      this.options.onCut('invalid');
      this.socket.close(CLOSE.policyViolation, 'send {"follow":[…]} or {"unfollow":[…]}, a few at a time');
      return;
    }
    for (const topic of request.unfollow ?? []) if (this.topics.delete(topic)) this.options.onUnfollow(topic);
    if (request.follow !== undefined) await this.follow(request.follow);
  }

  /** Says what is followed only when it is, so that a client that reads the current state then misses nothing. */
  private async follow(topics: readonly string[]): Promise<void> {
    const allowed = topics.filter((topic) => TOPIC.test(topic) && this.options.mayFollow(topic));
    const room = this.options.maxTopics - this.topics.size;
    const added = allowed.filter((topic) => !this.topics.has(topic)).slice(0, room);
    for (const topic of added) this.topics.add(topic);
    await Promise.all(added.map((topic) => this.options.onFollow(topic)));
    const refused = topics.filter((topic) => !this.topics.has(topic));
    this.send(JSON.stringify({ type: 'following', topics: [...this.topics], refused }));
  }

  private tooMany(): boolean {
    const now = performance.now();
    this.requests = Math.max(0, this.requests - ((now - this.lastRequestAt) / 1000) * REQUESTS_PER_SECOND) + 1;
    this.lastRequestAt = now;
    return this.requests > BURST;
  }
}

function parse(text: string): Request | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { follow, unfollow } = value as Record<string, unknown>;
    return isTopics(follow) && isTopics(unfollow) ? { follow, unfollow } : undefined;
  } catch {
    return undefined;
  }
}

function isTopics(value: unknown): value is readonly string[] | undefined {
  return value === undefined || (Array.isArray(value) && value.every((topic) => typeof topic === 'string'));
}
