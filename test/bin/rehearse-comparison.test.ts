import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rehearseCommand } from '../../bin/commands/rehearse';
import { writeTemplate } from '../analysis/template/write-template';

const folder = mkdtempSync(path.join(tmpdir(), 'headroom-comparison-test-'));
const traces = path.join(folder, 'traces');
const written: string[] = [];
const said: string[] = [];

const template = writeTemplate({
  Resources: {
    Service: { Type: 'AWS::ECS::Service', Properties: {} },
    Target: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: {
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: { 'Fn::Join': ['/', ['service', 'cluster', { 'Fn::GetAtt': ['Service', 'Name'] }]] },
        MinCapacity: 2,
        MaxCapacity: 4,
      },
    },
  },
});

beforeAll(() => {
  mkdirSync(traces);
  writeFileSync(path.join(traces, 'calm.csv'), 'timestamp_s,requests\n0,600\n60,600\n120,1200\n180,1200\n');
  writeFileSync(path.join(traces, 'busy.csv'), 'timestamp_s,requests\n0,1200\n60,1200\n');
  writeFileSync(path.join(traces, 'keys.csv'), 'key\n1\n2\n');
  writeFileSync(path.join(traces, 'README.md'), 'what they are');
});
beforeEach(() => {
  written.length = 0;
  said.length = 0;
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<string> {
  written.length = 0;
  const always = ['--assembly', template, '--workers', '0', '--seeds', '1'];
  await rehearseCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync([...always, ...args], { from: 'user' });
  return written.join('');
}

const played = async (...args: string[]): Promise<{ durationSeconds: number; meanRps: number; peakRps: number }[]> =>
  JSON.parse(await run('--compare', template, '--json', ...args)).traffics;

test('a directory is all of its traces; key traces and other files are passed over', async () => {
  const text = await run('--compare', 'peers', '--trace', traces);
  expect(text).toContain('busy (0.0 h, mean 20, peak 20 req/s)');
  expect(text).toContain('calm (0.1 h, mean 15, peak 20 req/s)');
  expect(said.filter((line) => / of 14: /.test(line))).toHaveLength(14);
});

test('a part of a trace, scaled and played faster', async () => {
  const file = path.join(traces, 'calm.csv');
  const twoMinutes = String(2 / 60);
  expect(await played('--trace', file, '--from', twoMinutes, '--peak', '40')).toMatchObject([
    { durationSeconds: 120, meanRps: 40, peakRps: 40 },
  ]);
  expect(await played('--trace', file, '--hours', twoMinutes, '--scale', '3')).toMatchObject([
    { durationSeconds: 120, meanRps: 30 },
  ]);
  expect(await played('--trace', file, '--speed', '2')).toMatchObject([{ durationSeconds: 120, peakRps: 20 }]);
});

test('the Markdown is the table that is printed', async () => {
  const file = path.join(folder, 'comparison.md');
  const text = await run('--compare', 'peers', '--trace', traces, '--markdown', file);
  const [head = '', , ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  expect(head).toMatch(/^\| bad minutes \/ mean tasks \| .*AWS documentation 75 \+ 1000.* \|$/);
  expect(rows.map((row) => row.split(' | ')[0])).toEqual([
    '| busy (0.0 h, mean 20, peak 20 req/s)',
    '| calm (0.1 h, mean 15, peak 20 req/s)',
    '| bad minutes in all',
    '| task-hours in all',
    '| on the Pareto front',
  ]);
  expect(text).toContain('bad minutes in all');
});

describe('what was played is kept', () => {
  const keep = path.join(folder, 'kept.jsonl');
  const trace = path.join(folder, 'trace.csv');
  const compare = () => run('--compare', template, '--trace', trace, '--keep', keep);
  const lines = () => readFileSync(keep, 'utf8').trim().split('\n');

  test('line by line, and not played again', async () => {
    writeFileSync(trace, 'timestamp_s,requests\n0,1200\n60,1200\n');
    await compare();
    expect(lines()).toHaveLength(2);
    // Nobody had a bad minute; a file that says otherwise is believed.
    writeFileSync(keep, readFileSync(keep, 'utf8').replaceAll('"badMinutes":0', '"badMinutes":77'));
    expect(await compare()).toContain('77 / 2.0');
    expect(lines()).toHaveLength(2);
  });

  test('a torn last line is played again, and so is everything on a trace that has changed', async () => {
    appendFileSync(keep, '{"key":"abc","tot');
    appendFileSync(keep, '\n');
    await compare();
    expect(lines()).toHaveLength(3);
    writeFileSync(trace, 'timestamp_s,requests\n0,1200\n60,1800\n');
    await compare();
    expect(lines()).toHaveLength(5);
  });

  test('a window without enough answers stays infinitely slow', async () => {
    const overload = ['--compare', template, '--trace', trace, '--scale', '40', '--keep', keep, '--json'];
    const first = await run(...overload);
    expect(await run(...overload)).toBe(first);
    expect(first).toContain('"holds": false');
  });
});

test.each([
  [['--trace', 'TRACES', '--from', '5'], '--from must be below the 0.03333333333333333 hours of'],
  [['--trace', 'EMPTY'], 'the directory has no trace (*.csv)'],
])('refuses %j', async (args, message) => {
  const empty = path.join(folder, 'empty');
  mkdirSync(empty);
  const given = args.map((arg) => arg.replace('TRACES', traces).replace('EMPTY', empty));
  await expect(run('--compare', template, ...given)).rejects.toThrow(message);
  rmSync(empty, { recursive: true });
});
