import type {
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { MetricRow } from './metric-rows';

/** The one call that is made, so that a test needs no client. */
export type GetMetricData = (region: string, input: GetMetricDataCommandInput) => Promise<GetMetricDataCommandOutput>;

/** A metric with the resource's names in it. */
export interface Metric extends Pick<MetricRow, 'namespace' | 'name'> {
  /** Such as `Sum` or `Maximum`. */
  readonly statistic: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly region: string;
  /** Seconds. */
  readonly period: number;
}

export interface Series {
  readonly values: readonly number[];
  /** Start of the period of each value. */
  readonly timesMs: readonly number[];
  /** Start of the first period with a value; infinite without any. */
  readonly firstMs: number;
}

/** What a metric is while its pages are read. */
const PAGING: ReadonlySet<string> = new Set(['Complete', 'PartialData']);

/** CloudWatch answered, and had not read everything. Trying again helps. */
class IncompleteSeriesError extends Error {
  public override readonly name = 'IncompleteSeriesError';

  public constructor({ namespace, name }: Metric, status: string) {
    super(`CloudWatch answered ${status} for ${namespace} ${name}: try again`);
  }
}

/** Metrics in one call: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html. */
const QUERIES_PER_CALL = 500;

/**
 * Every value of each of `metrics` between two times, in the order given. All pages are read, region by region.
 *
 * @throws IncompleteSeriesError when CloudWatch failed for a metric within an answer that succeeded
 */
export async function readSeries(
  metrics: readonly Metric[],
  { start, end }: { readonly start: Date; readonly end: Date },
  getMetricData: GetMetricData,
): Promise<readonly Series[]> {
  const found = metrics.map((metric) => ({
    metric,
    values: [] as number[],
    timesMs: [] as number[],
    status: 'Complete',
  }));
  for (const region of new Set(metrics.map((metric) => metric.region))) {
    const wanted = metrics.flatMap((metric, index) => (metric.region === region ? [queryOf(metric, index)] : []));
    for (let from = 0; from < wanted.length; from += QUERIES_PER_CALL) {
      const input = { StartTime: start, EndTime: end, MetricDataQueries: wanted.slice(from, from + QUERIES_PER_CALL) };
      let token: string | undefined;
      do {
        const answer = await getMetricData(region, { ...input, ...(token === undefined ? {} : { NextToken: token }) });
        for (const { Id = '', Values = [], Timestamps = [], StatusCode = 'Complete' } of answer.MetricDataResults ??
          []) {
          const series = found[Number(Id.slice(1))];
          series?.values.push(...Values);
          series?.timesMs.push(...Timestamps.map((time) => time.getTime()));
          // A metric whose values go on in the next page is partial until then; one that failed stays failed.
          if (series && PAGING.has(series.status)) series.status = StatusCode;
        }
        token = answer.NextToken;
      } while (token !== undefined);
    }
  }
  return found.map(({ metric, values, timesMs, status }) => {
    if (status !== 'Complete') throw new IncompleteSeriesError(metric, status);
    return { values, timesMs, firstMs: Math.min(Number.POSITIVE_INFINITY, ...timesMs) };
  });
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
