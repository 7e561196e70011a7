/** Each bucket is this factor wider than the one below: a percentile is off by at most 2.5 %. */
const GROWTH = 1.05;
const LOG_GROWTH = Math.log(GROWTH);
/** The middle of a bucket, in the measure that makes the error equal on both sides. */
const MIDDLE = Math.sqrt(GROWTH);

/** What was observed since the last flush, in logarithmic buckets: constant memory, whatever the number of values. */
export class Histogram {
  private count = 0;
  private sum = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private readonly buckets = new Map<number, number>();

  public observe(value: number): void {
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    // Values of 0 and below have a bucket of their own.
    const bucket = value > 0 ? Math.floor(Math.log(value) / LOG_GROWTH) : Number.NEGATIVE_INFINITY;
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
  }

  /** Values with their counts, smallest first; the sum and the extremes are exact. */
  public summary(): Distribution {
    const buckets = [...this.buckets].sort(([a], [b]) => a - b);
    const values = buckets.map(([bucket]) => {
      const middle = bucket === Number.NEGATIVE_INFINITY ? 0 : GROWTH ** bucket * MIDDLE;
      return Math.min(this.max, Math.max(this.min, middle));
    });
    const { count, sum, min, max } = this;
    return { values, counts: buckets.map(([, inBucket]) => inBucket), count, sum, min, max };
  }
}

/** A distribution as CloudWatch takes it: `counts[i]` observations of `values[i]`. */
export interface Distribution {
  readonly values: readonly number[];
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}
