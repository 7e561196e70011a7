import { Duration } from 'aws-cdk-lib';
import { policyProblems } from '../../../lib/constructs/scaling/policy-problems';
import type { ScaleOutTrigger, ScalingPolicies } from '../../../lib/constructs/scaling/scaling-policies';
import { SCALING_PRESETS } from '../../../lib/constructs/scaling/scaling-presets';

const BOUNDS = { minTasks: 2, maxTasks: 10 };
const { required, responsive } = SCALING_PRESETS;
const cpu: ScaleOutTrigger = required.out[0];

const problems = (change: Partial<ScalingPolicies>, bounds = BOUNDS): string[] =>
  policyProblems({ ...required, ...change }, bounds);

/** The problems of one CPU trigger with these changes. */
const trigger = (change: Partial<ScaleOutTrigger>): string[] => problems({ out: [{ ...cpu, ...change }] });

test.each(Object.entries(SCALING_PRESETS))('%s works with two to ten tasks', (_name, preset) => {
  expect(policyProblems(preset, BOUNDS)).toEqual([]);
});

test.each<[string, Partial<ScaleOutTrigger>, string]>([
  [
    'a gap between the threshold and the first step',
    { steps: [{ from: 75, add: 1 }] },
    '`out.cpuPercent.steps` must start at `above`, got 75 and 70; nothing would happen in the gap between',
  ],
  [
    'steps that overlap',
    {
      steps: [
        { from: 70, add: 1 },
        { from: 70, add: 2 },
      ],
    },
    '`out.cpuPercent.steps` must rise, got 70 after 70; the two would overlap',
  ],
  [
    'a smaller step for a larger breach',
    {
      steps: [
        { from: 70, add: 3 },
        { from: 80, add: 2 },
      ],
    },
    '`out.cpuPercent.steps` must not add less for a larger breach, got 2 from 80 after 3',
  ],
  ['no step', { steps: [] }, '`out.cpuPercent.steps (how many)` must be between 1 and 20, got 0'],
  [
    'a step of nothing',
    { steps: [{ from: 70, add: 0 }] },
    '`out.cpuPercent.steps.add` must be between 1 and 1000, got 0',
  ],
  [
    'an evaluation longer than a day',
    { minutes: 1441 },
    '`out.cpuPercent.minutes` must be between 1 and 1440, got 1441; an alarm looks back a day at most',
  ],
  [
    'no cool-down',
    { cooldown: Duration.seconds(0) },
    '`out.cpuPercent.cooldown (seconds)` must be between 10 and 3600, got 0',
  ],
  [
    'a threshold that CPU cannot pass',
    { above: 100, steps: [{ from: 100, add: 1 }] },
    '`out.cpuPercent.above` must be between 1 and 99, got 100',
  ],
])('fails with %s', (_case, change, message) => {
  expect(trigger(change)).toEqual([message]);
});

test.each<[string, Partial<ScalingPolicies>, string]>([
  [
    'scale-in above scale-out',
    { in: { ...required.in, memoryPercentBelow: 80 } },
    '`in.memoryPercentBelow` must be below `out.memoryPercent.above`, got 80 and 80; tasks would come and go for ever',
  ],
  [
    'scale-in that the last removal turns into scale-out: 50 % on 3 tasks is 75 % on 2',
    { in: { ...required.in, cpuPercentBelow: 50 } },
    '`in.cpuPercentBelow` must leave room below `out.cpuPercent.above`: 50 % on 3 tasks is 75 % on 2, and 70 % adds ' +
      'them again; lower one or raise the other',
  ],
  [
    'a tracker below scale-in: 30 % on 3 tasks is 45 % on 2',
    { trackers: [{ metric: 'cpuPercent', target: 40, cooldown: Duration.seconds(20) }] },
    '`in.cpuPercentBelow` must leave room below `trackers.cpuPercent.target`: 30 % on 3 tasks is 45 % on 2, and 40 % ' +
      'adds them again; lower one or raise the other',
  ],
  [
    'a reserve that the tracker beside it does not leave: 100 / 6 % on 3 tasks is 25 % on 2',
    {
      in: { ...required.in, reserve: 6 },
      trackers: [{ metric: 'capacityPercent', target: 24, cooldown: Duration.seconds(60) }],
    },
    '`in.reserve` must leave room below `trackers.capacityPercent.target`: 16.7 % on 3 tasks is 25 % on 2, and 24 % ' +
      'adds them again; raise either',
  ],
  [
    'a reserve above what a tracker keeps',
    {
      in: { ...required.in, reserve: 4 },
      trackers: [{ metric: 'capacityPercent', target: 25, cooldown: Duration.seconds(60) }],
    },
    '`in.reserve` must be below `trackers.capacityPercent.target`, got 25 and 25; tasks would come and go for ever',
  ],
  [
    'a reserve of less than the load',
    { in: { ...required.in, reserve: 0.5 } },
    '`in.reserve` must be between 1 and 100, got 0.5',
  ],
  [
    'a tracker without a pause',
    { trackers: [{ metric: 'cpuPercent', target: 60, cooldown: Duration.seconds(0) }] },
    '`trackers.cpuPercent.cooldown (seconds)` must be between 10 and 3600, got 0',
  ],
  [
    'a metric twice',
    { out: [cpu, cpu] },
    '`out` must name each metric once, got cpuPercent twice; put the steps into one row',
  ],
  [
    'no pause after a removal',
    { in: { ...required.in, cooldown: Duration.seconds(0) } },
    '`in.cooldown (seconds)` must be between 10 and 3600, got 0',
  ],
  [
    'a removal of nothing',
    { in: { ...required.in, remove: { tasks: 0 } } },
    '`in.remove.tasks` must be between 1 and 1000, got 0',
  ],
  [
    'a removal of everything',
    { in: { ...required.in, remove: { percent: 100 } } },
    '`in.remove.percent` must be between 1 and 50, got 100',
  ],
  [
    'a burst of more than the fleet',
    { bursts: [{ ...responsive.bursts[0], addPercent: 101 }] },
    '`bursts.cpuPercent.addPercent` must be between 1 and 100, got 101',
  ],
  [
    'a burst without a pause',
    { bursts: [{ ...responsive.bursts[0], cooldown: Duration.seconds(0) }] },
    '`bursts.cpuPercent.cooldown (seconds)` must be between 10 and 3600, got 0',
  ],
  [
    'a forecast more than an hour ahead',
    { predictive: { ...responsive.predictive, lead: Duration.hours(2) } },
    '`predictive.lead (seconds)` must be between 0 and 3600, got 7200',
  ],
])('fails with %s', (_case, change, message) => {
  expect(problems(change)).toEqual([message]);
});

test('fails where the fewest tasks leave no room: 30 % on two tasks is 60 % on one', () => {
  const trackers = [{ metric: 'cpuPercent', target: 55, cooldown: Duration.seconds(30) } as const];
  expect(problems({ trackers }, { minTasks: 1, maxTasks: 2 })).toEqual([
    '`in.cpuPercentBelow` must leave room below `trackers.cpuPercent.target`: 30 % on 2 tasks is 60 % on 1, and 55 % ' +
      'adds them again; lower one or raise the other',
  ]);
});
