import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CacheConnection } from '../cache/connection';
import { type Metrics, noMetrics } from '../telemetry/metrics';
import { FanOut } from './fan-out';
import { LiveConnection } from './live-connection';
import { refuseUpgrade } from './refuse-upgrade';

/** Who a connection belongs to, or why there is none. */
export type Admission = { readonly user: string } | { readonly status: 401 | 403 | 404 | 503; readonly detail: string };

export interface LiveServerOptions {
  readonly connection: CacheConnection;
  /** Decides from the request alone; asked once per connection. */
  readonly admit: (request: IncomingMessage) => Promise<Admission>;
  readonly mayFollow: (user: string, topic: string) => boolean;

  /**
   * Time between two pings, in milliseconds; who has not answered the last one is cut. Less than half of what any hop
   * in between allows a silent connection.
   *
   * @default 30,000
   */
  readonly heartbeatMillis?: number;

  /**
   * Connections of this process.
   *
   * @default 2,000
   */
  readonly maxConnections?: number;

  /**
   * Connections that one user may have to this process.
   *
   * @default 10
   */
  readonly maxPerUser?: number;

  /**
   * Topics that one connection may follow.
   *
   * @default 50
   */
  readonly maxTopics?: number;

  /**
   * Bytes that may wait for a client that reads too slowly; with more it is cut.
   *
   * @default 262,144
   */
  readonly maxBufferedBytes?: number;

  /**
   * Age at which a connection is asked to come again, in milliseconds: it proves anew who it is, and new tasks get
   * their share.
   *
   * @default 1,800,000
   */
  readonly maxAgeMillis?: number;

  /**
   * Time over which clients that are sent away are asked to return, in milliseconds.
   *
   * @default 5,000
   */
  readonly reconnectSpreadMillis?: number;

  /** @default 'headroom' */
  readonly namespace?: string;

  /** @default - metrics go nowhere */
  readonly metrics?: Metrics;
}

/** A client says what it follows in a few hundred bytes. */
const MAX_INCOMING_BYTES = 8 * 1024;
/** Time that a client has to answer a close. */
const CLOSE_MILLIS = 2_000;

/** WebSocket connections of one process, and what reaches them from all processes. */
export class LiveServer {
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compression keeps a window per connection, which costs more memory than small messages cost bytes.
    perMessageDeflate: false,
    maxPayload: MAX_INCOMING_BYTES,
  });
  private readonly connections = new Set<LiveConnection>();
  private readonly followers = new Map<string, Set<LiveConnection>>();
  private readonly fanOut: FanOut;
  private readonly heartbeat: NodeJS.Timeout;
  private readonly metrics: Metrics;
  private admitting = 0;
  private draining = false;

  public constructor(private readonly options: LiveServerOptions) {
    this.metrics = options.metrics ?? noMetrics;
    this.fanOut = new FanOut({
      connection: options.connection,
      namespace: options.namespace ?? 'headroom',
      onMessage: (topic, data) => this.deliver(topic, data),
      onGap: () => this.tellAll(JSON.stringify({ type: 'gap' })),
    });
    this.heartbeat = setInterval(() => this.beat(), options.heartbeatMillis ?? 30_000).unref();
  }

  /** Connections that are open now. */
  public get size(): number {
    return this.connections.size;
  }

  /** Takes an upgrade request over from an HTTP server. */
  public upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A client that leaves before it is admitted is nobody's error.
    socket.on('error', () => {});
    this.admit(request).then(
      (admission) => {
        if ('status' in admission) refuseUpgrade(socket, admission.status, admission.detail);
        else this.server.handleUpgrade(request, socket, head, (opened) => this.open(opened, admission.user));
      },
      () => refuseUpgrade(socket, 503, 'live updates are not there now; try again'),
    );
  }

  /** Tells everybody who follows `topic`, at whichever process. Never rejects: what cannot be told is counted. */
  public async publish(topic: string, data: unknown): Promise<void> {
    try {
      await this.fanOut.publish(topic, JSON.stringify(data));
    } catch {
      this.metrics.count('live_messages_lost_total', {});
    }
  }

  /** Asks every client to come again elsewhere; resolves with how many had to be cut because they did not answer. */
  public async drain(): Promise<number> {
    this.draining = true;
    clearInterval(this.heartbeat);
    const open = [...this.connections];
    const closed = Promise.all(open.map((connection) => this.sendAway(connection)));
    const late = setTimeout(() => {
      for (const connection of this.connections) connection.cut();
    }, CLOSE_MILLIS);
    const cut = (await closed).filter((polite) => !polite).length;
    clearTimeout(late);
    return cut;
  }

  /** Drains, and stops listening. */
  public async close(): Promise<void> {
    await this.drain();
    await this.fanOut.close();
  }

  private async admit(request: IncomingMessage): Promise<Admission> {
    const full = (): Admission | undefined => {
      if (this.draining) return { status: 503, detail: 'this instance leaves; try again' };
      const { maxConnections = 2_000 } = this.options;
      if (this.connections.size + this.admitting < maxConnections) return undefined;
      return { status: 503, detail: `this instance has all of its ${maxConnections} live connections; try again` };
    };
    const before = full();
    if (before !== undefined) return before;
    this.admitting += 1;
    const admission = await this.options.admit(request).finally(() => {
      this.admitting -= 1;
    });
    if ('status' in admission) return admission;
    const { maxPerUser = 10 } = this.options;
    const same = [...this.connections].filter(({ user }) => user === admission.user).length;
    if (same >= maxPerUser) return { status: 503, detail: `a user may have ${maxPerUser} live connections; close one` };
    return full() ?? admission;
  }

  private open(socket: WebSocket, user: string): void {
    const { mayFollow, maxTopics = 50, maxBufferedBytes = 262_144, maxAgeMillis = 1_800_000 } = this.options;
    const connection = new LiveConnection(socket, user, {
      maxTopics,
      maxBufferedBytes,
      maxAgeMillis: maxAgeMillis * (0.9 + Math.random() / 5),
      mayFollow: (topic) => mayFollow(user, topic),
      onFollow: (topic) => this.follow(topic, connection),
      onUnfollow: (topic) => this.unfollow(topic, connection),
      onCut: (reason) => this.metrics.count('live_connections_cut_total', { reason }),
      onClose: () => {
        for (const topic of connection.topics) this.unfollow(topic, connection);
        this.connections.delete(connection);
        this.report();
      },
    });
    this.connections.add(connection);
    this.report();
  }

  /** Resolves when what is published from now on reaches the connection. */
  private async follow(topic: string, connection: LiveConnection): Promise<void> {
    const followers = this.followers.get(topic) ?? new Set();
    followers.add(connection);
    this.followers.set(topic, followers);
    await this.fanOut.follow(topic);
  }

  private unfollow(topic: string, connection: LiveConnection): void {
    const followers = this.followers.get(topic);
    followers?.delete(connection);
    if (followers?.size !== 0) return;
    this.followers.delete(topic);
    void this.fanOut.unfollow(topic);
  }

  private deliver(topic: string, data: string): void {
    const text = `{"type":"update","topic":${JSON.stringify(topic)},"data":${data}}`;
    const followers = this.followers.get(topic) ?? [];
    for (const connection of followers) connection.send(text);
    this.metrics.count('live_messages_total', {}, this.followers.get(topic)?.size ?? 0);
  }

  private tellAll(text: string): void {
    for (const connection of this.connections) connection.send(text);
  }

  private beat(): void {
    for (const connection of this.connections) {
      if (connection.old) void this.sendAway(connection);
      else connection.ping();
    }
    this.report();
  }

  private sendAway(connection: LiveConnection): Promise<boolean> {
    const { reconnectSpreadMillis = 5_000 } = this.options;
    return connection.sendAway(Math.round(Math.random() * reconnectSpreadMillis));
  }

  private report(): void {
    this.metrics.gauge('live_connections', {}, this.connections.size);
  }
}
