import type { StepScalingPolicy, TargetTrackingPolicy } from '../scaling/policy-definition';
import type { ServiceModel } from '../simulation/simulation-input';
import type { RehearsalModel } from '../template/read-service';
import { isStuckByLateMetrics } from './late-minute';

/** Something about the policies that has hurt operators. */
export interface LintFinding {
  readonly rule: string;
  readonly message: string;
  /** Who was hurt. */
  readonly seen: string;
}

/** What the rules look at besides the template. */
export interface LintContext {
  readonly service: ServiceModel;
  /** Highest load of the traffic that is rehearsed, in requests per second. */
  readonly peakRps: number;
  readonly taskCapacityRps: number;
  readonly spikeFactor: number;
}

/** A one-minute datapoint is a minute long and arrives a minute or two later. */
const METRIC_AGE_SECONDS = 120;

type Rule = (model: RehearsalModel, context: LintContext) => string[];

const trackersOf = (model: RehearsalModel) =>
  model.scaling.policies.filter((policy): policy is TargetTrackingPolicy => policy.type === 'target-tracking');
const stepsOf = (model: RehearsalModel) =>
  model.scaling.policies.filter((policy): policy is StepScalingPolicy => policy.type === 'step');
const lowers = (policy: StepScalingPolicy) => policy.steps.some(({ adjustment }) => adjustment < 0);
const measures = (policy: TargetTrackingPolicy) =>
  policy.queries.flatMap((query) => ('measure' in query ? [query.measure] : []));

const RULES: readonly { readonly rule: string; readonly seen: string; readonly find: Rule }[] = [
  {
    rule: 'cool-down-zero',
    seen: 'trade-tariff/trade-tariff-backend#3330',
    find: (model) => [
      ...stepsOf(model).flatMap(({ name, cooldownSeconds }) =>
        cooldownSeconds === 0 ? [`${name} has a cool-down of 0 and acts every minute`] : [],
      ),
      ...trackersOf(model).flatMap(({ name, scaleOutCooldownSeconds }) =>
        scaleOutCooldownSeconds === 0 ? [`${name} has a scale-out cool-down of 0`] : [],
      ),
    ],
  },
  {
    rule: 'cool-down-within-metric-delay',
    seen: 'copilot-cli default of 120/60, trade-tariff-backend#3330',
    find: (model) => [
      ...trackersOf(model).flatMap(({ name, scaleInCooldownSeconds, disableScaleIn }) =>
        !disableScaleIn && scaleInCooldownSeconds <= METRIC_AGE_SECONDS
          ? [
              `${name} scales in again after ${scaleInCooldownSeconds} s, before its metrics show what the last one did: it can oscillate`,
            ]
          : [],
      ),
      ...trackersOf(model).flatMap(({ name, scaleOutCooldownSeconds, periodSeconds }) =>
        periodSeconds >= 60 && scaleOutCooldownSeconds > 0 && scaleOutCooldownSeconds < METRIC_AGE_SECONDS
          ? [
              `${name} adds again after ${scaleOutCooldownSeconds} s, before its one-minute metrics show what the last one did: it can overshoot`,
            ]
          : [],
      ),
    ],
  },
  {
    rule: 'several-trackers-scale-in',
    seen: 'aws/copilot-cli#4298',
    find: (model) => {
      const able = trackersOf(model).filter(({ disableScaleIn }) => !disableScaleIn);
      return able.length > 1
        ? [`${able.map(({ name }) => name).join(' and ')} must all be low before any scales in: memory rarely is`]
        : [];
    },
  },
  {
    rule: 'tracker-and-steps-scale-in',
    seen: 'Application Auto Scaling guide: do not mix them on one metric',
    find: (model) => {
      const able = trackersOf(model).filter(({ disableScaleIn }) => !disableScaleIn);
      return able.length > 0 && stepsOf(model).some(lowers)
        ? [
            `${able.map(({ name }) => name).join(', ')} and a step policy both scale in, each blind to the other's condition`,
          ]
        : [];
    },
  },
  {
    rule: 'saturating-metric-only',
    seen: 'aws/containers-roadmap#2113',
    find: (model, { spikeFactor }) => {
      const trackers = trackersOf(model);
      const blind =
        trackers.length > 0 &&
        trackers.every((one) => measures(one).every((measure) => measure === 'cpu' || measure === 'memory'));
      if (!blind || stepsOf(model).some((policy) => !lowers(policy))) return [];
      const cpu = trackers.find((one) => measures(one).includes('cpu'));
      if (cpu === undefined || 100 / cpu.targetValue >= spikeFactor) return [];
      return [
        `CPU ends at 100 %: at a target of ${cpu.targetValue} % one decision grows the fleet at most ${(100 / cpu.targetValue).toFixed(1)} times, a spike is ${spikeFactor} times`,
      ];
    },
  },
  {
    rule: 'maximum-below-peak',
    seen: 'aws/containers-roadmap#2271',
    find: (model, { peakRps, taskCapacityRps }) => {
      const most = model.scaling.maxCapacity * taskCapacityRps;
      return most < peakRps
        ? [
            `at most ${model.scaling.maxCapacity} tasks of ${Math.round(taskCapacityRps)} requests/s take ${Math.round(most)}, the traffic's peak is ${Math.round(peakRps)}`,
          ]
        : [];
    },
  },
  {
    rule: 'grace-below-start',
    seen: 'operators of JVM services; ECS guide on health-check grace',
    find: (model, { service }) =>
      service.bootSeconds >
      model.deployment.healthCheckGraceSeconds +
        model.targetGroup.healthCheckIntervalSeconds * model.targetGroup.unhealthyThreshold
        ? [
            `a task needs ${service.bootSeconds} s to answer, and ECS stops it after a grace of ${model.deployment.healthCheckGraceSeconds} s and ${model.targetGroup.unhealthyThreshold} checks`,
          ]
        : [],
  },
  {
    rule: 'draining-longer-than-scale-in',
    seen: 'aws/containers-roadmap#708',
    find: (model) => {
      const cadence = Math.min(
        300,
        ...stepsOf(model)
          .filter(lowers)
          .map(({ cooldownSeconds }) => cooldownSeconds),
      );
      const { deregistrationDelaySeconds } = model.targetGroup;
      return deregistrationDelaySeconds >= cadence
        ? [
            `targets drain for ${deregistrationDelaySeconds} s and a scale-in may come every ${cadence} s: paid-for tasks pile up`,
          ]
        : [];
    },
  },
  {
    rule: 'capacity-shrinks-in-deployments',
    seen: 'guardian/cdk, which sets 100; aws/aws-cdk#26189',
    find: (model) =>
      model.deployment.minimumHealthyPercent < 100
        ? [`a deployment may stop tasks down to ${model.deployment.minimumHealthyPercent} % of the desired ones`]
        : [],
  },
  {
    rule: 'blue-green-per-target-tracking',
    seen: 'aws/containers-roadmap#1681',
    find: (model) =>
      model.strategy === 'ROLLING'
        ? []
        : trackersOf(model)
            .filter((one) => one.queries.length === 1 && measures(one).includes('request-count-per-target'))
            .map(
              ({ name }) =>
                `${name} follows one target group, and a ${model.strategy} deployment moves the traffic to the other`,
            ),
  },
  {
    rule: 'high-resolution-not-published',
    seen: 'aws/containers-roadmap#2113',
    find: (model) =>
      model.highResolution
        ? []
        : trackersOf(model)
            .filter(({ periodSeconds }) => periodSeconds < 60)
            .map(({ name }) => `${name} follows 20-second metrics that the service's \`Monitoring\` does not publish`),
  },
  {
    rule: 'some-of-many-by-average',
    seen: 'aws/aws-cdk#31792',
    find: (model) =>
      stepsOf(model).flatMap(({ name, aggregation, alarms }) =>
        alarms
          .filter(
            ({ datapointsToAlarm, evaluationPeriods }) =>
              aggregation === 'Average' && datapointsToAlarm < evaluationPeriods,
          )
          .map(
            (alarm) =>
              `${name} picks its step by the average of ${alarm.evaluationPeriods} datapoints of which ${alarm.datapointsToAlarm} breach: below the threshold no step matches`,
          ),
      ),
  },
  {
    rule: 'scale-in-on-missing-data',
    seen: 're:Post QU3sXoMuWFRTiBI-EX7H2LCA',
    find: (model) =>
      stepsOf(model)
        .filter(lowers)
        .flatMap(({ name, alarms }) =>
          alarms
            .filter(({ treatMissingData }) => treatMissingData === 'breaching')
            .map((alarm) => `${name} scales in when ${alarm.name} has no data`),
        ),
  },
  {
    rule: 'late-minute-never-breaches',
    seen: 'CloudWatch user guide on FILL in alarms; docs/decisions/0092',
    find: (model) =>
      stepsOf(model).flatMap(({ name, alarms }) =>
        alarms
          .filter(isStuckByLateMetrics)
          .map(
            (alarm) =>
              `${alarm.name} has a value for minutes whose CPU and memory are still missing, and it does not breach: ${alarm.evaluationPeriods} of ${alarm.evaluationPeriods} never come together and ${name} never acts`,
          ),
      ),
  },
  {
    rule: 'one-task',
    seen: 'SST and Copilot defaults',
    find: ({ scaling }) =>
      scaling.minCapacity < 2 ? [`the minimum of ${scaling.minCapacity} leaves no task when one is lost`] : [],
  },
  {
    rule: 'cannot-scale',
    seen: 'anomalyco/sst v3 default of 1–1',
    find: ({ scaling }) =>
      scaling.minCapacity === scaling.maxCapacity && scaling.policies.length > 0
        ? [`minimum and maximum are both ${scaling.minCapacity}: the policies can never act`]
        : [],
  },
];

/** What operators would complain about. */
export function lintPolicies(model: RehearsalModel, context: LintContext): LintFinding[] {
  return RULES.flatMap(({ rule, seen, find }) => find(model, context).map((message) => ({ rule, message, seen })));
}
