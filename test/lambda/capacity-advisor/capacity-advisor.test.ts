import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { PRICE_BOOK } from '../../../analysis/cost';
import type { AdvisorEvent } from '../../../lambda/capacity-advisor/advisor-event';
import { quotaReader } from '../../../lambda/capacity-advisor/quotas';
import { runAdvisor } from '../../../lambda/capacity-advisor/run-advisor';
import { bucketStore } from '../../../lambda/shared/object-store';
import { AwsError } from '../../local/aws-server';
import { type AwsAccount, type MetricSource, startAccount } from '../shared/aws-account';

const HOUR = 3_600_000;
const NOW = '2026-11-21T06:10:00Z';
const row = { usable: 0.7, factor: 1, unit: 'percent', ceiling: 100, statistic: 'Average', dimensions: {} };

const event: AdvisorEvent = {
  time: NOW,
  environment: 'production',
  load: { metric: 'AWS/ApplicationELB RequestCount', dimensions: { LoadBalancer: 'app/x' } },
  resources: [
    {
      ...row,
      type: 'service_cpu',
      metric: 'AWS/ECS Busy',
      factor: 1 / 6000,
      ceiling: 10,
      unit: 'tasks',
      field: 'service.maxTasks',
    },
    { ...row, type: 'database_cpu', metric: 'AWS/RDS Cpu', field: 'database.capacity.instanceClass' },
  ],
  sizes: [
    { ...row, type: 'task_cpu', metric: 'AWS/ECS TaskCpu', field: 'service.cpu' },
    { ...row, type: 'service_memory', metric: 'AWS/ECS Memory', field: 'service.memoryMiB' },
    { ...row, type: 'running_tasks', metric: 'Headroom Tasks', ceiling: 10, field: 'service.minTasks' },
  ],
  quotas: [
    { type: 'quota_fargate_vcpu', service: 'fargate', code: 'L-3032A538', field: 'service.maxTasks' },
    { type: 'quota_unmeasured', service: 'fargate', code: 'L-UNMEASURED', field: 'service.maxTasks' },
  ],
  deployed: {
    region: 'us-east-1',
    task: { cpu: 1024, memoryMiB: 2048, minTasks: 2 },
    database: { kind: 'provisioned', instanceClass: 'r8g.large', instances: 3, storage: 'standard' },
    cache: 'none',
    connectionsPerEndpoint: 8,
  },
};

/** A day with a night, of growing load; 1 % more every day, so that tasks run out. */
const metrics: MetricSource = ({ name, startMs, endMs }) =>
  Array.from({ length: (endMs - startMs) / HOUR }, (_, index) => {
    const growth = 1.01 ** Math.floor(index / 24);
    const rate = 25 * growth * (1 + 0.5 * Math.sin((2 * Math.PI * index) / 24));
    const value: Readonly<Record<string, number>> = {
      RequestCount: 3_600 * rate,
      // 20 ms of a task for each request, summed up by ECS as percent over 60 minutes.
      Busy: 0.02 * rate * 100 * 60,
      Cpu: 0.03 * rate,
      TaskCpu: 12,
      Memory: 20,
      Tasks: 2,
      ResourceCount: 2,
    };
    return [startMs + index * HOUR, value[name] ?? 0] as const;
  });

let account: AwsAccount;
let taken: { readonly id: string; readonly source: string }[];
let refusing: number;
let lines: string[];

beforeEach(async () => {
  taken = [];
  lines = [];
  refusing = 0;
  account = await startAccount({
    metrics,
    pageSize: 20_000,
    operations: {
      GetServiceQuota: ({ QuotaCode }) => {
        if (QuotaCode === 'L-UNMEASURED') return { Quota: { QuotaCode, Value: 5 } };
        throw new AwsError('NoSuchResourceException', 'the account never asked for another');
      },
      GetAWSDefaultServiceQuota: ({ QuotaCode }) => ({
        Quota: {
          QuotaCode,
          Value: 6,
          UsageMetric: {
            MetricNamespace: 'AWS/Usage',
            MetricName: 'ResourceCount',
            MetricDimensions: { Service: 'Fargate' },
            MetricStatisticRecommendation: 'Maximum',
          },
        },
      }),
      PutEvents: ({ Entries }) => {
        const results = (Entries as { Detail: string; Source: string }[]).map(({ Detail, Source }) => {
          if (refusing > 0) {
            refusing -= 1;
            return { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
          }
          taken.push({ id: JSON.parse(Detail).id, source: Source });
          return { EventId: 'e' };
        });
        return {
          Entries: results,
          FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
        };
      },
    },
  });
});

afterEach(async () => {
  await account.stop();
});

function run(changes: Partial<AdvisorEvent> = {}) {
  const { clientOptions, getMetricData } = account;
  return runAdvisor(
    { ...event, ...changes },
    {
      getMetricData,
      readQuota: quotaReader(new ServiceQuotasClient(clientOptions)),
      events: new EventBridgeClient(clientOptions),
      bus: 'default',
      store: bucketStore(new S3Client(clientOptions), 'reports', 'capacity-advisor'),
      prices: PRICE_BOOK,
      region: 'us-east-1',
      metricsNamespace: 'Headroom/Test',
      write: (line) => lines.push(line),
    },
  );
}

const IDS = [
  'raise-ceiling:service_cpu',
  'right-size:service',
  'commitment:compute-savings-plan',
  'commitment:aurora-reserved',
].map((id) => `2026-11-21/production/${id}`);

const published = (name: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    lines
      .map((line) => JSON.parse(line))
      .filter((document) => name in document)
      .map((document) => [document.resource_type ?? '', document[name]]),
  );

test('names the bottleneck, the day and the changes, in events, a report and metrics', async () => {
  await run();
  expect(taken.map(({ id }) => id)).toEqual(IDS);
  expect(new Set(taken.map(({ source }) => source))).toEqual(new Set(['headroom.capacity-advisor']));
  const report = account.s3.objects.get('reports/capacity-advisor/latest.md') ?? '';
  // 0.7 of ten tasks at 20 ms of a task for each request are 350 requests per second.
  expect(report).toContain('**service_cpu**, at 350 requests per second');
  expect(report).toContain('`service.maxTasks` sets its ceiling');
  expect(published('resource_utilization_percent')).toMatchObject({
    task_cpu: expect.closeTo(12, 6),
    service_memory: expect.closeTo(20, 6),
    running_tasks: expect.closeTo(20, 6),
    quota_fargate_vcpu: expect.closeTo(100 / 3, 6),
  });
  expect(published('capacity_days_left')['service_cpu']).toBeGreaterThan(0);
});

test('reads half a year of hours through every page', async () => {
  await run();
  const pages = account.requests.filter(({ operation }) => operation === 'GetMetricData');
  // Seven series of 4,320 hours, 20,000 values in each page.
  expect(pages).toHaveLength(2);
  const { StartTime, EndTime } = JSON.parse(pages[0]?.body ?? '{}');
  expect(EndTime).toBe(Date.parse('2026-11-21T06:00:00Z') / 1000);
  expect(EndTime - StartTime).toBe(180 * 86_400);
});

test('a run that is repeated sends nothing twice and publishes the same metrics', async () => {
  await run();
  const first = [...lines];
  lines = [];
  await run();
  expect(taken.map(({ id }) => id)).toEqual(IDS);
  expect(lines).toEqual(first);
});

test('events that the bus refuses are sent by the next try, the others are not sent again', async () => {
  refusing = 2;
  await expect(run()).rejects.toThrow(
    'the bus refused raise-ceiling:service_cpu, right-size:service (ThrottlingException)',
  );
  expect(taken.map(({ id }) => id)).toEqual(IDS.slice(2));
  expect(lines).toEqual([]);
  await run();
  expect(new Set(taken.map(({ id }) => id))).toEqual(new Set(IDS));
  expect(taken).toHaveLength(IDS.length);
  expect(lines.length).toBeGreaterThan(0);
});

test.each([
  ['GetMetricData', { status: 400, code: 'ThrottlingException' }],
  ['GetServiceQuota', { status: 400, code: 'TooManyRequestsException' }],
  ['PutEvents', { status: 500, code: 'InternalException' }],
  ['', { status: 503, code: 'SlowDown' }],
])('gets through failures of %s', async (operation, fault) => {
  account.fail(fault, 2, operation);
  await run();
  expect(taken.map(({ id }) => id)).toEqual(IDS);
});

test('keeps and sends nothing when a series could not be read', async () => {
  account.failSeries('InternalError');
  await expect(run()).rejects.toThrow(
    'CloudWatch answered InternalError for AWS/ApplicationELB RequestCount: try again',
  );
  expect([...account.s3.objects.keys()]).toEqual([]);
  expect(taken).toEqual([]);
});

test('says so when too little is known, and recommends nothing', async () => {
  await account.stop();
  account = await startAccount({ metrics: (query) => metrics(query).slice(-24) });
  expect((await run({ quotas: [] })).recommendations).toEqual([]);
  expect(account.s3.objects.get('reports/capacity-advisor/latest.md')).toContain(
    'It cannot be told: 24 hours of load are known, 48 are needed.',
  );
});

test('fails on an event without a time', async () => {
  await expect(run({ time: 'soon' })).rejects.toThrow('`time` must be an ISO 8601 time');
});
