import type { Labels, Metrics } from '../../../runtime/telemetry/metrics';

/** Metrics that remember: counters and distributions add up, a gauge is what it was last. */
export class CountedMetrics implements Metrics {
  public readonly values = new Map<string, number>();

  public count(name: string, labels: Labels, by = 1): void {
    const key = seriesOf(name, labels);
    this.values.set(key, (this.values.get(key) ?? 0) + by);
  }

  public gauge(name: string, labels: Labels, value: number): void {
    this.values.set(seriesOf(name, labels), value);
  }

  public observe(name: string, labels: Labels, value: number): void {
    this.count(name, labels, value);
  }

  /** One series, such as `reads_total{replica-1}`. */
  public of(series: string): number | undefined {
    return this.values.get(series);
  }
}

function seriesOf(name: string, labels: Labels): string {
  const values = Object.values(labels);
  return values.length === 0 ? name : `${name}{${values.join()}}`;
}
