import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { MetricRow } from './metric-rows';

/** The one call that is made, so that a test needs no client. */
export type GetMetricData = (region: string, input: GetMetricDataCommandInput) => Promise<GetMetricDataCommandOutput>;

/** A metric with the resource's names in it. */
export interface Metric extends Pick<MetricRow, 'namespace' | 'name' | 'statistic'> {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly region: string;
  /** Seconds. */
  readonly period: number;
}

export interface Series {
  readonly values: readonly number[];
  /** Start of the first period with a value; infinite without any. */
  readonly firstMs: number;
}

/** Metrics in one call: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html. */
const QUERIES_PER_CALL = 500;

/** Every value of each of `metrics` between two times, in the order given. All pages are read, region by region. */
export async function readSeries(
  metrics: readonly Metric[],
  { start, end }: { readonly start: Date; readonly end: Date },
  getMetricData: GetMetricData,
): Promise<readonly Series[]> {
  const found = metrics.map(() => ({ values: [] as number[], firstMs: Number.POSITIVE_INFINITY }));
  for (const region of new Set(metrics.map((metric) => metric.region))) {
    const wanted = metrics.flatMap((metric, index) => (metric.region === region ? [queryOf(metric, index)] : []));
    for (let from = 0; from < wanted.length; from += QUERIES_PER_CALL) {
      const input = { StartTime: start, EndTime: end, MetricDataQueries: wanted.slice(from, from + QUERIES_PER_CALL) };
      let token: string | undefined;
      do {
        const answer = await getMetricData(region, { ...input, ...(token === undefined ? {} : { NextToken: token }) });
        for (const { Id = '', Values = [], Timestamps = [] } of answer.MetricDataResults ?? []) {
          const series = found[Number(Id.slice(1))];
          series?.values.push(...Values);
          if (series) series.firstMs = Math.min(series.firstMs, ...Timestamps.map((time) => time.getTime()));
        }
        token = answer.NextToken;
      } while (token !== undefined);
    }
  }
  return found;
}

function queryOf({ namespace, name, statistic, dimensions, period }: Metric, index: number): MetricDataQuery {
  return {
    Id: `m${index}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: period,
      Stat: statistic,
    },
  };
}
