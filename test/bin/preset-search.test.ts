import { Duration } from 'aws-cdk-lib';
import { contenderOf, presetCandidates, presetSource, proposalOf } from '../../bin/rehearse/preset-search';
import type { PlatformConfig } from '../../lib/config';
import { production } from '../../lib/config/production';
import { policyProblems } from '../../lib/constructs/scaling/policy-problems';
import { SCALING_PRESETS } from '../../lib/constructs/scaling/scaling-presets';

const CONFIG: PlatformConfig = production;
const candidates = presetCandidates(CONFIG);
const named = (name: string) => {
  const found = candidates.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`${name} is none of ${candidates.map((one) => one.name).join(', ')}`);
  return found;
};
const NOW = 'requests 20 % · CPU 50 % · burst · from 2 tasks';

test('every candidate can be configured, and the required triggers and bounds stay in it', () => {
  expect(candidates.length).toBeGreaterThan(20);
  for (const { searched, minTasks } of candidates) {
    expect(policyProblems({ ...CONFIG.scaling, ...searched }, { minTasks, maxTasks: 10 })).toEqual([]);
    expect(searched.in).toMatchObject({
      cpuPercentBelow: 30,
      memoryPercentBelow: 50,
      capacityPercentBelow: 40,
      p95MillisBelow: 100,
      minutes: 10,
    });
    expect(searched).not.toHaveProperty('out');
  }
});

test('a tracker at 60 % of the capacity has no reserve behind it', () => {
  expect(named('requests 60 % · CPU 50 % · burst · from 2 tasks').searched.in).not.toHaveProperty('reserve');
  // 150 / 20.
  expect(named(NOW).searched.in.reserve).toBe(7.5);
});

test('what is played is what the constructs make of it', () => {
  const { policies, minCapacity } = contenderOf(named('requests 30 % · CPU 65 % · no burst · from 3 tasks'), CONFIG);
  expect(minCapacity).toBe(3);
  const trackers = policies.flatMap((policy) => (policy.type === 'target-tracking' ? [policy.targetValue] : []));
  // 30 % of 100 requests/s are 1,800 in a minute.
  expect(trackers.sort((a, b) => a - b)).toEqual([65, 80, 1800]);
  const alarms = policies.flatMap((policy) => (policy.type === 'step' ? policy.alarms : []));
  expect(alarms.map(({ periodSeconds }) => periodSeconds)).not.toContain(20);
  // 100 / (150 / 30) is a fifth of the capacity: 1,200 in a minute.
  expect(JSON.stringify(alarms)).toContain('FILL(requests, 0) >= 1200');
  // The five required alarms.
  expect(alarms).toHaveLength(5);
});

/** The pasted text as the object that it stands for. */
const pasted = (source: string): Record<string, unknown> =>
  new Function('SCALING_PRESETS', 'Duration', `return { ${source} }`)(SCALING_PRESETS, Duration);

/** Five minutes are 300 seconds. */
function plain(value: unknown): unknown {
  if (value instanceof Duration) return `${value.toSeconds()} s`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

test('the proposal can be pasted into the configuration', () => {
  const candidate = named('requests 40 % · CPU 65 % · no burst · from 3 tasks');
  const source = presetSource(candidate, CONFIG);
  expect(source.split('\n')[0]).toBe('// and in `service`: minTasks: 3,');
  expect(plain(pasted(source))).toEqual(plain({ scaling: { ...CONFIG.scaling, ...candidate.searched } }));
});

test('only what differs from the preset is written', () => {
  expect(presetSource(named(NOW), CONFIG).split('\n')).toEqual([
    'scaling: {',
    '  ...SCALING_PRESETS.responsive,',
    '  capacityPerTask: 100,',
    '  baselineMemoryMiB: 100,',
    '},',
  ]);
});

describe('the proposal', () => {
  const row = (contender: string, badMinutes: number, taskHours: number) => ({
    contender,
    badMinutes,
    taskHours,
    unansweredShare: 0,
    pareto: true,
  });

  test('has the fewest bad minutes, and of those the fewest task-hours', () => {
    const rows = [row('now', 5, 50), row('a', 0, 90), row('b', 0, 80), row('c', 9, 10)];
    expect(proposalOf(rows, 'now')?.contender).toBe('b');
    expect(proposalOf([row('now', 0, 70), ...rows.slice(1)], 'now')).toBeUndefined();
  });
});
