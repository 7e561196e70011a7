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

const low = alarmOn('low', cpu, 'LessThanThreshold', 30, { datapoints: 10 });
const some = alarmOn('some', cpu, 'GreaterThanThreshold', 70, { datapoints: 2, of: 5 });
const one = [{ lowerBound: 0, adjustment: 1 }];
const minusOne = [{ upperBound: 0, adjustment: -1 }];
const requests = query('request-count-per-target', 'Sum');
const fast = query('cpu', 'Average', 20);

/** Removes tasks when CPU and requests are low, by this expression. */
const quiet = (expression: string, datapoints = 10, of = 10) =>
  policies(
    out('up'),
    stepPolicy(
      'quiet',
      {
        ...alarmOn('quiet', { ...cpu, id: 'cpu' }, 'GreaterThanOrEqualToThreshold', 1, { datapoints, of }),
        queries: [
          { ...cpu, id: 'cpu' },
          { ...requests, id: 'requests' },
          { id: 'low', expression },
        ],
        returns: 'low',
      },
      [{ lowerBound: 0, adjustment: -1 }],
    ),
  );

/** Each rule, what it finds, and the nearest thing that it does not. */
const RULES: readonly [string, RehearsalModel, RehearsalModel][] = [
  ['cool-down-zero', policies(out('up', { cooldownSeconds: 0 })), policies(out('up', { cooldownSeconds: 10 }))],
  [
    'cool-down-zero',
    policies(out('up'), trackingPolicy('t', cpu, 70, { scaleOutCooldownSeconds: 0 })),
    policies(out('up'), trackingPolicy('t', cpu, 70, { scaleOutCooldownSeconds: 120 })),
  ],
  [
    'cool-down-within-metric-delay',
    policies(out('up'), trackingPolicy('t', cpu, 70, { scaleOutCooldownSeconds: 119 })),
    policies(out('up'), trackingPolicy('t', fast, 70, { scaleOutCooldownSeconds: 30 })),
  ],
  [
    'cool-down-within-metric-delay',
    policies(out('up'), trackingPolicy('t', cpu, 70, { scaleInCooldownSeconds: 120 })),
    policies(out('up'), trackingPolicy('t', cpu, 70, { scaleInCooldownSeconds: 121 })),
  ],
  [
    'several-trackers-scale-in',
    policies(out('up'), trackingPolicy('cpu', cpu, 70), trackingPolicy('memory', query('memory'), 70)),
    policies(
      out('up'),
      trackingPolicy('cpu', cpu, 70),
      trackingPolicy('memory', query('memory'), 70, { disableScaleIn: true }),
    ),
  ],
  [
    'tracker-and-steps-scale-in',
    policies(out('up'), trackingPolicy('cpu', cpu, 70), down()),
    policies(out('up'), trackingPolicy('cpu', cpu, 70, { disableScaleIn: true }), down()),
  ],
  // 100 / 20 is five times, as much as the spike.
  ['saturating-metric-only', policies(trackingPolicy('cpu', cpu, 21)), policies(trackingPolicy('cpu', cpu, 20))],
  [
    'saturating-metric-only',
    policies(trackingPolicy('cpu', cpu, 70)),
    policies(trackingPolicy('cpu', cpu, 70), trackingPolicy('requests', requests, 1000, { disableScaleIn: true })),
  ],
  // 500 requests/s are ten tasks of 50.
  ['maximum-below-peak', { ...GOOD, scaling: service([], 2, 9) }, { ...GOOD, scaling: service([], 2, 10) }],
  [
    'grace-below-start',
    // Three seconds to start; two checks of one second.
    { ...GOOD, deployment: { ...GOOD.deployment, healthCheckGraceSeconds: 0 }, targetGroup: everySecond() },
    { ...GOOD, deployment: { ...GOOD.deployment, healthCheckGraceSeconds: 1 }, targetGroup: everySecond() },
  ],
  [
    'draining-longer-than-scale-in',
    { ...GOOD, targetGroup: { ...GOOD.targetGroup, deregistrationDelaySeconds: 300 } },
    { ...GOOD, targetGroup: { ...GOOD.targetGroup, deregistrationDelaySeconds: 299 } },
  ],
  [
    'draining-longer-than-scale-in',
    {
      ...policies(down({ cooldownSeconds: 60 })),
      targetGroup: { ...GOOD.targetGroup, deregistrationDelaySeconds: 60 },
    },
    {
      ...policies(down({ cooldownSeconds: 61 })),
      targetGroup: { ...GOOD.targetGroup, deregistrationDelaySeconds: 60 },
    },
  ],
  [
    'capacity-shrinks-in-deployments',
    { ...GOOD, deployment: { ...GOOD.deployment, minimumHealthyPercent: 99 } },
    { ...GOOD, deployment: { ...GOOD.deployment, minimumHealthyPercent: 100 } },
  ],
  [
    'blue-green-per-target-tracking',
    { ...policies(out('up'), trackingPolicy('requests', requests, 1000)), strategy: 'BLUE_GREEN' },
    {
      ...policies(
        out('up'),
        // Over both groups.
        trackingPolicy('requests', requests, 1000, {
          queries: [
            { ...requests, id: 'blue' },
            { ...requests, id: 'green' },
            { id: 'm', expression: 'SUM([blue, green])' },
          ],
        }),
      ),
      strategy: 'BLUE_GREEN',
    },
  ],
  [
    'high-resolution-not-published',
    { ...policies(out('up'), trackingPolicy('cpu', fast, 60)), highResolution: false },
    policies(out('up'), trackingPolicy('cpu', fast, 60)),
  ],
  [
    'some-of-many-by-average',
    policies(stepPolicy('up', some, one)),
    policies(stepPolicy('up', some, one, { aggregation: 'Maximum' })),
  ],
  [
    'scale-in-on-missing-data',
    policies(stepPolicy('down', { ...low, treatMissingData: 'breaching' }, minusOne)),
    policies(stepPolicy('down', { ...low, treatMissingData: 'missing' }, minusOne)),
  ],
  [
    'late-minute-never-breaches',
    quiet('IF(cpu < 30 AND FILL(requests, 0) < 400, 1, 0)'),
    // The guard drops a minute without CPU.
    quiet('IF(cpu, IF(cpu < 30 AND FILL(requests, 0) < 400, 1, 0))'),
  ],
  [
    'late-minute-never-breaches',
    quiet('IF(cpu < 30 AND requests < 400, 1, 0)'),
    quiet('IF(cpu < 30 AND requests < 400, 1, 0)', 10, 12),
  ],
  ['one-task', { ...GOOD, scaling: service([], 1, 20) }, { ...GOOD, scaling: service([], 2, 20) }],
  [
    'cannot-scale',
    { ...GOOD, scaling: service([out('up')], 10, 10) },
    { ...GOOD, scaling: service([out('up')], 10, 11) },
  ],
];

function everySecond() {
  return { ...GOOD.targetGroup, healthCheckIntervalSeconds: 1 };
}

test.each(RULES)('%s is found', (rule, model) => {
  expect(rules(model)).toEqual([rule]);
});

test.each(RULES)('%s is not found in its neighbour', (rule, _model, neighbour) => {
  expect(rules(neighbour)).not.toContain(rule);
});

test('has nothing to say about steps with cool-downs', () => {
  expect(rules(policies(out('up'), down()))).toEqual([]);
});
