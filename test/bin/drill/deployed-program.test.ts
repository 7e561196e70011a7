import { SFNClient } from '@aws-sdk/client-sfn';
import { runDeployed } from '../../../bin/drill/deployed-program';
import { type AwsServer, jsonService, startAwsServer } from '../../local/aws-server';

const ARN = 'arn:aws:states:us-west-2:111111111111:stateMachine:Failover';
const entered = (id: number, name: string) => ({
  id,
  type: 'TaskStateEntered',
  timestamp: 0,
  stateEnteredEventDetails: { name },
});

let server: AwsServer;
let started: unknown;
let answers: Readonly<Record<string, unknown>>[];

beforeEach(async () => {
  server = await startAwsServer(
    jsonService({
      StartExecution: (given) => {
        started = given;
        return { executionArn: 'execution', startDate: 0 };
      },
      DescribeExecution: () => answers.shift() ?? {},
      GetExecutionHistory: ({ nextToken }) =>
        nextToken === undefined
          ? { events: [entered(1, 'begin'), entered(2, 'freeze: look')], nextToken: 'more' }
          : { events: [entered(3, 'freeze')] },
    }),
  );
});

afterEach(() => server.stop());

async function run(status: Readonly<Record<string, unknown>>) {
  answers = [{ status: 'RUNNING' }, status];
  const told: string[] = [];
  const client = new SFNClient({
    region: 'us-west-2',
    endpoint: server.url,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  });
  const findings = await runDeployed({
    client,
    stateMachineArn: ARN,
    mode: 'ungraceful',
    approvedBy: 'operator',
    since: '2026-01-01T00:00:00Z',
    tell: (what) => void told.push(what),
    poll: 1,
  });
  return { findings, told };
}

test('starts the program, follows its steps and takes what it measured', async () => {
  const output = JSON.stringify({ recoverySeconds: 340, dataLossSeconds: 0.9 });
  const { findings, told } = await run({ status: 'SUCCEEDED', output });
  expect(findings).toEqual({ recoverySeconds: 340, dataLossSeconds: 0.9, measured: {}, problems: [] });
  expect(told).toEqual(['started execution', 'begin', 'freeze']);
  expect(started).toEqual({
    stateMachineArn: ARN,
    input: '{"mode":"ungraceful","approvedBy":"operator","since":"2026-01-01T00:00:00Z"}',
    // The SDK's own, against starting twice.
    ...(typeof started === 'object' && started !== null && 'name' in started ? { name: started.name } : {}),
  });
  expect(server.requests.map(({ service }) => service)).toContain('states');
});

test.each([
  [{ status: 'FAILED', error: 'Undone', cause: 'pool: not done' }, 'the program ended with Undone: pool: not done'],
  [{ status: 'TIMED_OUT' }, 'the program ended with TIMED_OUT'],
  [
    { status: 'SUCCEEDED', output: '{"recoverySeconds":1,"dataLossSeconds":-1}' },
    'nobody knows what was lost: the lag was not reported',
  ],
])('%j is no success', async (status, problem) => {
  expect((await run(status)).findings.problems).toEqual([problem]);
});
