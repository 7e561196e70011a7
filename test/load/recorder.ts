import { LatencyHistogram } from '../../analysis/rehearsal/queueing/latency-histogram';
import type { LatencyQuantiles, LoadKind, LoadResult, LoadSecond } from './load-result';
import type { RequestKind } from './request-mix';

/** One request that is over. Times in seconds since the start. */
export interface Outcome {
  readonly kind: RequestKind;
  readonly intendedAt: number;
  readonly sentAt: number;
  readonly endedAt: number;
  /** Why it failed, such as `503` or `timeout`. */
  readonly failure: string | undefined;
}

interface Second {
  readonly histogram: LatencyHistogram;
  arrivals: number;
  failed: number;
  /** Seconds of waiting and working that fall into this second. */
  busy: number;
}

/** Adds up outcomes. Its memory grows with the seconds of the test, not with its requests. */
export class Recorder {
  private readonly all = new LatencyHistogram();
  private readonly service = new LatencyHistogram();
  private readonly cached = new LatencyHistogram();
  private readonly byKind = new Map<RequestKind, { histogram: LatencyHistogram; requests: number; failed: number }>();
  private readonly seconds: Second[] = [];
  private readonly failures: Record<string, number> = {};
  private busy = 0;

  public record({ kind, intendedAt, sentAt, endedAt, failure }: Outcome): void {
    const latencyMs = (endedAt - intendedAt) * 1000;
    const second = this.secondAt(intendedAt);
    const total = this.kindOf(kind);
    second.arrivals += 1;
    total.requests += 1;
    this.spread(intendedAt, endedAt);
    if (failure !== undefined) {
      second.failed += 1;
      total.failed += 1;
      this.failures[failure] = (this.failures[failure] ?? 0) + 1;
      return;
    }
    for (const histogram of [this.all, second.histogram, total.histogram]) histogram.record(latencyMs);
    if (kind.cached) this.cached.record(latencyMs);
    this.service.record((endedAt - sentAt) * 1000);
  }

  public result(
    test: Pick<LoadResult, 'profile' | 'target' | 'startedAt' | 'seconds' | 'connections' | 'seed'>,
  ): LoadResult {
    const kinds = [...this.byKind].map(([kind, total]) => toKind(kind, total));
    const requests = kinds.reduce((sum, kind) => sum + kind.requests, 0);
    return {
      format: 'headroom-load-1',
      ...test,
      arrivalRate: requests / test.seconds,
      concurrency: this.busy / test.seconds,
      requests,
      failed: kinds.reduce((sum, kind) => sum + kind.failed, 0),
      failures: this.failures,
      latency: quantiles(this.all),
      serviceTime: quantiles(this.service),
      cachedLatency: quantiles(this.cached),
      kinds,
      perSecond: this.seconds.map(toSecond),
    };
  }

  private secondAt(at: number): Second {
    const index = Math.floor(at);
    while (this.seconds.length <= index) {
      this.seconds.push({ histogram: new LatencyHistogram(), arrivals: 0, failed: 0, busy: 0 });
    }
    return this.seconds[index] as Second;
  }

  private kindOf(kind: RequestKind) {
    const known = this.byKind.get(kind) ?? { histogram: new LatencyHistogram(), requests: 0, failed: 0 };
    this.byKind.set(kind, known);
    return known;
  }

  /** Gives every second its part of the time that a request was in the system. */
  private spread(from: number, to: number): void {
    this.busy += to - from;
    for (let second = Math.floor(from); second < to; second += 1) {
      this.secondAt(second).busy += Math.min(to, second + 1) - Math.max(from, second);
    }
  }
}

function toKind(
  { name, cached }: RequestKind,
  { histogram, requests, failed }: { histogram: LatencyHistogram; requests: number; failed: number },
): LoadKind {
  return { name, cached, requests, failed, latency: quantiles(histogram) };
}

function toSecond({ histogram, arrivals, failed, busy }: Second, second: number): LoadSecond {
  const { p50, p95, p99 } = quantiles(histogram);
  return { second, arrivals, failed, concurrency: busy, p50, p95, p99 };
}

function quantiles(histogram: LatencyHistogram): LatencyQuantiles {
  const at = (share: number): number | null => histogram.quantile(share) ?? null;
  return { mean: histogram.meanMs ?? null, p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), p999: at(0.999) };
}
