import type { LoadResult } from './load-result';

/** What a load test is judged by; times in milliseconds. */
export interface LoadObjectives {
  readonly p95Ms: number;
  readonly p95CachedMs: number;
  /** Share of requests that succeed, between 0 and 1. */
  readonly availability: number;
}

/** One objective and how the test stands to it. */
export interface LoadVerdict {
  readonly objective: string;
  readonly limit: number;
  /** Null when no request could tell. */
  readonly measured: number | null;
  readonly unit: 'ms' | 'share';
  readonly met: boolean;
}

/** Compares a result with the objectives. An objective without a request that could tell is not met. */
export function judge(result: LoadResult, objectives: LoadObjectives): readonly LoadVerdict[] {
  const atMost = (objective: string, limit: number, measured: number | null): LoadVerdict => ({
    objective,
    limit,
    measured,
    unit: 'ms',
    met: measured !== null && measured < limit,
  });
  const succeeded = result.requests === 0 ? null : 1 - result.failed / result.requests;
  return [
    atMost('p95 of all requests', objectives.p95Ms, result.latency.p95),
    atMost('p95 of cached requests', objectives.p95CachedMs, result.cachedLatency.p95),
    {
      objective: 'availability',
      limit: objectives.availability,
      measured: succeeded,
      unit: 'share',
      met: succeeded !== null && succeeded >= objectives.availability,
    },
  ];
}
