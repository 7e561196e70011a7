import { embeddedMetricLines, type Sample } from './emf';
import { Histogram } from './histogram';
import type { Labels, Metrics } from './metrics';

export interface AggregatorOptions {
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
  /**
   * Labels of every series, such as the service's name.
   * @default - only those of each call
   */
  readonly labels?: Labels;
  /**
   * Time between flushes in milliseconds; CloudWatch keeps one value per minute.
   * @default 60000
   */
  readonly flushEveryMs?: number;
  /**
   * How many series are held. Further ones are dropped and counted: a label that takes user input must not become a bill.
   * @default 1000
   */
  readonly maxSeries?: number;
  /**
   * Where the lines go.
   * @default - standard output, which the log driver of the container ships
   */
  readonly write?: (line: string) => void;
}

type Kind = 'count' | 'gauge' | 'observe';

interface Series {
  readonly kind: Kind;
  readonly name: string;
  readonly labels: Labels;
  value: number;
  histogram: Histogram | undefined;
  touched: boolean;
}

/**
 * Adds up metrics in this process and writes them once per flush, as lines in embedded metric format: a line per
 * request would cost more than most requests. Nothing is written for a series that was not touched since the last flush.
 */
export class MetricsAggregator implements Metrics {
  private readonly series = new Map<string, Series>();
  private readonly collectors = new Set<(metrics: Metrics) => void>();
  private readonly timer: NodeJS.Timeout;
  private dropped = 0;

  public constructor(private readonly options: AggregatorOptions) {
    this.timer = setInterval(() => this.flush(), options.flushEveryMs ?? 60_000).unref();
  }

  public count(name: string, labels: Labels, by = 1): void {
    const series = this.find('count', name, labels);
    if (series === undefined || !Number.isFinite(by)) return;
    series.value += by;
    series.touched = true;
  }

  public gauge(name: string, labels: Labels, value: number): void {
    const series = this.find('gauge', name, labels);
    if (series === undefined || !Number.isFinite(value)) return;
    series.value = value;
    series.touched = true;
  }

  public observe(name: string, labels: Labels, value: number): void {
    const series = this.find('observe', name, labels);
    if (series === undefined || !Number.isFinite(value)) return;
    series.histogram ??= new Histogram();
    series.histogram.observe(value);
    series.touched = true;
  }

  /** Calls `collect` before every flush, for figures that are read rather than counted. Returns what ends that. */
  public onFlush(collect: (metrics: Metrics) => void): () => void {
    this.collectors.add(collect);
    return () => this.collectors.delete(collect);
  }

  public flush(): void {
    for (const collect of this.collectors) collect(this);
    const samples = [...this.series.values()].filter(({ touched }) => touched).map((series) => this.take(series));
    if (this.dropped > 0) {
      samples.push({ name: 'telemetry_series_dropped_total', labels: { ...this.options.labels }, value: this.dropped });
      this.dropped = 0;
    }
    const write = this.options.write ?? ((line: string) => process.stdout.write(`${line}\n`));
    for (const line of embeddedMetricLines(this.options.namespace, Date.now(), samples)) write(line);
  }

  /** Writes what is left and stops. */
  public close(): void {
    clearInterval(this.timer);
    this.flush();
  }

  private take(series: Series): Sample {
    const value = series.histogram?.summary() ?? series.value;
    series.touched = false;
    series.histogram = undefined;
    if (series.kind === 'count') series.value = 0;
    return { name: series.name, labels: { ...this.options.labels, ...series.labels }, value };
  }

  private find(kind: Kind, name: string, labels: Labels): Series | undefined {
    let key = name;
    for (const label in labels) key += `\n${label}=${labels[label]}`;
    const known = this.series.get(key);
    if (known !== undefined) return known.kind === kind ? known : undefined;
    if (this.series.size >= (this.options.maxSeries ?? 1_000)) {
      this.dropped++;
      return undefined;
    }
    const series: Series = { kind, name, labels: { ...labels }, value: 0, histogram: undefined, touched: false };
    this.series.set(key, series);
    return series;
  }
}
