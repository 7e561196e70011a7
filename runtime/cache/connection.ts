/** How to reach the cache server. */
export interface CacheConnectionOptions {
  /** `redis://host:port`, or `rediss://` for TLS. */
  readonly url: string;
  /**
   * How long the server may leave commands unanswered before the connection counts as lost, in milliseconds.
   * @default 1000
   */
  readonly replyTimeoutMs?: number;
}

/** One connection to the cache server, shared by cache, sessions and limits, that repairs itself. */
export interface CacheConnection {
  /** Whether commands would be sent now; while false they fail at once. */
  readonly available: boolean;
  close(): Promise<void>;
}
