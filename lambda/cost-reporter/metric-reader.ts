import type { GetMetricDataCommandInput, GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { MetricReference } from './report-event';

/** The one call that is made, so that a test needs no client. */
export type GetMetricData = (
  region: string | undefined,
  input: GetMetricDataCommandInput,
) => Promise<GetMetricDataCommandOutput>;

export interface Period {
  readonly start: Date;
  readonly end: Date;
}

const QUERIES_PER_CALL = 500;

/**
 * The value of each metric over the whole `period`, in the order given; `undefined` where there is no data. All pages are
 * read, and every region is asked once.
 */
export async function readMetrics(
  metrics: readonly MetricReference[],
  period: Period,
  getMetricData: GetMetricData,
): Promise<readonly (number | undefined)[]> {
  const values = new Map<number, number>();
  const regions = new Set(metrics.map(({ region }) => region));
  for (const region of regions) {
    const wanted = metrics.flatMap((metric, index) => (metric.region === region ? [{ metric, index }] : []));
    for (let from = 0; from < wanted.length; from += QUERIES_PER_CALL) {
      const page = wanted.slice(from, from + QUERIES_PER_CALL);
      for (const [index, value] of await readPage(region, page, period, getMetricData)) values.set(index, value);
    }
  }
  return metrics.map((_, index) => values.get(index));
}

async function readPage(
  region: string | undefined,
  wanted: readonly { readonly metric: MetricReference; readonly index: number }[],
  { start, end }: Period,
  getMetricData: GetMetricData,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  let token: string | undefined;
  do {
    const answer = await getMetricData(region, {
      StartTime: start,
      EndTime: end,
      MetricDataQueries: wanted.map(({ metric, index }) => ({
        Id: `m${index}`,
        MetricStat: {
          Metric: {
            Namespace: metric.namespace,
            MetricName: metric.name,
            Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
          },
          Period: (end.getTime() - start.getTime()) / 1000,
          Stat: metric.statistic,
        },
      })),
      ...(token === undefined ? {} : { NextToken: token }),
    });
    for (const { Id, Values = [] } of answer.MetricDataResults ?? []) {
      const [value] = Values;
      if (Id !== undefined && value !== undefined) found.set(Number(Id.slice(1)), value);
    }
    token = answer.NextToken;
  } while (token !== undefined);
  return found;
}
