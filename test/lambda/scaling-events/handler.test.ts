import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

// The bundle as it is deployed, in a process of its own, against AWS's wire protocol.
const BUNDLE = path.resolve('dist/lambda/scaling-events/index.js');
const SETTINGS = { CLUSTER: 'cluster', SERVICE: 'service', SERVICE_LABEL: 'web', METRICS_NAMESPACE: 'Headroom/Test' };

const calls: { readonly target: unknown; readonly body: unknown }[] = [];
let aws: Server;

const ANSWERS: Readonly<Record<string, unknown>> = {
  'AnyScaleFrontendService.DescribeScalingActivities': {
    ScalingActivities: [
      {
        StartTime: Date.parse('2026-11-20T10:05:10Z') / 1000,
        StatusCode: 'InProgress',
        Description: 'Setting desired count to 4.',
        Cause: 'monitor alarm CpuHigh in state ALARM triggered policy CpuHighPolicy',
      },
      {
        StartTime: Date.parse('2026-11-20T09:00:00Z') / 1000,
        StatusCode: 'Successful',
        Description: 'Setting desired count to 2.',
        Cause: 'minimum capacity was set to 2',
      },
    ],
  },
  'AmazonEC2ContainerServiceV20141113.DescribeServices': { services: [{ runningCount: 3, desiredCount: 4 }] },
};

beforeAll(async () => {
  aws = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const target = request.headers['x-amz-target'];
      calls.push({ target, body: JSON.parse(text) });
      const answer = ANSWERS[String(target)];
      response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer ?? { __type: 'UnknownOperationException' }));
    });
  });
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
});

afterEach(() => calls.splice(0));

afterAll(async () => {
  aws.closeAllConnections();
  await new Promise((resolve) => aws.close(resolve));
});

/** The lines that the deployed function writes for `event`. */
async function invoke(event: unknown, settings: Readonly<Record<string, string>> = SETTINGS) {
  const program = `require(process.argv[1]).handler(JSON.parse(process.argv[2]))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program, BUNDLE, JSON.stringify(event)], {
    env: {
      PATH: process.env['PATH'],
      NODE_NO_WARNINGS: '1',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      ...settings,
    },
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('every minute it writes the history, the events and the running tasks', async () => {
  const lines = await invoke({ 'detail-type': 'Scheduled Event', time: '2026-11-20T10:07:00Z' });
  expect(lines).toHaveLength(3);
  const [history, ...metrics] = lines;
  expect(history).toMatchObject({
    level: 'INFO',
    message: 'scaling activity',
    action: 'scale_up',
    service: 'web',
    from: 2,
    to: 4,
    cause: 'monitor alarm CpuHigh in state ALARM triggered policy CpuHighPolicy',
    at: '2026-11-20T10:05:10.000Z',
  });
  const directive = (Name: string, label: string, Unit: string) => ({
    CloudWatchMetrics: [{ Namespace: 'Headroom/Test', Dimensions: [[label]], Metrics: [{ Name, Unit }] }],
  });
  expect(metrics).toEqual([
    expect.objectContaining({
      _aws: expect.objectContaining(directive('auto_scaling_events_total', 'action', 'Count')),
      action: 'scale_up',
      auto_scaling_events_total: 1,
    }),
    expect.objectContaining({
      _aws: expect.objectContaining(directive('instances_running_total', 'service', 'Count')),
      service: 'web',
      instances_running_total: 3,
    }),
  ]);
});

test('it asks for the one service that it is about', async () => {
  await invoke({ 'detail-type': 'Scheduled Event', time: '2026-11-20T12:00:00Z' });
  expect(calls).toEqual(
    expect.arrayContaining([
      {
        target: 'AnyScaleFrontendService.DescribeScalingActivities',
        body: {
          ServiceNamespace: 'ecs',
          ResourceId: 'service/cluster/service',
          ScalableDimension: 'ecs:service:DesiredCount',
        },
      },
      {
        target: 'AmazonEC2ContainerServiceV20141113.DescribeServices',
        body: { cluster: 'cluster', services: ['service'] },
      },
    ]),
  );
  expect(calls).toHaveLength(2);
});

// The example event of the Application Auto Scaling user guide, "Event for state change: scaled to max".
test('it says when the service is at its maximum', async () => {
  const detail = {
    startTime: '2022-06-12T10:20:43Z',
    endTime: '2022-06-12T10:23:40Z',
    newDesiredCapacity: 8,
    oldDesiredCapacity: 5,
    minCapacity: 2,
    maxCapacity: 8,
    resourceId: 'service/cluster/service',
    scalableDimension: 'ecs:service:DesiredCount',
    serviceNamespace: 'ecs',
    statusCode: 'Successful',
    scaledToMax: true,
    direction: 'scale-out',
  };
  const lines = await invoke({ 'detail-type': 'Application Auto Scaling Scaling Activity State Change', detail });
  expect(lines).toMatchObject([
    { message: 'scaling activity', action: 'at_maximum', from: 5, to: 8, at: '2022-06-12T10:23:40Z' },
    { action: 'at_maximum', auto_scaling_events_total: 1 },
  ]);
  expect(calls).toEqual([]);
});

test('fails at its cold start without a setting', async () => {
  await expect(invoke({}, { CLUSTER: 'cluster' })).rejects.toThrow(
    'the environment variable SERVICE must be set, got none',
  );
});
