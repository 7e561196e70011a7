import { readFileSync } from 'node:fs';
import type { Resource } from '../../analysis/template';
import { resourcesIn } from '../../analysis/template/values';
import { ENVIRONMENTS, type PlatformConfig, validateConfig } from '../../lib/config';
import { production } from '../../lib/config/production';
import { declaredDemand } from '../../lib/constructs/scaling/fleet-capacity';
import { synthesizePlatform } from './synthesized';

const { assembly } = synthesizePlatform();
const NAMES = ENVIRONMENTS.map((config) => [config.name, config] as const);

test.each(NAMES)('at its maximum, %s carries the declared spike and the declared growth', (_name, config) => {
  const { requestsPerHour, peakToMean, spikeFactor, growthFactor } = config.objectives.traffic;
  const peak = (requestsPerHour / 3600) * peakToMean;
  const largest = config.service.maxTasks * config.scaling.capacityPerTask;
  expect(largest).toBeGreaterThanOrEqual(peak * spikeFactor);
  expect(largest).toBeGreaterThanOrEqual(peak * growthFactor);
  expect(declaredDemand(config.objectives.traffic).peak).toBeCloseTo(peak);
});

test.each(NAMES)(
  '%s plans with no more per task than was measured, and carries its traffic with that too',
  (_name, config) => {
    // "3,324 requests/s: saturation here", of one core; a task has its share of one.
    const [, figure = ''] =
      /([\d,]+) requests\/s: saturation here/.exec(readFileSync('docs/benchmarks.md', 'utf8')) ?? [];
    const measured = Number(figure.replaceAll(',', '')) * (config.service.cpu / 1024);
    expect(measured).toBeGreaterThanOrEqual(config.scaling.capacityPerTask);
    const { spike, growth } = declaredDemand(config.objectives.traffic);
    expect(config.service.maxTasks * measured).toBeGreaterThanOrEqual(Math.max(spike, growth));
  },
);

const refused = (change: Partial<PlatformConfig>): (() => unknown) => {
  return () => validateConfig({ ...production, ...change });
};

test('a fleet that is too small is refused with the arithmetic', () => {
  // 100,000 / 3600 × 3 × 10 = 833.3 requests/s are 14 tasks of 60.
  expect(refused({ scaling: { ...production.scaling, capacityPerTask: 60 } })).toThrow(
    '`service.maxTasks` must carry `objectives.traffic.growthFactor`: 100000 requests per hour / 3600 × peak-to-mean 3 × 10 ' +
      '= 833.3 requests/s, but 10 tasks × 60 requests/s (`scaling.capacityPerTask`) = 600; it takes 14 tasks, or larger ones',
  );
});

test('an illegal task size is refused with the legal ones', () => {
  expect(refused({ service: { ...production.service, cpu: 512, memoryMiB: 8192 } })).toThrow(
    '`service.memoryMiB` with 512 CPU units must be one of 1024, 2048, 3072, 4096, got 8192',
  );
});

test('a task that is never quiet is refused with its floor', () => {
  expect(
    refused({
      scaling: {
        ...production.scaling,
        baselineMemoryMiB: 500,
        in: { ...production.scaling.in, memoryPercentBelow: 20 },
      },
    }),
  ).toThrow(
    '`service.memoryMiB` must leave an idle task below `scaling.in.memoryPercentBelow`: 500 MiB ' +
      '(`scaling.baselineMemoryMiB`) of 2048 MiB are 24 %, and tasks are removed below 20 %; it takes at least 2501 MiB',
  );
});

test('an idle task above 512 MB is refused', () => {
  expect(refused({ scaling: { ...production.scaling, baselineMemoryMiB: 512 } })).toThrow(
    '`scaling.baselineMemoryMiB` must be a number between 1 and 511, got 512',
  );
});

test('a problem of the policies names its section', () => {
  expect(
    refused({ scaling: { ...production.scaling, in: { ...production.scaling.in, cpuPercentBelow: 70 } } }),
  ).toThrow('`scaling.in.cpuPercentBelow` must be below `scaling.out.cpuPercent.above`, got 70 and 70');
});

test('what removes nothing in particular is refused', () => {
  const remove = {} as { tasks: number };
  expect(refused({ scaling: { ...production.scaling, in: { ...production.scaling.in, remove } } })).toThrow(
    '`scaling.in.remove.tasks` is missing; it must be a whole number between 1 and 1000',
  );
});

describe('over all templates', () => {
  test('no service states a desired count', () => {
    const services = assembly.ofType('AWS::ECS::Service');
    expect(services.length).toBeGreaterThanOrEqual(ENVIRONMENTS.length);
    expect(services.filter((service) => service.property('DesiredCount') !== undefined)).toEqual([]);
  });

  const policies = assembly.ofType('AWS::ApplicationAutoScaling::ScalingPolicy');
  const configurationOf = (policy: (typeof policies)[number]): Record<string, unknown> =>
    (policy.property('StepScalingPolicyConfiguration') ??
      policy.property('TargetTrackingScalingPolicyConfiguration') ??
      {}) as Record<string, unknown>;

  test('no policy has a cool-down of zero', () => {
    const cooldowns = policies.flatMap((policy) => {
      const { Cooldown, ScaleInCooldown, ScaleOutCooldown } = configurationOf(policy);
      return [Cooldown, ScaleInCooldown, ScaleOutCooldown].filter((cooldown) => cooldown !== undefined);
    });
    expect(cooldowns.length).toBeGreaterThan(10);
    expect(cooldowns).not.toContain(0);
  });

  test('no composite alarm scales, and no alarm that removes tasks can fire on missing data', () => {
    const scales = (alarm: Resource) =>
      resourcesIn(alarm.property('AlarmActions'), 'AWS::ApplicationAutoScaling::ScalingPolicy').length > 0;
    expect(assembly.ofType('AWS::CloudWatch::CompositeAlarm').filter(scales)).toEqual([]);
    const scaling = assembly.ofType('AWS::CloudWatch::Alarm').filter(scales);
    expect(scaling.length).toBeGreaterThanOrEqual(5 * ENVIRONMENTS.length);
    expect(new Set(scaling.map((alarm) => alarm.property('TreatMissingData')))).toEqual(new Set(['notBreaching']));
  });

  test('readers and the cache scale where their environment says so', () => {
    const dimensions = assembly
      .ofType('AWS::ApplicationAutoScaling::ScalableTarget')
      .map((target) => `${target.address.split('-')[0]} ${target.property('ScalableDimension')}`);
    const readers = ENVIRONMENTS.filter(({ database }) => database.readerScaling !== 'fixed').length;
    expect(dimensions.filter((dimension) => dimension.includes('rds:cluster:ReadReplicaCount'))).toHaveLength(readers);
    expect(readers).toBeGreaterThan(0);
    expect(dimensions.some((dimension) => dimension.includes('ecs:service:DesiredCount'))).toBe(true);
  });
});
