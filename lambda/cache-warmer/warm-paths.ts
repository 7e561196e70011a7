import type { CacheKey } from '../../runtime/cache';
import type { StatementRunner } from '../../runtime/database';
import type { Metrics } from '../../runtime/telemetry';
import type { WarmClass } from '../../service/src/warming/warm-classes';
import { monthlyRequests } from './edge-budget';
import { type EdgeRegion, type WarmEdgeOptions, type WarmEdgeReport, warmEdge } from './warm-edge';

export interface WarmPathsDeps {
  readonly database: Pick<StatementRunner, 'write'>;
  readonly classes: Readonly<Record<string, WarmClass>>;
  /** Where the CDN can be asked from, this one first. */
  readonly regions: readonly EdgeRegion[];
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** Warms the edges with what shows `candidates` to viewers, and counts what became of it. */
export async function warmPaths(
  candidates: readonly CacheKey[],
  { database, classes, regions, metrics, now }: WarmPathsDeps,
  options: WarmEdgeOptions,
): Promise<WarmEdgeReport> {
  const paths = candidates.flatMap((key) => classes[key.class]?.path?.(key.id) ?? []);
  const report = await warmEdge(paths, { regions, spend: monthlyRequests(database, now()) }, options);
  count(report, metrics);
  return report;
}

function count({ regions }: WarmEdgeReport, metrics: Metrics): void {
  for (const [region, { requests, hits, failed, unknown, failure }] of Object.entries(regions)) {
    const results = { hit: hits, miss: requests - hits - failed - unknown, failed, unknown };
    for (const [result, number] of Object.entries(results)) {
      if (number > 0) metrics.count('cache_warming_edge_requests_total', { region, result }, number);
    }
    if (failure !== undefined) metrics.count('cache_warming_region_failures_total', { region });
  }
}
