import { alarmOn, query, stepPolicy, trackingPolicy } from '../../../../analysis/rehearsal/policies/building-blocks';
import type { ScalingPolicy } from '../../../../analysis/rehearsal/scaling/policy-definition';
import {
  DEFAULT_DEPLOYMENT,
  DEFAULT_SERVICE,
  DEFAULT_TARGET_GROUP,
} from '../../../../analysis/rehearsal/simulation/simulation-input';
import type { RehearsalModel } from '../../../../analysis/rehearsal/template/read-service';
import { lintPolicies } from '../../../../analysis/rehearsal/verdict/policy-lint';
import { service } from '../simulation/inputs';

const GOOD: RehearsalModel = {
  name: 'Web',
  address: 'Stack/Web',
  scaling: service([], 2, 20),
  targetGroup: { ...DEFAULT_TARGET_GROUP, deregistrationDelaySeconds: 30 },
  deployment: { ...DEFAULT_DEPLOYMENT, healthCheckGraceSeconds: 60 },
  taskCpuUnits: 1024,
  taskMemoryMiB: 2048,
  arm: true,
  region: 'us-east-1',
  strategy: 'ROLLING',
  highResolution: true,
  readers: undefined,
  notModelled: [],
};
const CONTEXT = { service: DEFAULT_SERVICE, peakRps: 500, taskCapacityRps: 50, spikeFactor: 5 };
const cpu = query('cpu');
const out = (name: string, given = {}) =>
  stepPolicy(
    name,
    alarmOn(name, cpu, 'GreaterThanThreshold', 70, { datapoints: 5 }),
    [{ lowerBound: 0, adjustment: 1 }],
    given,
  );
const down = (given = {}) =>
  stepPolicy(
    'down',
    alarmOn('low', cpu, 'LessThanThreshold', 30, { datapoints: 10 }),
    [{ upperBound: 0, adjustment: -1 }],
    given,
  );
const policies = (...list: ScalingPolicy[]): RehearsalModel => ({
  ...GOOD,
  scaling: { ...GOOD.scaling, policies: list },
});
const rules = (model: RehearsalModel, context = CONTEXT) => lintPolicies(model, context).map(({ rule }) => rule);

test('has nothing to say about steps with cool-downs', () => {
  expect(rules(policies(out('up'), down()))).toEqual([]);
});

const missing = {
  ...alarmOn('low', cpu, 'LessThanThreshold', 30, { datapoints: 10 }),
  treatMissingData: 'breaching',
} as const;
const some = alarmOn('some', cpu, 'GreaterThanThreshold', 70, { datapoints: 2, of: 5 });

test.each<[string, RehearsalModel]>([
  ['cool-down-zero', policies(out('up', { cooldownSeconds: 0 }))],
  ['cool-down-within-metric-delay', policies(out('up'), trackingPolicy('t', cpu, 70, { scaleInCooldownSeconds: 60 }))],
  [
    'several-trackers-scale-in',
    policies(out('up'), trackingPolicy('cpu', cpu, 70), trackingPolicy('memory', query('memory'), 70)),
  ],
  ['tracker-and-steps-scale-in', policies(out('up'), trackingPolicy('cpu', cpu, 70), down())],
  ['saturating-metric-only', policies(trackingPolicy('cpu', cpu, 70))],
  ['maximum-below-peak', { ...GOOD, scaling: service([], 2, 9) }],
  [
    'grace-below-start',
    {
      ...GOOD,
      deployment: { ...GOOD.deployment, healthCheckGraceSeconds: 0 },
      targetGroup: { ...GOOD.targetGroup, healthCheckIntervalSeconds: 1 },
    },
  ],
  ['draining-longer-than-scale-in', { ...GOOD, targetGroup: DEFAULT_TARGET_GROUP }],
  ['capacity-shrinks-in-deployments', { ...GOOD, deployment: { ...GOOD.deployment, minimumHealthyPercent: 50 } }],
  [
    'blue-green-per-target-tracking',
    {
      ...policies(out('up'), trackingPolicy('requests', query('request-count-per-target', 'Sum'), 1000)),
      strategy: 'BLUE_GREEN',
    },
  ],
  [
    'high-resolution-not-published',
    { ...policies(out('up'), trackingPolicy('cpu', query('cpu', 'Average', 20), 60)), highResolution: false },
  ],
  ['some-of-many-by-average', policies(stepPolicy('up', some, [{ lowerBound: 0, adjustment: 1 }]))],
  ['scale-in-on-missing-data', policies(stepPolicy('down', missing, [{ upperBound: 0, adjustment: -1 }]))],
  ['one-task', { ...GOOD, scaling: service([], 1, 20) }],
  ['cannot-scale', { ...GOOD, scaling: service([out('up')], 10, 10) }],
])('finds %s', (rule, model) => {
  expect(rules(model)).toEqual([rule]);
});
