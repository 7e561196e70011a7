import { type Measure, percentileOf, type Statistic } from '../alarms/alarm-definition';
import type { MetricReader, MetricWindow } from '../alarms/alarm-monitor';
import { LatencyHistogram } from '../queueing/latency-histogram';

/** What a source publishes for one interval. */
export interface Sample {
  readonly sum: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
}

/** One sample of a gauge that was read once. */
export function gauge(value: number): Sample {
  return { sum: value, count: 1, min: value, max: value };
}

/** Samples of one metric at one resolution, the oldest overwritten. */
class Ring {
  private readonly sums: Float64Array;
  private readonly counts: Float64Array;
  private readonly mins: Float64Array;
  private readonly maxs: Float64Array;
  /** Interval number each place holds; older places are stale. */
  private readonly intervals: Float64Array;

  public constructor(private readonly length: number) {
    this.sums = new Float64Array(length);
    this.counts = new Float64Array(length);
    this.mins = new Float64Array(length);
    this.maxs = new Float64Array(length);
    this.intervals = new Float64Array(length).fill(Number.NaN);
  }

  public put(interval: number, sample: Sample): void {
    const at = interval % this.length;
    this.intervals[at] = interval;
    this.sums[at] = sample.sum;
    this.counts[at] = sample.count;
    this.mins[at] = sample.min;
    this.maxs[at] = sample.max;
  }

  public statistic(statistic: Statistic, first: number, end: number): number | undefined {
    let sum = 0;
    let count = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let interval = first; interval < end; interval++) {
      const at = interval % this.length;
      if (this.intervals[at] !== interval) continue;
      sum += this.sums[at] as number;
      count += this.counts[at] as number;
      min = Math.min(min, this.mins[at] as number);
      max = Math.max(max, this.maxs[at] as number);
    }
    if (count === 0) return undefined;
    if (statistic === 'Sum') return sum;
    if (statistic === 'SampleCount') return count;
    if (statistic === 'Minimum') return min;
    if (statistic === 'Maximum') return max;
    return sum / count;
  }
}

export interface MetricStoreOptions {
  /** Seconds between the end of an interval and its datapoint being seen by alarms. */
  readonly delaySeconds: (measure: Measure, resolutionSeconds: number) => number;
  /** How far back an alarm looks, in seconds. */
  readonly historySeconds: number;
}

/** The metrics as alarms see them: late, in windows, and missing where nothing was published. */
export class MetricStore implements MetricReader {
  private readonly rings = new Map<number, Map<Measure, Ring>>();
  private readonly latencies: {
    readonly histogram: LatencyHistogram;
    interval: number;
    quantiles: Map<number, number>;
  }[];

  public constructor(private readonly options: MetricStoreOptions) {
    const minutes = Math.ceil(options.historySeconds / 60) + 4;
    this.latencies = Array.from({ length: minutes }, () => ({
      histogram: new LatencyHistogram(),
      interval: Number.NaN,
      quantiles: new Map<number, number>(),
    }));
  }

  /** Publishes what happened from `startSeconds` on, for one resolution. */
  public put(measure: Measure, resolutionSeconds: number, startSeconds: number, sample: Sample): void {
    let rings = this.rings.get(resolutionSeconds);
    if (rings === undefined) {
      rings = new Map();
      this.rings.set(resolutionSeconds, rings);
    }
    let ring = rings.get(measure);
    if (ring === undefined) {
      ring = new Ring(Math.ceil(this.options.historySeconds / resolutionSeconds) + 16);
      rings.set(measure, ring);
    }
    ring.put(startSeconds / resolutionSeconds, sample);
  }

  /** Publishes the latencies of one minute, for percentile statistics. */
  public putLatencies(startSeconds: number, latencies: LatencyHistogram): void {
    const interval = startSeconds / 60;
    const place = this.latencies[interval % this.latencies.length];
    if (place === undefined) return;
    place.histogram.clear();
    place.histogram.add(latencies);
    place.interval = interval;
    place.quantiles.clear();
  }

  public read(window: MetricWindow, nowSeconds: number): number | undefined {
    const { measure, statistic, resolutionSeconds: resolution, startSeconds, endSeconds } = window;
    const seen = Math.floor((nowSeconds - this.options.delaySeconds(measure, resolution)) / resolution);
    const first = Math.max(0, Math.floor(startSeconds / resolution));
    const end = Math.min(Math.floor(endSeconds / resolution), seen);
    if (end <= first) return undefined;
    const percentile = percentileOf(statistic);
    if (percentile !== undefined) return this.quantile(percentile, first, end);
    return this.rings.get(resolution)?.get(measure)?.statistic(statistic, first, end);
  }

  /** Milliseconds become the seconds of `TargetResponseTime`. */
  private quantile(share: number, first: number, end: number): number | undefined {
    const places = this.latencies.filter(({ interval }) => interval >= first && interval < end);
    const [only] = places;
    if (only === undefined) return undefined;
    if (places.length > 1) {
      const merged = new LatencyHistogram();
      for (const { histogram } of places) merged.add(histogram);
      return seconds(merged.quantile(share));
    }
    let known = only.quantiles.get(share);
    if (known === undefined) {
      known = seconds(only.histogram.quantile(share)) ?? Number.NaN;
      only.quantiles.set(share, known);
    }
    return Number.isNaN(known) ? undefined : known;
  }
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
