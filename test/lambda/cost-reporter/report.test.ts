import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CostExplorerClient, GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import { PRICE_BOOK } from '../../../analysis/cost';
import { report } from '../../../lambda/cost-reporter/report';
import {
  assertReport,
  type ModelEvent,
  type ReportEvent,
  UnknownReportError,
} from '../../../lambda/cost-reporter/report-event';
import { type Answer, type Call, FakeAws } from './fake-aws';

const NOW = new Date('2026-11-20T10:20:00Z');
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

interface Run {
  readonly metrics: Readonly<Record<string, number>>;
  readonly lines: readonly string[];
  readonly calls: readonly Call[];
}

/** Runs one report with real clients against a fake of AWS; metrics are keyed by name and component. */
async function run(event: ReportEvent, answer: (call: Call) => Answer): Promise<Run> {
  const aws = new FakeAws(answer);
  const endpoint = await aws.start();
  const options = { endpoint, credentials, maxAttempts: 5 };
  const costExplorer = new CostExplorerClient({ ...options, region: 'us-east-1' });
  const lines: string[] = [];
  try {
    const samples = await report(event, {
      getMetricData: (region, input) =>
        new CloudWatchClient({ ...options, region: region ?? 'eu-west-1' }).send(new GetMetricDataCommand(input)),
      getCostAndUsage: (input) => costExplorer.send(new GetCostAndUsageCommand(input)),
      prices: PRICE_BOOK,
      region: 'us-east-1',
      now: () => NOW,
      write: (line) => lines.push(line),
    });
    const metrics = Object.fromEntries(
      samples.map(({ name, labels, value }) => [
        [name, labels['component']].filter(Boolean).join(' '),
        value as number,
      ]),
    );
    return { metrics, lines, calls: aws.calls };
  } finally {
    await aws.stop();
  }
}

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Metric: { readonly MetricName: string; readonly Dimensions: readonly { readonly Value: string }[] };
  };
}

const queriesOf = ({ input }: Call): readonly Query[] => input['MetricDataQueries'] as readonly Query[];

/** Answers metric queries from a table by metric name, or by name and component. */
function metrics(values: Readonly<Record<string, number>>): (call: Call) => Answer {
  return (call) => ({
    body: {
      MetricDataResults: queriesOf(call).map(({ Id, MetricStat: { Metric } }) => {
        const component = Metric.Dimensions.map(({ Value }) => Value).find(
          (value) => `${Metric.MetricName} ${value}` in values,
        );
        const value = values[component === undefined ? Metric.MetricName : `${Metric.MetricName} ${component}`];
        return { Id, StatusCode: 'Complete', Values: value === undefined ? [] : [value], Timestamps: [] };
      }),
    },
  });
}

const model: ModelEvent = {
  report: 'model',
  environment: 'production',
  requests: {
    namespace: 'AWS/CloudFront',
    name: 'Requests',
    dimensions: { DistributionId: 'E1' },
    statistic: 'Sum',
    region: 'us-east-1',
  },
  usage: [
    { meter: 'alb.hour', factor: 1 },
    {
      meter: 'alb.lcu',
      factor: 1,
      metric: { namespace: 'AWS/ApplicationELB', name: 'ConsumedLCUs', dimensions: {}, statistic: 'Average' },
    },
    {
      meter: 'fargate.vcpu.arm',
      factor: 1 / 60,
      metric: { namespace: 'AWS/ECS', name: 'CPUUtilization', dimensions: {}, statistic: 'SampleCount' },
    },
  ],
};

describe('the hourly model', () => {
  test('adds constants and measured usage up by component, and divides by the requests', async () => {
    const { metrics: published } = await run(
      model,
      metrics({ ConsumedLCUs: 2, CPUUtilization: 240, Requests: 100_000 }),
    );
    // 0.0225 + 2 × 0.008, and 240 samples a minute apart are four task-hours of one vCPU at 0.03238.
    expect(published['cost_usd network']).toBeCloseTo(0.0385, 9);
    expect(published['cost_usd compute']).toBeCloseTo(0.12952, 9);
    expect(published['cost_total_usd']).toBeCloseTo(0.16802, 9);
    expect(published['cost_per_request_usd']).toBeCloseTo(1.6802e-6, 12);
    expect(published['cost_unpriced_meters']).toBe(0);
  });

  test.each([
    ['no requests', { Requests: 0 }],
    ['no data about requests', {}],
  ])('publishes no cost per request when there are %s', async (_, values) => {
    const { metrics: published, lines } = await run(model, metrics(values));
    expect(Object.keys(published)).not.toContain('cost_per_request_usd');
    expect(published['cost_total_usd']).toBeCloseTo(0.0225, 9);
    expect(lines.join('')).not.toMatch(/Infinity|NaN|null/u);
  });

  test('compares with the mean of the week before', async () => {
    const { metrics: published } = await run(model, metrics({ Requests: 1000, cost_per_request_usd: 0.00001 }));
    expect(published['cost_per_request_change_percent']).toBeCloseTo((0.0225 / 1000 / 0.00001 - 1) * 100, 6);
  });

  test('asks for the last full hour, for CloudFront in us-east-1 and for the rest at home', async () => {
    const { calls, lines } = await run(model, metrics({ Requests: 1 }));
    expect(calls.map(({ operation, region }) => `${operation} ${region}`)).toEqual([
      'GetMetricData us-east-1',
      'GetMetricData eu-west-1',
      'GetMetricData eu-west-1',
    ]);
    const [start, end] = ['StartTime', 'EndTime'].map((key) => Number(calls[0]?.input[key]) * 1000);
    expect([start, end]).toEqual([Date.parse('2026-11-20T09:00:00Z'), Date.parse('2026-11-20T10:00:00Z')]);
    const [line] = lines.map(
      (text) => JSON.parse(text) as { _aws: { Timestamp: number; CloudWatchMetrics: { Namespace: string }[] } },
    );
    expect(line?._aws.Timestamp).toBe(Date.parse('2026-11-20T09:00:00Z'));
    expect(line?._aws.CloudWatchMetrics[0]?.Namespace).toBe('Headroom/Cost');
  });

  test('reads every page', async () => {
    const answerAll = metrics({ ConsumedLCUs: 2, CPUUtilization: 240, Requests: 10 });
    const { metrics: published, calls } = await run(model, (call) => {
      const answer = answerAll(call) as { body: { MetricDataResults: unknown[] } };
      const at = Number(call.input['NextToken'] ?? 0);
      const results = answer.body.MetricDataResults;
      return {
        body: {
          MetricDataResults: results.slice(at, at + 1),
          ...(at + 1 < results.length ? { NextToken: String(at + 1) } : {}),
        },
      };
    });
    expect(published['cost_total_usd']).toBeCloseTo(0.16802, 9);
    expect(calls.length).toBe(4);
  });

  test('gets through throttling', async () => {
    let refused = 0;
    const answer = metrics({ Requests: 10 });
    const { metrics: published } = await run(model, (call) => {
      if (refused >= 2) return answer(call);
      refused += 1;
      return { error: 'ThrottlingException', status: 400 };
    });
    expect(published['cost_per_request_usd']).toBeCloseTo(0.00225, 9);
  });

  test('counts what has no price instead of taking it for nothing', async () => {
    const unknown = {
      ...model,
      usage: [...model.usage, { meter: 'quantum.hour', factor: 1 }, { meter: 'nlb.hour', factor: 1 }],
    };
    const { metrics: published } = await run(unknown, metrics({ Requests: 10 }));
    expect(published['cost_unpriced_meters']).toBe(2);
  });
});

describe('the daily truth', () => {
  const truth: ReportEvent = { report: 'truth', environment: 'production', tag: 'environment' };
  const group = (usageType: string, usd: string): unknown => ({
    Keys: [usageType],
    Metrics: { UnblendedCost: { Amount: usd, Unit: 'USD' } },
  });

  const bill = (call: Call): Answer => {
    if (call.operation === 'GetMetricData') return metrics({ 'cost_usd network': 1, 'cost_usd compute': 2.2 })(call);
    const second = call.input['NextPageToken'] === 'more';
    const Groups = second
      ? [group('USE1-Fargate-ARM-vCPU-Hours:perCPU', '2'), group('Quantum-Hours', '0.7')]
      : [group('NatGateway-Hours', '1'), group('EU-LCUUsage', '0.25')];
    return { body: { ResultsByTime: [{ Groups, Estimated: true }], ...(second ? {} : { NextPageToken: 'more' }) } };
  };

  test('reads the day before yesterday, every page, and says what the model missed', async () => {
    const { metrics: published, calls, lines } = await run(truth, bill);
    expect(published).toMatchObject({
      'cost_billed_usd network': 1.25,
      'cost_billed_usd compute': 2,
      cost_billed_total_usd: 3.95,
      cost_unmapped_usd: 0.7,
      'cost_model_error_percent network': expect.closeTo(-20, 9),
      'cost_model_error_percent compute': expect.closeTo(10, 9),
      cost_model_error_percent: expect.closeTo((3.2 / 3.25 - 1) * 100, 9),
    });
    expect(
      calls.filter(({ operation }) => operation === 'GetCostAndUsage').map(({ input }) => input['TimePeriod']),
    ).toEqual([
      { Start: '2026-11-18', End: '2026-11-19' },
      { Start: '2026-11-18', End: '2026-11-19' },
    ]);
    expect(calls[0]?.input).toMatchObject({
      Granularity: 'DAILY',
      Filter: { Tags: { Key: 'environment', Values: ['production'] } },
      GroupBy: [{ Type: 'DIMENSION', Key: 'USAGE_TYPE' }],
    });
    expect(lines[0]).toContain(`"Timestamp":${Date.parse('2026-11-18T00:00:00Z')}`);
  });

  test('says nothing about the error of a bill of nothing', async () => {
    const { metrics: published, lines } = await run(truth, (call) =>
      call.operation === 'GetMetricData' ? bill(call) : { body: { ResultsByTime: [] } },
    );
    expect(published).toEqual({ cost_billed_total_usd: 0, cost_unmapped_usd: 0 });
    expect(lines.join('')).not.toMatch(/Infinity|NaN/u);
  });

  test('fails when Cost Explorer refuses', async () => {
    await expect(run(truth, () => ({ error: 'AccessDeniedException', status: 400 }))).rejects.toThrow(
      'AccessDeniedException',
    );
  });
});

test('fails on an event that asks for nothing known', () => {
  expect(() => assertReport({ report: 'weather' })).toThrow(UnknownReportError);
  expect(() => assertReport({})).toThrow('`report` must be model or truth, got undefined');
});
