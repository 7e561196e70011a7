/** 128 buckets per doubling: a bucket is at most 0.8 % wide. */
const SUB_BITS = 7;
const SHIFT = 20 - SUB_BITS;
/** From 2^-4 ms to 2^20 ms (17 minutes). */
const LOW_EXPONENT = -4;
const DOUBLINGS = 24;
const FIRST = (1023 + LOW_EXPONENT) << SUB_BITS;
const BUCKETS = DOUBLINGS << SUB_BITS;

// A bucket's index is the exponent and the first mantissa bits of the number itself: no logarithm per request.
const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** Counts latencies in log-spaced buckets; the memory does not depend on how many. */
export class LatencyHistogram {
  public total = 0;
  public sumMs = 0;
  private readonly counts = new Uint32Array(BUCKETS);

  public record(ms: number): void {
    number[0] = ms;
    const index = ((words[1] as number) >>> SHIFT) - FIRST;
    const bucket = index < 0 ? 0 : index >= BUCKETS ? BUCKETS - 1 : index;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.total += 1;
    this.sumMs += ms;
  }

  /** The latency that `share` of the requests stay at or below, in milliseconds; undefined without requests. */
  public quantile(share: number): number | undefined {
    if (this.total === 0) return undefined;
    let left = Math.max(1, Math.ceil(share * this.total));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.counts[bucket] as number;
      if (left <= 0) return middleOf(bucket);
    }
    return undefined;
  }

  /** How many took longer than `ms`. */
  public slowerThan(ms: number): number {
    number[0] = ms;
    let slower = 0;
    const limit = Math.max(0, ((words[1] as number) >>> SHIFT) - FIRST);
    for (let bucket = limit + 1; bucket < BUCKETS; bucket++) slower += this.counts[bucket] as number;
    return slower;
  }

  public add(other: LatencyHistogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.counts[bucket] = (this.counts[bucket] as number) + (other.counts[bucket] as number);
    }
    this.total += other.total;
    this.sumMs += other.sumMs;
  }

  public clear(): void {
    this.counts.fill(0);
    this.total = 0;
    this.sumMs = 0;
  }

  public get meanMs(): number | undefined {
    return this.total === 0 ? undefined : this.sumMs / this.total;
  }
}

function middleOf(bucket: number): number {
  const exponent = LOW_EXPONENT + (bucket >> SUB_BITS);
  const fraction = ((bucket & ((1 << SUB_BITS) - 1)) + 0.5) / (1 << SUB_BITS);
  return 2 ** exponent * (1 + fraction);
}
