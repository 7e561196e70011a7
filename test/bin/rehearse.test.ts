import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rehearseCommand } from '../../bin/commands/rehearse';

const folder = mkdtempSync(path.join(tmpdir(), 'headroom-rehearse-test-'));
const template = path.join(folder, 'template.json');
const trace = path.join(folder, 'trace.csv');
const written: string[] = [];

beforeAll(() => {
  const target = {
    Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    Properties: {
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: { 'Fn::Join': ['/', ['service', 'cluster', { 'Fn::GetAtt': ['Service', 'Name'] }]] },
      MinCapacity: 2,
      MaxCapacity: 4,
    },
  };
  const Resources = { Service: { Type: 'AWS::ECS::Service', Properties: {} }, Target: target };
  writeFileSync(template, JSON.stringify({ Resources }));
  writeFileSync(trace, 'timestamp_s,requests\n0,1200\n60,1200\n120,1200\n');
});
beforeEach(() => {
  written.length = 0;
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** In this process: the workers are bundles, which a test of the sources does not need. */
async function run(...args: string[]): Promise<string> {
  const always = ['--assembly', template, '--workers', '0', '--seeds', '2'];
  await rehearseCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync([...always, ...args], { from: 'user' });
  return written.join('');
}

test('plays a trace and prints the verdict', async () => {
  const text = await run('--trace', trace);
  expect(text).toContain('trace');
  expect(text).toContain('every objective holds in every scenario');
  expect(text).toContain('assumed: a task takes 50 requests/s at saturation, from an assumption; give --capacity');
});

test('fails, with exit code 1, when an objective does not hold', async () => {
  await expect(run('--trace', trace, '--scale', '20')).rejects.toThrow('objectives do not hold in trace');
});

test('writes JSON, Markdown and a page', async () => {
  const [markdown, html] = [path.join(folder, 'report.md'), path.join(folder, 'report.html')];
  const json: unknown = JSON.parse(await run('--trace', trace, '--json', '--markdown', markdown, '--html', html));
  expect(json).toMatchObject({ rehearsals: [{ scenario: { name: 'trace' }, verdict: { holds: true, seeds: 2 } }] });
  expect(readFileSync(markdown, 'utf8')).toContain('# Rehearsal of');
  expect(readFileSync(html, 'utf8')).toContain('</html>');
});

test('compares with the peers on the same traffic', async () => {
  const text = await run('--trace', trace, '--compare', 'peers');
  for (const peer of [
    'CDK CPU 50',
    'terraform-aws-modules 75/75',
    'SST 70/70',
    'Copilot 70',
    'AWS documentation 75 + 1000',
  ]) {
    expect(text).toContain(peer);
  }
});

test('plans growth and moves every undocumented parameter', async () => {
  const text = await run('--trace', trace, '--plan', '--sensitivity');
  expect(text).toContain('4 tasks in the highest minute');
  expect(text).toContain('trace: ecsMetricDelay = 30 s');
  expect(text).toContain('trace: scaleInModel = one-at-a-time');
});

test.each([
  [['--scenario', 'tsunami'], '--scenario must be one of spike-5x, spike-5x-ramp-1m'],
  [['--trace', '/nowhere.csv'], 'cannot read the trace /nowhere.csv'],
  [['--service', 'other'], '--service must name one of'],
  [['--objectives', '/nowhere.json'], 'cannot read the objectives /nowhere.json'],
  [['--load-result', '/nowhere.json'], 'cannot read the load-test result /nowhere.json'],
  [['--seeds', '0'], 'expected a whole number from 1'],
  [['--workers', '-1'], 'expected a whole number from 0'],
  [['--peak', '-5'], 'expected a number above 0'],
  [['--hit-ratio', '1'], 'expected a share from 0 to below 1'],
])('refuses %j', async (args, message) => {
  await expect(run(...args)).rejects.toThrow(message);
});

test('without --assembly it plays an environment of the platform, synthesized now', async () => {
  const command = [
    '--environment',
    'development',
    '--scenario',
    'volume-100k',
    '--seeds',
    '1',
    '--workers',
    '0',
    '--json',
  ];
  await rehearseCommand().exitOverride().parseAsync(command, { from: 'user' });
  expect(JSON.parse(written.join(''))).toMatchObject({
    // Development's own objectives, of its template.
    objectives: { latencyP95Ms: 500, requestsPerHour: 1000 },
    model: { name: 'Development/Application/Service', scaling: { minCapacity: 1, maxCapacity: 2 } },
    rehearsals: [{ scenario: { name: 'volume-100k' }, verdict: { seeds: 1 } }],
  });
});
