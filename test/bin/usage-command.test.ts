import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { parse } from 'yaml';
import { costCommand } from '../../bin/commands/cost';
import { usageCommand } from '../../bin/commands/usage';
import { UsageError } from '../../bin/shared/errors';
import { temporaryDirectory, writeTemplate } from '../analysis/template/write-template';

// CloudFormation and CloudWatch as they are on the wire: two pages each, and the first call of each is throttled.
const template = writeTemplate({
  Resources: {
    Distribution: { Type: 'AWS::CloudFront::Distribution', Properties: { DistributionConfig: {} } },
    Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Scheme: 'internal' } },
    Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { Cpu: '1024', Memory: '2048' } },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: { TaskDefinition: { Ref: 'Task' }, LaunchType: 'FARGATE', DesiredCount: 2 },
    },
    Database: { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql' } },
    Function: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 1024 } },
    Idle: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 1024 } },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 30 } },
  },
});
const PHYSICAL_IDS: readonly (readonly [logicalId: string, physicalId: string])[] = [
  ['Distribution', 'E123'],
  ['Balancer', 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188'],
  ['Service', 'arn:aws:ecs:us-east-1:111122223333:service/web-cluster/web-service'],
  ['Database', 'web-database'],
  ['Function', 'web-function'],
  ['Idle', 'web-idle'],
  ['Logs', '/web/logs'],
];
const GB = 2 ** 30;
/** Value of every hour, by metric and the name that it is asked for by. Nothing else has data. */
const METRICS: Readonly<Record<string, number>> = {
  'AWS/CloudFront Requests E123/Global Sum': 5000,
  'AWS/CloudFront BytesDownloaded E123/Global Sum': 2 * GB,
  'AWS/ApplicationELB RequestCount app/web/50dc6c495c0c9188 Sum': 1000,
  'AWS/ApplicationELB ConsumedLCUs app/web/50dc6c495c0c9188 Average': 0.5,
  // Three tasks report once a minute.
  'AWS/ECS CPUUtilization web-cluster/web-service SampleCount': 180,
  'AWS/RDS VolumeBytesUsed web-database Average': 50 * GB,
  'AWS/RDS VolumeReadIOPs web-database Sum': 30_000,
  'AWS/RDS VolumeWriteIOPs web-database Sum': 10_000,
  'AWS/Lambda Invocations web-function Sum': 100,
  'AWS/Lambda Duration web-function Sum': 5000,
  'AWS/Logs IncomingBytes /web/logs Sum': GB,
};

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: string;
  };
}
interface MetricCall {
  readonly StartTime: number;
  readonly EndTime: number;
  readonly MetricDataQueries: readonly Query[];
  readonly NextToken?: string;
}

const stackCalls: URLSearchParams[] = [];
const metricCalls: MetricCall[] = [];
let throttled: Set<string>;
let deployed: boolean;
let hasData: boolean;
let denied: boolean;
let aws: Server;

/** The newest hour on the first page, the one before it on the second: two hours of data in all. */
function metricPage({ EndTime, MetricDataQueries, NextToken }: MetricCall): object {
  const MetricDataResults = MetricDataQueries.map(({ Id, MetricStat: { Metric, Stat } }) => {
    const names = Metric.Dimensions.map(({ Value }) => Value).join('/');
    const value = hasData ? METRICS[`${Metric.Namespace} ${Metric.MetricName} ${names} ${Stat}`] : undefined;
    const hour = EndTime - 3600 * (NextToken === undefined ? 1 : 2);
    return { Id, StatusCode: 'Complete', ...(value === undefined ? {} : { Timestamps: [hour], Values: [value] }) };
  });
  return { MetricDataResults, ...(NextToken === undefined ? { NextToken: 'page-2' } : {}) };
}

function stackPage(call: URLSearchParams): string {
  const second = call.get('NextToken') !== null;
  const members = (second ? PHYSICAL_IDS.slice(3) : PHYSICAL_IDS.slice(0, 3)).map(
    ([logicalId, physicalId]) =>
      `<member><LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>${physicalId}</PhysicalResourceId></member>`,
  );
  const token = second ? '' : '<NextToken>page-2</NextToken>';
  return `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>${members.join('')}</StackResourceSummaries>${token}</ListStackResourcesResult></ListStackResourcesResponse>`;
}

const xmlError = (code: string, message: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

function answer(request: IncomingMessage, body: string): { readonly status: number; readonly text: string } {
  if (request.headers['x-amz-target'] === 'GraniteServiceVersion20100801.GetMetricData') {
    if (throttled.delete('metrics')) return { status: 400, text: JSON.stringify({ __type: 'ThrottlingException' }) };
    const call = JSON.parse(body) as MetricCall;
    metricCalls.push(call);
    return { status: 200, text: JSON.stringify(metricPage(call)) };
  }
  const call = new URLSearchParams(body);
  if (throttled.delete('stacks')) return { status: 400, text: xmlError('Throttling', 'Rate exceeded') };
  if (denied) return { status: 403, text: xmlError('AccessDenied', 'not authorized') };
  stackCalls.push(call);
  if (!deployed) return { status: 400, text: xmlError('ValidationError', 'Stack with id Web does not exist') };
  return { status: 200, text: stackPage(call) };
}

beforeAll(async () => {
  aws = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const { status, text } = answer(request, body);
      response.writeHead(status, {
        'content-type': text.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.0',
      });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
  });
});
beforeEach(() => {
  stackCalls.length = 0;
  metricCalls.length = 0;
  throttled = new Set();
  deployed = true;
  hasData = true;
  denied = false;
});
afterAll(async () => {
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
  aws.closeAllConnections();
  await new Promise((resolve) => aws.close(resolve));
});

async function run(command: typeof usageCommand, ...args: readonly string[]): Promise<{ out: string; err: string }> {
  const [out, err]: string[][] = [[], []];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => (out?.push(String(text)) ?? 0) > 0);
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => (err?.push(String(text)) ?? 0) > 0);
  try {
    await command()
      .exitOverride()
      .parseAsync(['--assembly', template, '--region', 'us-east-1', ...args], { from: 'user' });
  } finally {
    jest.restoreAllMocks();
  }
  return { out: out?.join('') ?? '', err: err?.join('') ?? '' };
}

test('two hours of data are a usage file for a month', async () => {
  const { out } = await run(usageCommand);
  expect(parse(out)).toEqual({
    // 730 h at 5000 an hour, of which the load balancer saw a fifth.
    traffic: { requests: 3_650_000, originShare: 0.2 },
    resources: {
      'Web/Distribution': { requests: 3_650_000, responseGb: 1460 },
      'Web/Balancer': { lcuHours: 365 },
      'Web/Service': { averageTasks: 3 },
      'Web/Database': { storageGb: 50, ioMillions: expect.closeTo(29.2, 9) },
      'Web/Function': { invocations: 73_000, durationMs: 50 },
      'Web/Logs': { ingestedGb: 730 },
    },
  });
});

test('what has no data is named and has no figure, so that it stays an assumption', async () => {
  const { err } = await run(usageCommand);
  expect(err).toContain('9 figures measured over 2 hours');
  for (const name of ['Web/Idle.invocations', 'Web/Idle.durationMs', 'Web/Distribution.uploadGb']) {
    expect(err).toContain(`no data, stays an assumption: ${name}`);
  }
  const file = path.join(temporaryDirectory(), 'usage.yaml');
  await run(usageCommand, '--output', file);
  const [report] = JSON.parse((await run(costCommand, '--usage', file, '--json')).out) as {
    report: { estimate: { lines: { id: string; quantity: { origin: string; expected: number } }[] } };
  }[];
  const line = (id: string) => report?.report.estimate.lines.find((found) => found.id.endsWith(id))?.quantity;
  expect(line('Web/Function lambda.request')).toMatchObject({ origin: 'usage', expected: 73_000 });
  expect(line('Web/Idle lambda.request')?.origin).toBe('assumption');
  expect(line('Web/Idle lambda.request')?.expected).toBeGreaterThan(0);
  expect(readFileSync(file, 'utf8')).not.toContain('Idle');
});

test('every page is read, and a throttled call is made again', async () => {
  throttled = new Set(['stacks', 'metrics']);
  const { out } = await run(usageCommand, '--json', '--days', '7');
  expect((JSON.parse(out) as { traffic: object }).traffic).toEqual({ requests: 3_650_000, originShare: 0.2 });
  expect(throttled.size).toBe(0);
  expect(stackCalls.map((call) => [call.get('Action'), call.get('StackName'), call.get('NextToken')])).toEqual([
    ['ListStackResources', 'Web', null],
    ['ListStackResources', 'Web', 'page-2'],
  ]);
  expect(metricCalls.map(({ NextToken }) => NextToken)).toEqual([undefined, 'page-2']);
  for (const { StartTime, EndTime } of metricCalls) {
    expect(EndTime % 3600).toBe(0);
    expect(EndTime - StartTime).toBe(7 * 86_400);
  }
});

test('a metric is asked for by the names that the deployment gave, by the hour, or by the day where it is daily', async () => {
  await run(usageCommand);
  const [call] = metricCalls;
  const named = (name: string) =>
    call?.MetricDataQueries.find(({ MetricStat }) => MetricStat.Metric.MetricName === name);
  expect(named('CPUUtilization')?.MetricStat).toEqual({
    Metric: {
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Dimensions: [
        { Name: 'ClusterName', Value: 'web-cluster' },
        { Name: 'ServiceName', Value: 'web-service' },
      ],
    },
    Period: 3600,
    Stat: 'SampleCount',
  });
  expect(named('TotalBackupStorageBilled')?.MetricStat.Period).toBe(86_400);
});

test.each<[string, readonly string[], () => void, string]>([
  ['days that are none', ['--days', '500'], () => {}, "--days must be a whole number from 1 to 455, got '500'"],
  [
    'stacks that are not deployed',
    [],
    () => {
      deployed = false;
    },
    'none of Web is deployed in this account: check the credentials',
  ],
  [
    'credentials that may not',
    [],
    () => {
      denied = true;
    },
    'AWS: AccessDenied: not authorized; needs credentials with cloudformation:ListStackResources and',
  ],
  [
    'an account without data',
    [],
    () => {
      hasData = false;
    },
    'CloudWatch has no data of the last 14 days',
  ],
])('fails on %s', async (_, args, prepare, message) => {
  prepare();
  const failed = run(usageCommand, ...args);
  await expect(failed).rejects.toThrow(UsageError);
  await expect(failed).rejects.toThrow(message);
});
