import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rehearseCommand } from '../../bin/commands/rehearse';
import { temporaryDirectory, writeTemplate } from '../analysis/template/write-template';

const folder = temporaryDirectory();
const trace = path.join(folder, 'trace.csv');
// 20 calls a second for five minutes.
writeFileSync(trace, `timestamp_s,requests\n${[0, 1, 2, 3, 4].map((minute) => `${60 * minute},1200`).join('\n')}\n`);

const lambda = (Properties: Record<string, unknown>) => ({ Type: 'AWS::Lambda::Function', Properties });
const template = writeTemplate({
  Resources: {
    Api: lambda({ ReservedConcurrentExecutions: 30 }),
    Small: lambda({ ReservedConcurrentExecutions: 1 }),
    Free: lambda({}),
    Live: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: 'Api' },
        Name: 'live',
        ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
      },
    },
    Warm: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: {
        ScalableDimension: 'lambda:function:ProvisionedConcurrency',
        ResourceId: { 'Fn::Join': [':', ['function', { Ref: 'Api' }, 'live']] },
        MinCapacity: 2,
        MaxCapacity: 10,
      },
    },
    Follow: {
      Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
      Properties: {
        PolicyType: 'TargetTrackingScaling',
        ScalingTargetId: { Ref: 'Warm' },
        TargetTrackingScalingPolicyConfiguration: {
          PredefinedMetricSpecification: { PredefinedMetricType: 'LambdaProvisionedConcurrencyUtilization' },
          TargetValue: 0.7,
        },
      },
    },
  },
});

const written: string[] = [];
beforeEach(() => {
  written.length = 0;
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => jest.restoreAllMocks());

async function run(...args: string[]): Promise<string> {
  written.length = 0;
  const always = ['--assembly', template, '--seeds', '2', '--trace', trace];
  await rehearseCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync([...always, ...args], { from: 'user' });
  return written.join('');
}

test('plays calls through the reserved and the provisioned concurrency that the template has', async () => {
  const { model, rehearsals } = JSON.parse(
    await run('--function', 'api', '--duration', '10', '--cold-start', '50', '--json'),
  );
  expect(model).toMatchObject({
    name: 'Web/Api',
    reserved: 30,
    provisioned: { minCapacity: 2, maxCapacity: 10, policies: [{ type: 'target-tracking', targetValue: 0.7 }] },
  });
  expect(rehearsals).toMatchObject([{ name: 'trace', peakRps: 20, verdict: { holds: true, seeds: 2 } }]);
  expect(rehearsals[0].meanProvisioned).toBeGreaterThanOrEqual(2);
});

test('one reserved execution is not enough for one that is always busy', async () => {
  await expect(run('--function', 'small', '--duration', '50')).rejects.toThrow('objectives do not hold in trace');
  expect(written.join('')).toContain('assumed: 1 executions are reserved, and are the most there are');
});

test('a function without reserved executions has those of the account', async () => {
  const text = await run('--function', 'free', '--duration', '10', '--cold-start', '20', '--sensitivity');
  expect(text).toContain("assumed: nobody else uses the account's 1000 concurrent executions");
  expect(text).toContain('trace: idle = 300 s');
});

test('writes Markdown', async () => {
  const file = path.join(folder, 'function.md');
  await run('--function', 'api', '--duration', '10', '--cold-start', '50', '--markdown', file);
  expect(readFileSync(file, 'utf8')).toMatch(
    /^# Rehearsal of Web\/Api\n\n\| scenario \|.*\| cold starts \| most at once \| warm \|/,
  );
});

test.each([
  [['--function', 'other'], '--function must name one of Web/Api, Web/Small, Web/Free, got other'],
  [['--function', 'api', '--duration', '0'], 'expected a number above 0'],
])('refuses %j', async (args, message) => {
  await expect(run(...args)).rejects.toThrow(message);
});
