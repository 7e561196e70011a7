import { type Assembly, isList, isMap, type Resource, resourcesIn, type Value } from '../../template';
import type { MeasuredQuery } from '../alarms/alarm-definition';
import {
  DEFAULT_COOLDOWN_SECONDS,
  type ScalingPolicy,
  type StepAdjustment,
  type StepScalingPolicy,
} from '../scaling/policy-definition';
import { stepProblems } from '../scaling/step-adjustment';
import { readAlarm } from './read-alarm';
import { number, readMetric, readQueries, text } from './read-metric';
import type { Notes } from './template-error';

/** What Application Auto Scaling's predefined metrics are in the rehearsal. */
const PREDEFINED: Readonly<Record<string, MeasuredQuery>> = {
  ECSServiceAverageCPUUtilization: { id: 'm', measure: 'cpu', statistic: 'Average', resolutionSeconds: 60 },
  ECSServiceAverageMemoryUtilization: { id: 'm', measure: 'memory', statistic: 'Average', resolutionSeconds: 60 },
  ECSServiceAverageCPUUtilizationHighResolution: {
    id: 'm',
    measure: 'cpu',
    statistic: 'Average',
    resolutionSeconds: 20,
  },
  ECSServiceAverageMemoryUtilizationHighResolution: {
    id: 'm',
    measure: 'memory',
    statistic: 'Average',
    resolutionSeconds: 20,
  },
  ALBRequestCountPerTarget: { id: 'm', measure: 'request-count-per-target', statistic: 'Sum', resolutionSeconds: 60 },
  RDSReaderAverageCPUUtilization: { id: 'm', measure: 'reader-cpu', statistic: 'Average', resolutionSeconds: 60 },
  RDSReaderAverageDatabaseConnections: {
    id: 'm',
    measure: 'reader-connections',
    statistic: 'Average',
    resolutionSeconds: 60,
  },
  LambdaProvisionedConcurrencyUtilization: {
    id: 'm',
    measure: 'provisioned-utilization',
    statistic: 'Average',
    resolutionSeconds: 60,
  },
};

const ADJUSTMENT_TYPES = ['ChangeInCapacity', 'PercentChangeInCapacity', 'ExactCapacity'] as const;

/** What reading a policy needs to know around it. */
export interface PolicyContext {
  readonly assembly: Assembly;
  /** Target groups without traffic. */
  readonly idle: readonly Resource[];
  /** Requests per second that keep one task busy, for predictive policies. */
  readonly taskCapacityRps: number;
  readonly notes: Notes;
}

/** Reads an `AWS::ApplicationAutoScaling::ScalingPolicy`; undefined when it cannot be played, and the notes say why. */
function readPolicy(policy: Resource, context: PolicyContext): ScalingPolicy | undefined {
  const type = text(policy.property('PolicyType'));
  if (type === 'StepScaling') return readStepPolicy(policy, context);
  if (type === 'TargetTrackingScaling') return readTracker(policy, context);
  if (type === 'PredictiveScaling') return readPredictive(policy, context);
  context.notes.skip(policy.address, `policies of type '${type}' are not simulated`);
  return undefined;
}

function readStepPolicy(policy: Resource, { assembly, idle, notes }: PolicyContext): StepScalingPolicy | undefined {
  const property = (name: string) => policy.property('StepScalingPolicyConfiguration', name);
  const steps = readSteps(property('StepAdjustments'));
  for (const problem of stepProblems(steps)) notes.fail(policy.address, problem);
  const alarms = assembly.linksTo(policy, 'AWS::CloudWatch::Alarm').flatMap(({ path, from }) => {
    if (path[0] === 'AlarmActions') return readAlarm(from, idle, notes) ?? [];
    notes.skip(from.address, `\`${path[0]}\` that scale are not simulated, only \`AlarmActions\``);
    return [];
  });
  for (const { from } of assembly.linksTo(policy, 'AWS::CloudWatch::CompositeAlarm')) {
    notes.fail(
      from.address,
      `a composite alarm cannot invoke the scaling policy ${policy.logicalId}; use metric math in one alarm`,
    );
  }
  if (alarms.length === 0) {
    notes.skip(policy.address, 'no alarm of the template that can be played invokes it');
    return undefined;
  }
  const aggregation = text(property('MetricAggregationType'));
  const magnitude = number(property('MinAdjustmentMagnitude'));
  return {
    type: 'step',
    name: policy.logicalId,
    adjustmentType: adjustmentType(policy, text(property('AdjustmentType')), notes),
    steps,
    ...(magnitude !== undefined && { minAdjustmentMagnitude: magnitude }),
    cooldownSeconds: number(property('Cooldown')) ?? DEFAULT_COOLDOWN_SECONDS,
    aggregation: aggregation === 'Minimum' || aggregation === 'Maximum' ? aggregation : 'Average',
    alarms,
  };
}

function adjustmentType(
  policy: Resource,
  given: string | undefined,
  notes: Notes,
): StepScalingPolicy['adjustmentType'] {
  const known = ADJUSTMENT_TYPES.find((type) => type === given);
  if (known === undefined) {
    notes.fail(policy.address, `\`AdjustmentType\` must be one of ${ADJUSTMENT_TYPES.join(', ')}, got ${given}`);
  }
  return known ?? 'ChangeInCapacity';
}

function readSteps(value: Value | undefined): StepAdjustment[] {
  if (!isList(value)) return [];
  return value.filter(isMap).map((step) => {
    const lowerBound = number(step['MetricIntervalLowerBound']);
    const upperBound = number(step['MetricIntervalUpperBound']);
    return {
      adjustment: number(step['ScalingAdjustment']) ?? 0,
      ...(lowerBound !== undefined && { lowerBound }),
      ...(upperBound !== undefined && { upperBound }),
    };
  });
}

function readTracker(policy: Resource, { idle, notes }: PolicyContext): ScalingPolicy | undefined {
  const property = (...path: string[]) => policy.property('TargetTrackingScalingPolicyConfiguration', ...path);
  const read = trackedMetric(policy, property, idle, notes);
  const targetValue = number(property('TargetValue'));
  if (read === undefined || targetValue === undefined) return undefined;
  return {
    type: 'target-tracking',
    name: policy.logicalId,
    ...read,
    targetValue,
    scaleOutCooldownSeconds: number(property('ScaleOutCooldown')) ?? DEFAULT_COOLDOWN_SECONDS,
    scaleInCooldownSeconds: number(property('ScaleInCooldown')) ?? DEFAULT_COOLDOWN_SECONDS,
    disableScaleIn: text(property('DisableScaleIn')) === 'true',
  };
}

function trackedMetric(
  policy: Resource,
  property: (...path: string[]) => Value | undefined,
  idle: readonly Resource[],
  notes: Notes,
) {
  const predefined = text(property('PredefinedMetricSpecification', 'PredefinedMetricType'));
  if (predefined !== undefined) {
    const query = PREDEFINED[predefined];
    if (query === undefined) notes.skip(policy.address, `the predefined metric '${predefined}' is not simulated`);
    return query && { queries: [query], returns: query.id, periodSeconds: query.resolutionSeconds };
  }
  const custom = property('CustomizedMetricSpecification');
  if (!isMap(custom)) {
    notes.skip(policy.address, 'its metric is not in the template');
    return undefined;
  }
  if (custom['Metrics'] !== undefined) {
    const read = readQueries(policy, custom['Metrics'], idle, notes);
    return read && { ...read, periodSeconds: 60 };
  }
  const query = readMetric(policy, 'm', custom, text(custom['Statistic']), idle, notes);
  return query && { queries: [query], returns: query.id, periodSeconds: 60 };
}

function readPredictive(policy: Resource, { taskCapacityRps, notes }: PolicyContext): ScalingPolicy | undefined {
  const property = (...path: (string | number)[]) => policy.property('PredictiveScalingPolicyConfiguration', ...path);
  const specification = property('MetricSpecifications', 0);
  const pair = isMap(specification) ? specification['PredefinedMetricPairSpecification'] : undefined;
  const metric = isMap(pair) ? text(pair['PredefinedMetricType']) : undefined;
  const target = isMap(specification) ? number(specification['TargetValue']) : undefined;
  if (target === undefined || (metric !== 'ECSServiceCPUUtilization' && metric !== 'ALBRequestCount')) {
    notes.skip(policy.address, `predictive scaling on '${metric ?? 'a metric of its own'}' is not simulated`);
    return undefined;
  }
  notes.skip(policy.address, "AWS does not publish the forecast's model; a named stand-in takes its place");
  return {
    type: 'predictive',
    name: policy.logicalId,
    mode: text(property('Mode')) === 'ForecastAndScale' ? 'ForecastAndScale' : 'ForecastOnly',
    requestsPerSecondPerTask: metric === 'ALBRequestCount' ? target / 60 : (taskCapacityRps * target) / 100,
    schedulingBufferSeconds: number(property('SchedulingBufferTime')) ?? 300,
    maxCapacityBreach:
      text(property('MaxCapacityBreachBehavior')) === 'IncreaseMaxCapacity'
        ? 'IncreaseMaxCapacity'
        : 'HonorMaxCapacity',
  };
}

/** The scaling policies that belong to a scalable target. */
export function policiesOf(target: Resource, context: PolicyContext): ScalingPolicy[] {
  return context.assembly
    .ofType('AWS::ApplicationAutoScaling::ScalingPolicy')
    .filter(
      (policy) => resourcesIn(policy.property('ScalingTargetId')).includes(target) || hasSameResource(policy, target),
    )
    .flatMap((policy) => readPolicy(policy, context) ?? []);
}

/** Templates by hand often repeat the target's `ResourceId` in the policy instead of referring to it. */
function hasSameResource(policy: Resource, target: Resource): boolean {
  const own = resourcesIn(policy.property('ResourceId'));
  const targets = resourcesIn(target.property('ResourceId'));
  const sameText =
    text(policy.property('ResourceId')) !== undefined &&
    text(policy.property('ResourceId')) === text(target.property('ResourceId'));
  return (
    sameText || (own.length > 0 && own.every((resource) => targets.includes(resource)) && own.length === targets.length)
  );
}
