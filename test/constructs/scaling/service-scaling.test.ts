import { Duration } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { evaluateMetricMath } from '../../../analysis/rehearsal/alarms/metric-math';
import { parseMetricMath } from '../../../analysis/rehearsal/alarms/metric-math-parser';
import type { ScalingMetric } from '../../../lib/constructs/scaling/scaling-policies';
import { SCALING_PRESETS } from '../../../lib/constructs/scaling/scaling-presets';
import type { ScheduledMinimum } from '../../../lib/constructs/scaling/scheduled-minimum';
import { scaledService } from './scaled-service';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

const ALARM = 'AWS::CloudWatch::Alarm';
const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';

const resources = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.toJSON()['Resources'] as Record<string, Resource>).filter(([, { Type }]) => Type === type);

/** The policy that the only alarm with these properties invokes. */
function policyOf(template: Template, alarmProperties: unknown): Resource {
  const alarms = Object.values(template.findResources(ALARM, { Properties: alarmProperties })) as Resource[];
  expect(alarms).toHaveLength(1);
  const actions = alarms.flatMap(({ Properties }) => Properties['AlarmActions'] as { Ref: string }[]);
  const found = resources(template, POLICY).find(([id]) => id === actions[0]?.Ref);
  if (found === undefined) throw new Error('the alarm invokes no policy');
  return found[1];
}

const required = scaledService().template;
const responsive = scaledService({ ...SCALING_PRESETS.responsive }).template;

// Thresholds in CloudWatch's units: percent, requests per minute (80 % of 100 requests/s), seconds.
const TRIGGERS: readonly { name: ScalingMetric; alarm: unknown; bounds: number[]; add: number[] }[] = [
  {
    name: 'cpuPercent',
    alarm: { MetricName: 'CPUUtilization', Namespace: 'AWS/ECS', Statistic: 'Average', Threshold: 70 },
    bounds: [0, 15],
    add: [1, 2],
  },
  {
    name: 'memoryPercent',
    alarm: { MetricName: 'MemoryUtilization', Namespace: 'AWS/ECS', Statistic: 'Average', Threshold: 80 },
    bounds: [0],
    add: [1],
  },
  {
    name: 'capacityPercent',
    alarm: {
      Threshold: 4800,
      Metrics: Match.arrayWith([Match.objectLike({ Expression: 'SUM([blue, green])', ReturnData: true })]),
    },
    bounds: [0, 1200, 4200],
    add: [1, 2, 4],
  },
  {
    name: 'p95Millis',
    alarm: { MetricName: 'TargetResponseTime', ExtendedStatistic: 'p95', Threshold: 0.3 },
    bounds: [0, 0.7],
    add: [1, 3],
  },
];

describe('adds tasks', () => {
  test.each(TRIGGERS)('on $name after five minutes above the threshold', ({ alarm }) => {
    required.hasResourceProperties(
      ALARM,
      Match.objectLike({
        ...(alarm as object),
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 5,
        DatapointsToAlarm: 5,
        TreatMissingData: 'notBreaching',
      }),
    );
  });

  test.each(TRIGGERS)('on $name: one task at the threshold, more the further the breach', ({ alarm, bounds, add }) => {
    expect(policyOf(required, alarm).Properties['StepScalingPolicyConfiguration']).toEqual({
      AdjustmentType: 'ChangeInCapacity',
      Cooldown: 300,
      MetricAggregationType: 'Average',
      StepAdjustments: add.map((adjustment, index) => ({
        MetricIntervalLowerBound: bounds[index],
        ...(bounds[index + 1] !== undefined && { MetricIntervalUpperBound: bounds[index + 1] }),
        ScalingAdjustment: adjustment,
      })),
    });
  });

  test('on datapoints of one minute', () => {
    const periods = resources(required, ALARM).flatMap(([, { Properties }]) => {
      const metrics = (Properties['Metrics'] ?? []) as { MetricStat?: { Period: number } }[];
      return [Properties['Period'], ...metrics.map(({ MetricStat }) => MetricStat?.Period)];
    });
    expect(new Set(periods.filter((period) => period !== undefined))).toEqual(new Set([60]));
  });

  test('on the request rate of the only target group when deployments roll', () => {
    const { template } = scaledService({}, { kind: 'rolling' });
    template.hasResourceProperties(ALARM, {
      MetricName: 'RequestCountPerTarget',
      Statistic: 'Sum',
      Threshold: 4800,
      Metrics: Match.absent(),
    });
  });

  test('never because of a filled gap: the newest minute is late, and a fill would fake it', () => {
    const filling = resources(required, ALARM).filter(([, alarm]) => JSON.stringify(alarm).includes('FILL'));
    expect(filling.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['ScalingQuiet']);
  });
});

describe('removes tasks', () => {
  const alarm = { ComparisonOperator: 'GreaterThanOrEqualToThreshold', Threshold: 1 };

  test('through one alarm, after ten minutes of quiet', () => {
    required.hasResourceProperties(ALARM, {
      ...alarm,
      EvaluationPeriods: 10,
      DatapointsToAlarm: 10,
      TreatMissingData: 'notBreaching',
    });
  });

  test('one at a time, with five minutes in between', () => {
    expect(policyOf(required, alarm).Properties['StepScalingPolicyConfiguration']).toEqual({
      AdjustmentType: 'ChangeInCapacity',
      Cooldown: 300,
      MetricAggregationType: 'Average',
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: -1 }],
    });
  });

  /** The expression in one minute of this load, by the rules of CloudWatch: 1 quiet, 0 not, undefined no datapoint. */
  function quiet(cpu?: number, memory?: number, blue?: number, green?: number, latency?: number): number | undefined {
    const [, { Properties }] = resources(required, ALARM).find(
      ([, candidate]) => candidate.Properties['ComparisonOperator'] === alarm.ComparisonOperator,
    ) as [string, Resource];
    const metrics = Properties['Metrics'] as { Id: string; Expression?: string; ReturnData: boolean }[];
    const given: Record<string, number | undefined> = { cpu, memory, blue, green, latency };
    const series = new Map(Object.entries(given).map(([id, value]) => [id, [value]]));
    const scope = { series, metrics: [...series.keys()], periodSeconds: 60, length: 1 };
    let result: readonly (number | undefined)[] = [];
    // Inner expressions are listed after those that use them.
    for (const { Id, Expression } of metrics.filter((metric) => metric.Expression !== undefined).reverse()) {
      result = evaluateMetricMath(parseMetricMath(Expression ?? ''), scope);
      series.set(Id, [...result]);
    }
    return result[0];
  }

  // 40 % of 100 requests/s are 2,400 in a minute.
  test.each<[string, Parameters<typeof quiet>, number | undefined]>([
    ['all four below', [29, 49, 2399, undefined, 0.099], 1],
    ['CPU at its bound', [30, 49, 2399, undefined, 0.099], 0],
    ['memory at its bound', [29, 50, 2399, undefined, 0.099], 0],
    ['requests at their bound', [29, 49, 2400, undefined, 0.099], 0],
    ['requests of both groups at the bound together', [29, 49, 1200, 1200, 0.099], 0],
    ['latency at its bound', [29, 49, 2399, undefined, 0.1], 0],
    ['the other group serves after a swap', [29, 49, undefined, 2399, 0.099], 1],
    ['no traffic, so no latency', [1, 20, undefined, undefined, undefined], 1],
    ['zeros instead of no traffic', [1, 20, 0, 0, undefined], 1],
    ['traffic whose latency is missing', [29, 49, 100, undefined, undefined], 0],
    ['neither CPU nor memory yet: nobody knows', [undefined, undefined, 100, undefined, 0.05], undefined],
    ['no CPU', [undefined, 49, 100, undefined, 0.05], 0],
    ['requests at their bound before CPU has arrived', [undefined, undefined, 2400, undefined, undefined], 0],
    ['no memory: nobody knows', [29, undefined, 100, undefined, 0.05], undefined],
    ['nothing at all', [undefined, undefined, undefined, undefined, undefined], undefined],
    ['a gap that reads as zero', [0, 0, undefined, undefined, undefined], undefined],
  ])('%s', (_case, load, expected) => {
    expect(quiet(...load)).toBe(expected);
  });
});

describe('the fast lane', () => {
  test.each([
    ['ECSServiceAverageCPUUtilizationHighResolution', 50, 30],
    ['ECSServiceAverageMemoryUtilizationHighResolution', 80, 60],
  ])('%s is tracked at %d %%', (PredefinedMetricType, TargetValue, ScaleOutCooldown) => {
    responsive.hasResourceProperties(POLICY, {
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        PredefinedMetricSpecification: { PredefinedMetricType },
        TargetValue,
        ScaleOutCooldown,
        DisableScaleIn: true,
      },
    });
  });

  test('the request rate is tracked over both target groups, at 20 % of the capacity', () => {
    responsive.hasResourceProperties(POLICY, {
      TargetTrackingScalingPolicyConfiguration: {
        CustomizedMetricSpecification: {
          Metrics: [
            Match.objectLike({ Id: 'blue', ReturnData: false }),
            Match.objectLike({ Id: 'green', ReturnData: false }),
            { Id: 'tracked', Expression: 'SUM([blue, green])', ReturnData: true },
          ],
        },
        TargetValue: 1200,
        ScaleOutCooldown: 180,
        DisableScaleIn: true,
      },
    });
  });

  test('a single target group is tracked as it is', () => {
    const { template } = scaledService({ ...SCALING_PRESETS.responsive }, { kind: 'rolling' });
    template.hasResourceProperties(POLICY, {
      TargetTrackingScalingPolicyConfiguration: {
        CustomizedMetricSpecification: {
          Metrics: [
            {
              Id: 'metric',
              MetricStat: Match.objectLike({
                Metric: Match.objectLike({ MetricName: 'RequestCountPerTarget' }),
                Stat: 'Sum',
              }),
              ReturnData: true,
            },
          ],
        },
      },
    });
  });

  test('a burst of 20 seconds adds half the fleet, three tasks at least, by the highest datapoint', () => {
    const burst = { MetricName: 'CPUUtilization', Period: 20 };
    responsive.hasResourceProperties(ALARM, {
      ...burst,
      Statistic: 'Average',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 65,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(policyOf(responsive, burst).Properties['StepScalingPolicyConfiguration']).toEqual({
      AdjustmentType: 'PercentChangeInCapacity',
      MinAdjustmentMagnitude: 3,
      Cooldown: 60,
      MetricAggregationType: 'Maximum',
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 50 }],
    });
  });

  test('the service publishes what the trackers read every 20 seconds', () => {
    responsive.hasResourceProperties('AWS::ECS::Service', {
      Monitoring: {
        MetricConfigurations: [{ MetricNames: ['CPUUtilization', 'MemoryUtilization'], ResolutionSeconds: 20 }],
      },
    });
  });

  test('a task goes only while the fleet could take seven and a half times the load', () => {
    // 6,000 in a minute, divided by 7.5.
    responsive.hasResourceProperties(ALARM, {
      Threshold: 1,
      Metrics: Match.arrayWith([Match.objectLike({ Expression: Match.stringLikeRegexp('>= 800, 0, IF\\(memory') })]),
    });
  });

  test('large fleets shrink by a tenth, small ones by a task', () => {
    const quiet = { ComparisonOperator: 'GreaterThanOrEqualToThreshold', Threshold: 1 };
    expect(policyOf(responsive, quiet).Properties['StepScalingPolicyConfiguration']).toEqual({
      AdjustmentType: 'PercentChangeInCapacity',
      MinAdjustmentMagnitude: 1,
      Cooldown: 300,
      MetricAggregationType: 'Average',
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: -10 }],
    });
  });

  test('the required preset has none', () => {
    const types = resources(required, POLICY).map(([, { Properties }]) => Properties['PolicyType']);
    expect(new Set(types)).toEqual(new Set(['StepScaling']));
  });
});

describe('foreseen load', () => {
  const workingDay: ScheduledMinimum = {
    id: 'working-day',
    from: { hour: '7', minute: '30', weekDay: 'MON-FRI' },
    until: { hour: '19', minute: '0', weekDay: 'MON-FRI' },
    timeZone: 'Europe/Dublin',
    minimum: 6,
  };

  test('raises the minimum in its time zone, and lowers it again', () => {
    const { template } = scaledService({ schedules: [workingDay] });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      ScheduledActions: [
        {
          ScheduledActionName: 'working-day-from',
          Schedule: 'cron(30 7 ? * MON-FRI *)',
          Timezone: 'Europe/Dublin',
          ScalableTargetAction: { MinCapacity: 6 },
        },
        {
          ScheduledActionName: 'working-day-until',
          Schedule: 'cron(0 19 ? * MON-FRI *)',
          Timezone: 'Europe/Dublin',
          ScalableTargetAction: { MinCapacity: 2 },
        },
      ],
    });
  });

  test('is forecast only until somebody trusts the forecast', () => {
    responsive.hasResourceProperties(POLICY, {
      PolicyType: 'PredictiveScaling',
      PredictiveScalingPolicyConfiguration: {
        Mode: 'ForecastOnly',
        SchedulingBufferTime: 300,
        MaxCapacityBreachBehavior: 'HonorMaxCapacity',
        MetricSpecifications: [
          {
            TargetValue: 60,
            PredefinedMetricPairSpecification: { PredefinedMetricType: 'ECSServiceCPUUtilization' },
          },
        ],
      },
    });
  });

  test.each<[string, Partial<ScheduledMinimum>, string]>([
    [
      'an unknown zone',
      { timeZone: 'Mars/Base' },
      "`schedules.working-day.timeZone` must be an IANA name such as Europe/Dublin, got 'Mars/Base'",
    ],
    [
      'a minimum beyond the maximum',
      { minimum: 11 },
      '`schedules.working-day.minimum` must be above the usual minimum of 2 and not above the maximum of 10, got 11',
    ],
    [
      'a minimum that is none',
      { minimum: 2 },
      '`schedules.working-day.minimum` must be above the usual minimum of 2 and not above the maximum of 10, got 2',
    ],
    [
      'no end',
      { until: workingDay.from },
      '`schedules.working-day.until` must differ from `from`, got the same time twice',
    ],
    ['a bad name', { id: 'Day!' }, "`schedules` must have a lower-case name such as working-day, got 'Day!'"],
  ])('fails with %s', (_case, change, message) => {
    expect(() => scaledService({ schedules: [{ ...workingDay, ...change }] })).toThrow(message);
  });
});

describe('what must not be there', () => {
  test.each([['required', required] as const, ['responsive', responsive] as const])('in %s', (_name, template) => {
    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
    template.resourceCountIs('AWS::CloudWatch::CompositeAlarm', 0);
    const policies = resources(template, POLICY).map(([, { Properties }]) => Properties);
    for (const {
      TargetTrackingScalingPolicyConfiguration: tracker,
      StepScalingPolicyConfiguration: step,
    } of policies) {
      const cooldowns = [tracker, step].flatMap((configuration) => {
        const { Cooldown, ScaleInCooldown, ScaleOutCooldown } = (configuration ?? {}) as Record<string, number>;
        return [Cooldown, ScaleInCooldown, ScaleOutCooldown];
      });
      expect(cooldowns).not.toContain(0);
      if (tracker !== undefined) expect(tracker).toMatchObject({ DisableScaleIn: true });
    }
    const removing = policies.filter((policy) => JSON.stringify(policy).includes('"ScalingAdjustment":-'));
    expect(removing).toHaveLength(1);
  });
});

test('exposes its alarms, one per trigger and one for quiet', () => {
  expect(scaledService().scaling.alarms).toHaveLength(5);
});

describe('the metrics of the platform', () => {
  test('measure a task in its own unit', () => {
    const { template } = scaledService({ capacityPerTask: 12.5 });
    // 80 % of 12.5 requests/s in a minute.
    template.hasResourceProperties(ALARM, { Threshold: 600 });
  });

  test('fails without a capacity', () => {
    expect(() => scaledService({ capacityPerTask: 0 })).toThrow(
      '`capacityPerTask` must be between 0.1 and 1000000, got 0',
    );
  });
});

test('says everything that is wrong at once', () => {
  const [cpu, ...others] = SCALING_PRESETS.required.out;
  const out = [{ ...cpu, cooldown: Duration.seconds(0) }, ...others];
  expect(() => scaledService({ out, in: { ...SCALING_PRESETS.required.in, minutes: 1441 } })).toThrow(
    "invalid props at 'Stack/Scaling':\n" +
      '  - `out.cpuPercent.cooldown (seconds)` must be between 10 and 3600, got 0\n' +
      '  - `in.minutes` must be between 1 and 1440, got 1441; an alarm looks back a day at most',
  );
});
