import { readFileSync } from 'node:fs';
import path from 'node:path';
import { costCommand } from '../../bin/commands/cost';
import { CheckFailedError, UsageError } from '../../bin/shared/errors';
import { temporaryDirectory, writeTemplate } from '../analysis/template/write-template';

const nat = { Type: 'AWS::EC2::NatGateway' };
const one = writeTemplate({ Resources: { A: nat } });
const two = writeTemplate({ Resources: { A: nat, B: nat } });
const unknown = writeTemplate({ Resources: { A: { Type: 'AWS::Quantum::Computer' } } });
const none = writeTemplate('resources: { AWS::EC2::NatGateway: { processedGb: 0 } }', 'usage.yaml');

/** Runs the command and returns what it prints. */
async function cost(...args: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    await costCommand()
      .exitOverride()
      .parseAsync(['node', 'cost', ...args]);
  } finally {
    write.mockRestore();
  }
  return printed.join('');
}

const here = ['--region', 'us-east-1', '--usage', none];

test('prints components, lines and what the figures rest on', async () => {
  const text = await cost('-a', one, ...here);
  expect(text).toContain('32.85 USD per month');
  expect(text).toContain('│ network');
  expect(text).toContain('nat.hour');
  expect(text).toContain('1 resources priced, 0 free, 0 unpriced');
});

test('prints everything as JSON, and writes Markdown and a page with a chart', async () => {
  const directory = temporaryDirectory();
  const [markdown, html] = ['a.md', 'a.html'].map((name) => path.join(directory, name)) as [string, string];
  const [report] = JSON.parse(await cost('-a', one, ...here, '--json', '--markdown', markdown, '--html', html)) as {
    report: { estimate: { total: { expected: number } } };
  }[];
  expect(report?.report.estimate.total.expected).toBeCloseTo(32.85, 6);
  expect(readFileSync(markdown, 'utf8')).toContain('**32.85 USD per month (32.85)**');
  expect(readFileSync(html, 'utf8')).toMatch(/<svg role="img"[\s\S]*<rect [\s\S]*32\.85/u);
});

test('compares two assemblies', async () => {
  const text = await cost('-a', two, ...here, '--base', one);
  expect(text).toContain('+32.85 USD per month (32.85): 32.85 → 65.70');
  expect(await cost('-a', one, ...here, '--base', one)).toContain('no line changes');
});

test('the change of the cost of a million requests is a percentage with a name of its own', async () => {
  const improvement = async (after: string, base: string): Promise<unknown> => {
    const [diff] = JSON.parse(await cost('-a', after, ...here, '--base', base, '--json')) as Record<string, unknown>[];
    return diff?.['performance_optimization_improvement_percent'];
  };
  // From two gateways to one is half; from one to two is twice.
  expect(await improvement(one, two)).toBeCloseTo(50, 9);
  expect(await improvement(two, one)).toBeCloseTo(-100, 9);
  expect(await improvement(one, one)).toBe(0);
  const nothing = writeTemplate({ Resources: {} });
  expect(JSON.parse(await cost('-a', one, '--region', 'us-east-1', '--base', nothing, '--json'))).toEqual([
    expect.objectContaining({ performance_optimization_improvement_percent: null }),
  ]);
  expect(await cost('-a', one, ...here, '--base', two)).toContain('a million requests cost 50.00 % less');
});

test('the load of the tasks comes from flags or from a file', async () => {
  const tasks = writeTemplate({
    Resources: {
      Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { Cpu: '1024', Memory: '4096' } },
      Service: {
        Type: 'AWS::ECS::Service',
        Properties: { TaskDefinition: { Ref: 'Task' }, LaunchType: 'FARGATE', LoadBalancers: [{}] },
      },
    },
  });
  const flags = ['--savings', '--cpu-p95', '0.1', '--memory-max', '0.3'];
  const smaller = '"Tasks of 0.25 vCPU and 2 GB (1:8) instead of 1 vCPU and 4 GB (1:4)"';
  expect(await cost('-a', tasks, '--region', 'us-east-1', '--json', ...flags)).toContain(smaller);
  const file = writeTemplate('Service: { cpuP95: 0.1, memoryMax: 0.3 }', 'utilisation.yaml');
  const fromFile = ['--savings', '--utilisation', file];
  expect(await cost('-a', tasks, '--region', 'us-east-1', '--json', ...fromFile)).toContain(smaller);
});

test.each([
  [['--fail-above', '50'], false],
  [['--fail-above', '32.84'], true],
  [['--fail-above', '100%'], false],
  [['--fail-above', '99%'], true],
])('holds a change against a threshold: %j', async (args, fails) => {
  const run = cost('-a', two, ...here, '--base', one, ...args);
  await (fails ? expect(run).rejects.toThrow(CheckFailedError) : expect(run).resolves.toContain('+32.85'));
});

test('fails when a change has no price, whatever the threshold', async () => {
  await expect(cost('-a', unknown, '--region', 'us-east-1', '--base', unknown, '--fail-above', '1')).resolves.toContain(
    '0.00',
  );
  const empty = writeTemplate({ Resources: {} });
  await expect(cost('-a', unknown, '--region', 'us-east-1', '--base', empty, '--fail-above', '1')).rejects.toThrow(
    'resources of the change have no price',
  );
});

test('lists what is unpriced, and fails on it only when strict', async () => {
  const text = await cost('-a', unknown, '--region', 'us-east-1');
  expect(text).toContain('at least: 1 resources are unpriced');
  expect(text).toContain('no rule for AWS::Quantum::Computer');
  await expect(cost('-a', unknown, '--region', 'us-east-1', '--strict')).rejects.toThrow(
    '--strict: 1 resources are unpriced',
  );
});

test.each<[string, readonly string[], string]>([
  ['an assembly that is not there', ['-a', '/nowhere'], '--assembly: /nowhere does not exist'],
  ['a directory that is none', ['-a', 'docs'], 'docs is not a cloud assembly'],
  ['a template without a region', ['-a', one], 'say whose prices apply, with --region'],
  ['an unknown region', ['-a', one, '--region', 'moon-1'], 'region moon-1 has no prices'],
  ['an unknown environment', ['-a', one, '--region', 'us-east-1', '-e', 'moon'], 'has no stage named moon'],
  [
    'a threshold with nothing to compare',
    ['-a', one, '--fail-above', '5'],
    '--fail-above needs something to compare with',
  ],
  [
    'a threshold that is none',
    ['-a', one, '--base', one, '--fail-above', 'much'],
    "--fail-above must be USD per month such as 50, or a share such as 5%, got 'much'",
  ],
  [
    'a share that is none',
    ['-a', one, ...here, '--savings', '--cache-hit-ratio', '90'],
    "--cache-hit-ratio must be a share between 0 and 1, got '90'",
  ],
  [
    'a count of lines that is none',
    ['-a', one, ...here, '--lines', 'few'],
    "--lines must be a whole number above 0, or all, got 'few'",
  ],
  [
    'a usage file that is not there',
    ['-a', one, '--region', 'us-east-1', '--usage', '/nowhere.yaml'],
    'usage file /nowhere.yaml does not exist',
  ],
])('fails on %s', async (_, args, message) => {
  const run = cost(...args);
  await expect(run).rejects.toThrow(UsageError);
  await expect(run).rejects.toThrow(message);
});
