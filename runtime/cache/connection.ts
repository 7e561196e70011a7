import { createClient, RESP_TYPES } from '@redis/client';

/** Who connects; asked anew for every connection. */
export type CacheCredentials = () => Promise<{ readonly username: string; readonly password: string }>;

/** How to reach the cache server. */
export interface CacheConnectionOptions {
  /** `redis://host:port`, or `rediss://` for TLS. One primary endpoint: cluster mode is off (docs/decisions/0020). */
  readonly url: string;
  /**
   * Who connects; `elastiCacheCredentials` gives IAM tokens.
   * @default - the user and password of `url`, if any
   */
  readonly credentials?: CacheCredentials;
  /**
   * How often `credentials` are given again on a connection that lives on, in milliseconds. ElastiCache cuts a
   * connection with an IAM log-in after 12 hours, unless it logs in again.
   * @default 21600000
   */
  readonly reauthenticateEveryMs?: number;
  /**
   * How long the server may leave commands unanswered before the connection counts as lost, in milliseconds.
   * @default 500
   */
  readonly replyTimeoutMs?: number;
  /**
   * How long `connectCache` waits for the first connection, in milliseconds. Without one it returns all the same:
   * the service starts, and the connection goes on trying.
   * @default 2000
   */
  readonly connectTimeoutMs?: number;
  /**
   * Told why a connection was lost or refused.
   * @default - nobody is told
   */
  readonly onError?: (error: Error) => void;
}

/** The server cannot be asked now. Whoever can do without it goes on. */
export class CacheUnavailableError extends Error {
  public override readonly name = 'CacheUnavailableError';
}

function newClient(options: CacheConnectionOptions) {
  return createClient({
    url: options.url,
    // Not the client's streaming provider: it subscribes anew with every reconnection and ends no subscription.
    ...(options.credentials && {
      credentialsProvider: { type: 'async-credentials-provider', credentials: options.credentials },
    }),
    // While there is no connection a command fails at once: the caller has a database to turn to.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 100_000,
    maintNotifications: 'disabled',
    socket: { connectTimeout: 1_000, reconnectStrategy: reconnectDelay },
    // The client's default arms an AbortSignal per command, which quadruples its cost; the heartbeat below bounds all
    // commands together. Values are bytes: they may be compressed or encrypted.
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
}

/** Milliseconds before attempt `retries`: doubles from 25 to 1,000, with jitter so that a fleet does not return as one. */
function reconnectDelay(retries: number): number {
  return Math.min(1_000, 25 * 2 ** Math.min(retries, 6)) * (0.5 + Math.random() / 2);
}

/** A client of the server; replies are Buffers. */
export type CacheClient = ReturnType<typeof newClient>;

/** One connection to the cache server, shared by cache, sessions and limits, that repairs itself. */
export interface CacheConnection {
  /** Whether commands would be sent now; while false they fail at once. */
  readonly available: boolean;
  /**
   * The client to send with.
   * @throws CacheUnavailableError while there is no connection
   */
  client(): CacheClient;
  /** Calls back every time a connection has been made. Returns what ends that. */
  onConnect(listener: () => void): () => void;
  /** A second connection to the same server with the same options, such as for subscriptions. */
  duplicate(): Promise<CacheConnection>;
  close(): Promise<void>;
}

/** Beats of the heart per reply time-out. */
const BEATS = 4;

class RepairingConnection implements CacheConnection {
  private current: CacheClient;
  private readonly listeners = new Set<() => void>();
  private readonly heartbeat: NodeJS.Timeout;
  private readonly reauthentication: NodeJS.Timeout | undefined;
  /** How long the PING that was sent last has waited for its answer; undefined when none waits. */
  private silentMs: number | undefined;
  private beatAt = 0;
  private readonly closing = new AbortController();

  public constructor(private readonly options: CacheConnectionOptions) {
    this.current = this.open();
    this.heartbeat = setInterval(() => this.beat(), this.replyTimeoutMs / BEATS).unref();
    const { credentials, reauthenticateEveryMs = 6 * 3_600_000 } = options;
    if (credentials === undefined) return;
    const again = (): void => void this.reauthenticate(credentials);
    this.reauthentication = setInterval(again, reauthenticateEveryMs).unref();
  }

  public get available(): boolean {
    return this.current.isReady;
  }

  public client(): CacheClient {
    if (!this.current.isReady) throw new CacheUnavailableError('no connection to the cache server');
    return this.current;
  }

  public onConnect(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  public duplicate(): Promise<CacheConnection> {
    return connectCache(this.options);
  }

  public async close(): Promise<void> {
    this.closing.abort();
    clearInterval(this.heartbeat);
    clearInterval(this.reauthentication);
    if (this.current.isReady) await Promise.race([this.current.close(), pause(this.replyTimeoutMs)]);
    this.current.destroy();
  }

  /** Settles with the first connection, or after `connectTimeoutMs`. */
  public async firstConnection(): Promise<void> {
    if (this.available) return;
    const { promise, resolve } = withResolvers();
    const stop = this.onConnect(resolve);
    await Promise.race([promise, pause(this.options.connectTimeoutMs ?? 2_000)]);
    stop();
  }

  private get replyTimeoutMs(): number {
    return this.options.replyTimeoutMs ?? 500;
  }

  private open(): CacheClient {
    const client = newClient(this.options);
    client.on('error', (error: Error) => this.options.onError?.(error));
    client.on('ready', () => {
      this.silentMs = undefined;
      for (const listener of this.listeners) listener();
    });
    // The client retries by itself and says so through `error`; the promise rejects only when it was destroyed.
    client.connect().catch((error: Error) => {
      if (!this.closing.signal.aborted) this.options.onError?.(error);
    });
    return client;
  }

  private async reauthenticate(credentials: CacheCredentials): Promise<void> {
    try {
      await this.client().auth(await credentials());
    } catch (error) {
      // Without a connection the next one logs in by itself; a refusal is retried before the 12 hours are over.
      if (error instanceof Error) this.options.onError?.(error);
    }
  }

  /**
   * Replies come in order, so one unanswered PING stands for every command behind it. A network that swallows packets
   * never closes the socket; this notices without a timer per command.
   */
  private beat(): void {
    if (!this.current.isReady) return;
    if (this.silentMs === undefined) {
      const sentTo = this.current;
      const answered = (): void => {
        if (sentTo === this.current) this.silentMs = undefined;
      };
      this.silentMs = 0;
      this.beatAt = performance.now();
      sentTo.ping().then(answered, () => undefined);
      return;
    }
    // A late beat means that this process stalled, not that the server is silent: it counts as one that was on time.
    const now = performance.now();
    this.silentMs += Math.min(now - this.beatAt, this.replyTimeoutMs / BEATS);
    this.beatAt = now;
    if (this.silentMs < this.replyTimeoutMs - 1) return;
    this.options.onError?.(
      new CacheUnavailableError(`the cache server has not answered for ${this.replyTimeoutMs} ms`),
    );
    this.silentMs = undefined;
    this.current.destroy();
    this.current = this.open();
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/** Connects to the cache server. Never rejects: see {@link CacheConnectionOptions.connectTimeoutMs}. */
export async function connectCache(options: CacheConnectionOptions): Promise<CacheConnection> {
  const connection = new RepairingConnection(options);
  await connection.firstConnection();
  return connection;
}
