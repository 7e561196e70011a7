import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { GetMetricData } from '../../../analysis/cost/cloudwatch/read-series';
import {
  type AwsAnswer,
  AwsError,
  type AwsRequest,
  type AwsServer,
  type JsonOperations,
  jsonService,
  startAwsServer,
} from '../../local/aws-server';
import { type S3Service, s3Service } from '../../local/s3-service';

/** One metric as it is asked for. */
export interface MetricQuery {
  readonly name: string;
  readonly statistic: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly startMs: number;
  readonly endMs: number;
  readonly periodMs: number;
}

/** Values by time; a test answers each query by itself. */
export type MetricSource = (query: MetricQuery) => readonly (readonly [timeMs: number, value: number])[];

export interface AccountOptions {
  readonly metrics: MetricSource;
  /** Values in each page of GetMetricData. @default 1000 */
  readonly pageSize?: number;
  /** Operations of services that speak JSON, besides CloudWatch's. */
  readonly operations?: JsonOperations;
  /** Services that speak XML, by the name they are signed for. */
  readonly services?: Readonly<Record<string, (request: AwsRequest) => AwsAnswer>>;
}

/** S3 and CloudWatch, and what a test adds, behind one address. */
export interface AwsAccount extends AwsServer {
  readonly s3: S3Service;
  /** What every SDK client is made with. */
  readonly clientOptions: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  readonly getMetricData: GetMetricData;
  /** The next `times` series are answered like this within an answer of 200. */
  failSeries(status: 'InternalError' | 'Forbidden', times?: number): void;
}

export async function startAccount({
  metrics,
  pageSize = 1_000,
  operations = {},
  services = {},
}: AccountOptions): Promise<AwsAccount> {
  const s3 = s3Service();
  const failing: string[] = [];
  const json = jsonService({ ...operations, GetMetricData: (input) => page(input, metrics, pageSize, failing) });
  const server = await startAwsServer((request) => {
    const xml = { s3: s3.answer, ...services }[request.service];
    return xml === undefined ? json(request) : xml(request);
  });
  const clientOptions = {
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 5,
  };
  const cloudWatch = new CloudWatchClient(clientOptions);
  return {
    ...server,
    s3,
    clientOptions,
    getMetricData: (_, input) => cloudWatch.send(new GetMetricDataCommand(input)),
    failSeries: (status, times = 1) => void failing.push(...Array.from({ length: times }, () => status)),
  };
}

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Metric: {
      readonly MetricName: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: string;
  };
}

/** One page: the values of all series behind one another, as many as fit, the rest under a token. */
function page(
  input: Readonly<Record<string, unknown>>,
  metrics: MetricSource,
  pageSize: number,
  failing: string[],
): Readonly<Record<string, unknown>> {
  const queries = input['MetricDataQueries'] as readonly Query[];
  if (queries.length > 500) throw new AwsError('ValidationError', `at most 500 queries, got ${queries.length}`);
  const from = Number(input['NextToken'] ?? 0);
  const all = queries.flatMap(({ Id, MetricStat: { Metric, Period, Stat } }) =>
    metrics({
      name: Metric.MetricName,
      statistic: Stat,
      dimensions: Object.fromEntries((Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
      startMs: Number(input['StartTime']) * 1000,
      endMs: Number(input['EndTime']) * 1000,
      periodMs: Period * 1000,
    }).map(([time, value]) => ({ Id, time: time / 1000, value })),
  );
  const shown = all.slice(from, from + pageSize);
  const more = from + pageSize < all.length;
  const rest = all.slice(from + pageSize);
  return {
    MetricDataResults: queries.map(({ Id }) => {
      const mine = shown.filter((point) => point.Id === Id);
      return {
        Id,
        StatusCode: failing.shift() ?? (rest.some((point) => point.Id === Id) ? 'PartialData' : 'Complete'),
        Timestamps: mine.map(({ time }) => time),
        Values: mine.map(({ value }) => value),
      };
    }),
    ...(more ? { NextToken: String(from + pageSize) } : {}),
  };
}
