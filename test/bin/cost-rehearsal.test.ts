import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { costCommand } from '../../bin/commands/cost';
import { rehearseCommand } from '../../bin/commands/rehearse';
import { UsageError } from '../../bin/shared/errors';
import { temporaryDirectory, writeTemplate } from '../analysis/template/write-template';

const target = {
  Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
  Properties: {
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: { 'Fn::Join': ['/', ['service', 'cluster', { 'Fn::GetAtt': ['Service', 'Name'] }]] },
    MinCapacity: 2,
    MaxCapacity: 4,
  },
};
const template = writeTemplate({
  Resources: {
    Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { Cpu: '1024', Memory: '2048' } },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: { TaskDefinition: { Ref: 'Task' }, LaunchType: 'FARGATE', LoadBalancers: [{}] },
    },
    Target: target,
  },
});
const folder = temporaryDirectory();
const file = path.join(folder, 'rehearsal.json');
// 20 requests per second for three minutes, which two tasks of 50 carry without a third.
const trace = path.join(folder, 'trace.csv');

async function printed(command: typeof costCommand, args: readonly string[]): Promise<string> {
  const text: string[] = [];
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  jest.spyOn(process.stdout, 'write').mockImplementation((part) => text.push(String(part)) > 0);
  try {
    await command()
      .exitOverride()
      .parseAsync([...args], { from: 'user' });
  } finally {
    jest.restoreAllMocks();
  }
  return text.join('');
}

const cost = (...args: readonly string[]): Promise<string> =>
  printed(costCommand, ['--assembly', template, '--region', 'us-east-1', ...args]);

interface Report {
  readonly report: {
    readonly estimate: {
      readonly requests: number;
      readonly usage: string;
      readonly lines: readonly {
        readonly meter: string;
        readonly quantity: { readonly expected: number; readonly origin: string };
      }[];
    };
  };
  readonly savings: readonly { readonly id: string; readonly title: string; readonly risk: string }[];
}

beforeAll(async () => {
  writeFileSync(trace, 'timestamp_s,requests\n0,1200\n60,1200\n120,1200\n');
  const always = ['--assembly', template, '--workers', '0', '--seeds', '2', '--trace', trace, '--json'];
  writeFileSync(file, await printed(rehearseCommand, always));
});

test('what was rehearsed is the usage of the service and the traffic', async () => {
  const [found] = JSON.parse(await cost('--rehearsal', file, '--savings', '--json')) as Report[];
  const estimate = found?.report.estimate;
  const vcpu = estimate?.lines.find(({ meter }) => meter === 'fargate.vcpu.x86');
  // Two tasks of one vCPU for 730 h.
  expect(vcpu?.quantity).toMatchObject({ origin: 'rehearsal', expected: expect.closeTo(1460, 6) });
  // About 20 per second for a month; arrivals are random.
  expect((estimate?.requests ?? 0) / (730 * 3600)).toBeGreaterThan(18);
  expect((estimate?.requests ?? 0) / (730 * 3600)).toBeLessThan(22);
  expect(estimate?.usage).toContain(`trace of rehearsal file ${file}`);
});

test("the rehearsal's CPU is evidence for a smaller size, its memory is not known and stays", async () => {
  const [found] = JSON.parse(await cost('--rehearsal', file, '--savings', '--json')) as Report[];
  // 10 of 50 requests per second: a fifth of a vCPU, which at 70 % needs half a vCPU at least.
  expect(found?.savings.find(({ id }) => id.startsWith('right-size'))).toMatchObject({
    title: 'Tasks of 0.5 vCPU and 2 GB (1:4) instead of 1 vCPU and 2 GB (1:2)',
    risk: expect.stringContaining('trace of rehearsal file'),
  });
});

test('what was measured stands before what was rehearsed', async () => {
  const usage = writeTemplate(
    'traffic: { requests: 1000 }\nresources: { AWS::ECS::Service: { averageTasks: 3 } }',
    'usage.yaml',
  );
  const [found] = JSON.parse(await cost('--rehearsal', file, '--usage', usage, '--json')) as Report[];
  const { requests, lines } = found?.report.estimate ?? { requests: 0, lines: [] };
  expect(requests).toBe(1000);
  expect(lines.find(({ meter }) => meter === 'fargate.vcpu.x86')?.quantity).toMatchObject({
    origin: 'usage',
    expected: expect.closeTo(3 * 730, 6),
  });
});

const played = (name: string): object => ({
  scenario: { name },
  verdict: { figures: { taskHours: { low: 48, median: 48, high: 72 } } },
  shown: { requests: 24_000, durationSeconds: 86_400, rows: [{ seconds: 60, cpuPercent: 50 }] },
});
const written = (service: string, ...names: readonly string[]): string =>
  writeTemplate({ model: { address: service }, rehearsals: names.map(played) }, 'several.json');

test('of several scenarios the ordinary day, or the one that is named', async () => {
  const two = written('Web/Service', 'spike-5x', 'endurance-24h');
  expect(await cost('--rehearsal', two)).toContain('endurance-24h of');
  expect(await cost('--rehearsal', two, '--scenario', 'spike-5x')).toContain('spike-5x of');
});

test.each<[string, readonly string[], string]>([
  ['a file that is not there', ['--rehearsal', '/nowhere.json'], 'rehearsal file /nowhere.json does not exist'],
  ['a file that is not JSON', ['--rehearsal', trace], 'is not JSON'],
  ['another file', ['--rehearsal', template], 'is not a rehearsal: give what `npm run --silent rehearse -- --json`'],
  [
    'a scenario that was not played',
    ['--rehearsal', written('Web/Service', 'a', 'b'), '--scenario', 'c'],
    'has no scenario named c: it has a, b',
  ],
  [
    'no choice of several scenarios',
    ['--rehearsal', written('Web/Service', 'a', 'b')],
    'has 2 scenarios: say with --scenario which one a month is like (a, b)',
  ],
  ['a scenario of nothing', ['--scenario', 'a'], '--scenario needs --rehearsal'],
  [
    'a service of another assembly',
    ['--rehearsal', written('Other/Service', 'a')],
    '`Other/Service` matches no resource of',
  ],
])('fails on %s', async (_, args, message) => {
  const run = cost(...args);
  await expect(run).rejects.toThrow(UsageError);
  await expect(run).rejects.toThrow(message);
});
