import type { Random } from './random';

/** How long a piece of work takes. */
export type DurationModel =
  | { readonly kind: 'lognormal'; readonly meanMs: number; readonly cv: number }
  | { readonly kind: 'exponential'; readonly meanMs: number }
  | { readonly kind: 'fixed'; readonly meanMs: number }
  | {
      /** Straight lines between measured quantiles; `[share, ms]`, ascending. */
      readonly kind: 'quantiles';
      readonly points: readonly (readonly [number, number])[];
    };

/** 2^14 equally likely values: their 128 KiB stay in a core's second-level cache. */
const BITS = 14;
const SIZE = 2 ** BITS;
const SHIFT = 32 - BITS;
/** Values averaged inside each bin of the table. */
const PER_BIN = 8;

/** Draws durations from a table of equally likely values whose mean is exactly the model's. */
export class Distribution {
  public readonly meanMs: number;
  private readonly table: Float64Array;

  public constructor(model: DurationModel) {
    this.table = tableOf(model);
    this.meanMs = this.table.reduce((sum, value) => sum + value, 0) / SIZE;
  }

  public sample(random: Random): number {
    return this.table[random.bits() >>> SHIFT] as number;
  }
}

function tableOf(model: DurationModel): Float64Array {
  const table = new Float64Array(SIZE);
  const quantile = quantileOf(model);
  for (let bin = 0; bin < SIZE; bin++) {
    let sum = 0;
    for (let part = 0; part < PER_BIN; part++) sum += quantile((bin + (part + 0.5) / PER_BIN) / SIZE);
    table[bin] = sum / PER_BIN;
  }
  if (model.kind === 'quantiles') return table;
  // The last bin stands for the whole tail: scale, so that the utilisation is exact.
  const mean = table.reduce((sum, value) => sum + value, 0) / SIZE;
  return mean === 0 ? table : table.map((value) => (value * model.meanMs) / mean);
}

function quantileOf(model: DurationModel): (share: number) => number {
  switch (model.kind) {
    case 'fixed':
      return () => model.meanMs;
    case 'exponential':
      return (share) => -Math.log(1 - share) * model.meanMs;
    case 'lognormal': {
      const sigma = Math.sqrt(Math.log(1 + model.cv ** 2));
      const median = model.meanMs / Math.sqrt(1 + model.cv ** 2);
      return (share) => median * Math.exp(sigma * normalQuantile(share));
    }
    case 'quantiles':
      return (share) => between(model.points, share);
  }
}

function between(points: readonly (readonly [number, number])[], share: number): number {
  const upper = points.findIndex(([at]) => at >= share);
  const [toShare, toMs] = points[upper === -1 ? points.length - 1 : upper] ?? [1, 0];
  const [fromShare, fromMs] = points[upper - 1] ?? [0, toMs];
  if (upper <= 0 || toShare === fromShare) return toMs;
  return fromMs + ((toMs - fromMs) * (share - fromShare)) / (toShare - fromShare);
}

/** Quantile of the standard normal (Acklam's rational approximation, relative error below 1.2e-9). */
export function normalQuantile(share: number): number {
  if (share > 0.5) return -normalQuantile(1 - share);
  if (share < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(share));
    return (
      polynomial(
        [
          -7.784894002430293e-3, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
          2.938163982698783,
        ],
        q,
      ) / polynomial([7.784695709041462e-3, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1], q)
    );
  }
  const q = share - 0.5;
  const r = q * q;
  return (
    (q *
      polynomial(
        [
          -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
          2.506628277459239,
        ],
        r,
      )) /
    polynomial([-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1], r)
  );
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
