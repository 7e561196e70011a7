/** Latencies in milliseconds; null where there was no request. */
export interface LatencyQuantiles {
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
}

/** What happened to the requests that were meant to be sent within one second. */
export interface LoadSecond {
  /** Seconds since the start. */
  readonly second: number;
  /** Requests that were meant to be sent. */
  readonly arrivals: number;
  /** Of those, how many failed: no answer, or one that is not a success. */
  readonly failed: number;
  /** Mean number of requests that were under way or waited for a connection. */
  readonly concurrency: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** One kind of request, or all of them. */
export interface LoadKind {
  readonly name: string;
  readonly cached: boolean;
  readonly requests: number;
  readonly failed: number;
  readonly latency: LatencyQuantiles;
}

/** The file that a load test writes; the rehearsal calibrates its model of the service from it. */
export interface LoadResult {
  readonly format: 'headroom-load-1';
  readonly profile: string;
  readonly target: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly connections: number;
  readonly seed: number;
  /** Mean arrivals per second over the whole test. */
  readonly arrivalRate: number;
  /** Mean number of requests in the system; by Little's law about the rate times the mean latency. */
  readonly concurrency: number;
  readonly requests: number;
  readonly failed: number;
  /** How often each kind of failure happened, such as `503` or `timeout`. */
  readonly failures: Readonly<Record<string, number>>;
  /** From the moment a request was meant to be sent, so that waiting for a slow service counts. */
  readonly latency: LatencyQuantiles;
  /** From the moment it was sent: what the service and the network took. */
  readonly serviceTime: LatencyQuantiles;
  /** Requests that a cache should answer. */
  readonly cachedLatency: LatencyQuantiles;
  readonly kinds: readonly LoadKind[];
  readonly perSecond: readonly LoadSecond[];
}
