/** The value below which `share` of the values lie, between neighbours linearly (R's type 7); NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** A straight line through points of which up to 29 % may be wrong, with what its slope is within. */
export interface RobustLine {
  readonly slope: number;
  /** Value at x = 0. */
  readonly intercept: number;
  /** The slope is above this in 97.5 % of samples. */
  readonly slopeLow: number;
  readonly slopeHigh: number;
  /** Point that the line turns about when its slope is wrong: the medians of the points. */
  readonly centre: { readonly x: number; readonly y: number };
}

/** 97.5 % point of the normal distribution. */
const Z = 1.96;
/** Pairs grow with the square of the points; of more points than this, evenly chosen ones stand for all. */
const MOST_POINTS = 250;

/**
 * Theil–Sen: the median of the slopes between all pairs of points, with Sen's interval from the distribution of
 * Kendall's S without ties.
 *
 * @see https://doi.org/10.1080/01621459.1968.10480934
 */
export function theilSen(xs: readonly number[], ys: readonly number[]): RobustLine | undefined {
  const step = Math.max(1, xs.length / MOST_POINTS);
  const chosen = Array.from({ length: Math.floor(xs.length / step) }, (_, index) => Math.floor(index * step));
  const points = chosen.map((index) => ({ x: xs[index] ?? Number.NaN, y: ys[index] ?? Number.NaN }));
  const slopes = slopesBetween(points);
  if (slopes.length === 0) return undefined;
  const n = points.length;
  const spread = Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const rank = (value: number): number => Math.min(slopes.length - 1, Math.max(0, Math.round(value)));
  const slope = ((slopes[(slopes.length - 1) >> 1] ?? 0) + (slopes[slopes.length >> 1] ?? 0)) / 2;
  const intercept = median(points.map(({ x, y }) => y - slope * x));
  const x = median(points.map((point) => point.x));
  return {
    slope,
    intercept,
    slopeLow: slopes[rank((slopes.length - spread) / 2 - 1)] ?? slope,
    slopeHigh: slopes[rank((slopes.length + spread) / 2)] ?? slope,
    centre: { x, y: intercept + slope * x },
  };
}

/** Slopes of all pairs in order; points above each other have none. */
function slopesBetween(points: readonly { readonly x: number; readonly y: number }[]): Float64Array {
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let count = 0;
  for (const [index, a] of points.entries()) {
    for (let other = index + 1; other < points.length; other++) {
      const b = points[other] ?? a;
      if (b.x !== a.x) slopes[count++] = (b.y - a.y) / (b.x - a.x);
    }
  }
  return slopes.subarray(0, count).sort();
}

/** Spearman's rank correlation: 1 when the larger the one, the larger the other, in whatever shape. */
export function rankCorrelation(xs: readonly number[], ys: readonly number[]): number {
  const [a, b] = [ranks(xs), ranks(ys)];
  const middle = (a.length - 1) / 2;
  const product = (p: readonly number[], q: readonly number[]): number =>
    p.reduce((sum, value, index) => sum + (value - middle) * ((q[index] ?? 0) - middle), 0);
  const spread = Math.sqrt(product(a, a) * product(b, b));
  return spread === 0 ? 0 : product(a, b) / spread;
}

/** Places in order; equal values share the mean of theirs. */
function ranks(values: readonly number[]): readonly number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const places = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (order[to + 1]?.value === order[from]?.value) to += 1;
    for (const { index } of order.slice(from, to + 1)) places[index] = (from + to) / 2;
    from = to + 1;
  }
  return places;
}
