import type { Series } from '../../analysis/cost/cloudwatch/read-series';

/** Below this no reader works enough for a share of it to matter. */
const LEAST_CPU_PERCENT = 10;

/**
 * How far the processor of the busiest reader is above the mean of all, in percent: 0 when all do the same, 100 when of two readers one
 * does everything. `undefined` with fewer than two readers that report, or when none has much to do.
 */
export function imbalancePercent(cpus: readonly Series[]): number | undefined {
  const means = cpus.filter(({ values }) => values.length > 0).map(({ values }) => mean(values));
  if (means.length < 2 || Math.max(...means) < LEAST_CPU_PERCENT) return undefined;
  return (Math.max(...means) / mean(means) - 1) * 100;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
