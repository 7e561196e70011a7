import type { Duration } from 'aws-cdk-lib';
import { inRange, integerInRange, secondsInRange } from '../../shared/validation';
import {
  type BurstTrigger,
  type PredictiveScaling,
  quietCapacityPercent,
  type ScaleInCondition,
  type ScaleOutTrigger,
  type ScalingMetric,
  type ScalingPolicies,
  type Tracker,
} from './scaling-policies';
import { scheduleProblems } from './scheduled-minimum';

/** Fewest and most tasks of the service that the policies move. */
export interface TaskBounds {
  readonly minTasks: number;
  readonly maxTasks: number;
}

/** CloudWatch looks back at most a day: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const LONGEST_EVALUATION_MINUTES = 1440;

/** Steps of one policy: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-limits.html */
const MOST_STEPS = 20;

/** Largest value that makes sense as a threshold; CPU and memory cannot exceed what is reserved. */
const LARGEST: Readonly<Record<ScalingMetric, number>> = {
  cpuPercent: 99,
  memoryPercent: 99,
  capacityPercent: 1000,
  p95Millis: 60_000,
};

const when = (broken: boolean, problem: string): string[] => (broken ? [problem] : []);

/** Everything that keeps `policies` from working within `bounds`, each as one sentence that names the setting. */
export function policyProblems(policies: ScalingPolicies, bounds: TaskBounds): string[] {
  return [
    ...policies.out.flatMap(triggerProblems),
    ...repeated('out', policies.out),
    ...conditionProblems(policies.in),
    ...policies.trackers.flatMap(trackerProblems),
    ...repeated('trackers', policies.trackers),
    ...policies.bursts.flatMap(burstProblems),
    ...repeated('bursts', policies.bursts),
    ...scheduleProblems(policies.schedules, bounds.minTasks, bounds.maxTasks),
    ...hysteresisProblems(policies, bounds),
    ...(policies.predictive === 'none' ? [] : predictiveProblems(policies.predictive)),
  ];
}

function triggerProblems({ metric, above, minutes, steps, cooldown }: ScaleOutTrigger): string[] {
  const name = `out.${metric}`;
  return [
    ...inRange(`${name}.above`, above, 1, LARGEST[metric]),
    ...evaluationProblems(`${name}.minutes`, minutes),
    ...cooldownProblems(`${name}.cooldown`, cooldown),
    ...integerInRange(`${name}.steps (how many)`, steps.length, 1, MOST_STEPS),
    ...when(
      steps[0] !== undefined && steps[0].from !== above,
      `\`${name}.steps\` must start at \`above\`, got ${steps[0]?.from} and ${above}; nothing would happen in the gap between`,
    ),
    ...steps.flatMap((step, index) => stepProblems(name, step, steps[index - 1])),
  ];
}

function stepProblems(name: string, step: { from: number; add: number }, before?: { from: number; add: number }) {
  return [
    ...integerInRange(`${name}.steps.add`, step.add, 1, 1000),
    ...when(
      before !== undefined && step.from <= before.from,
      `\`${name}.steps\` must rise, got ${step.from} after ${before?.from}; the two would overlap`,
    ),
    ...when(
      before !== undefined && step.add < before.add,
      `\`${name}.steps\` must not add less for a larger breach, got ${step.add} from ${step.from} after ${before?.add}`,
    ),
  ];
}

function conditionProblems(condition: ScaleInCondition): string[] {
  return [
    ...inRange('in.cpuPercentBelow', condition.cpuPercentBelow, 1, 99),
    ...inRange('in.memoryPercentBelow', condition.memoryPercentBelow, 1, 99),
    ...inRange('in.capacityPercentBelow', condition.capacityPercentBelow, 1, 1000),
    ...inRange('in.p95MillisBelow', condition.p95MillisBelow, 1, 60_000),
    ...inRange('in.reserve', condition.reserve, 1, 100),
    ...evaluationProblems('in.minutes', condition.minutes),
    ...('tasks' in condition.remove
      ? integerInRange('in.remove.tasks', condition.remove.tasks, 1, 1000)
      : inRange('in.remove.percent', condition.remove.percent, 1, 50)),
    ...cooldownProblems('in.cooldown', condition.cooldown),
  ];
}

function trackerProblems({ metric, target, cooldown }: Tracker): string[] {
  return [
    ...inRange(`trackers.${metric}.target`, target, 1, LARGEST[metric]),
    ...cooldownProblems(`trackers.${metric}.cooldown`, cooldown),
  ];
}

function burstProblems({ metric, above, datapoints, addPercent, addAtLeast, cooldown }: BurstTrigger): string[] {
  const name = `bursts.${metric}`;
  return [
    ...inRange(`${name}.above`, above, 1, LARGEST[metric]),
    // Three alarms a minute look back at most an hour's worth of 20 seconds.
    ...integerInRange(`${name}.datapoints`, datapoints, 1, 180),
    ...inRange(`${name}.addPercent`, addPercent, 1, 100),
    ...integerInRange(`${name}.addAtLeast`, addAtLeast, 1, 1000),
    ...cooldownProblems(`${name}.cooldown`, cooldown),
  ];
}

function predictiveProblems({ target, lead }: PredictiveScaling): string[] {
  return [
    ...inRange('predictive.target', target, 1, 99),
    // https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredictiveScalingPolicyConfiguration.html
    ...secondsInRange('predictive.lead', lead, 0, 3600),
  ];
}

/**
 * Scale-in must leave room: removing tasks raises the load of the others, and what they then carry must not be a
 * reason to add them again.
 */
function hysteresisProblems(policies: ScalingPolicies, { minTasks }: TaskBounds): string[] {
  const { in: quiet } = policies;
  const lower: Readonly<Record<ScalingMetric, number>> = {
    cpuPercent: quiet.cpuPercentBelow,
    memoryPercent: quiet.memoryPercentBelow,
    capacityPercent: quietCapacityPercent(quiet),
    p95Millis: quiet.p95MillisBelow,
  };
  const outs = [
    ...policies.out.map(({ metric, above }) => ({ metric, upper: above, name: `out.${metric}.above` })),
    ...policies.trackers.map(({ metric, target }) => ({ metric, upper: target, name: `trackers.${metric}.target` })),
    ...policies.bursts.map(({ metric, above }) => ({ metric, upper: above, name: `bursts.${metric}.above` })),
  ];
  return outs.flatMap(({ metric, upper, name }) => {
    const isReserve = metric === 'capacityPercent' && lower[metric] < quiet.capacityPercentBelow;
    const setting = isReserve ? 'in.reserve' : `in.${metric}Below`;
    if (lower[metric] >= upper) {
      return [
        `\`${setting}\` must be below \`${name}\`, got ${shown(lower[metric])} and ${upper}; tasks would come and go for ever`,
      ];
    }
    // Memory of a task and latency do not follow the number of tasks in proportion.
    if (metric === 'memoryPercent' || metric === 'p95Millis') return [];
    const removed = 'tasks' in quiet.remove ? quiet.remove.tasks : 1;
    const after = (lower[metric] * (minTasks + removed)) / minTasks;
    return when(
      // 100 / 6 on three tasks is 25 on two: a rounding error is no breach.
      after > upper + 1e-9,
      `\`${setting}\` must leave room below \`${name}\`: ${shown(lower[metric])} % on ${minTasks + removed} tasks is ` +
        `${shown(after)} % on ${minTasks}, and ${upper} % adds them again; ${isReserve ? 'raise either' : 'lower one or raise the other'}`,
    );
  });
}

const shown = (value: number): number => Math.round(10 * value) / 10;

function evaluationProblems(name: string, minutes: number): string[] {
  return integerInRange(name, minutes, 1, LONGEST_EVALUATION_MINUTES).map(
    (problem) => `${problem}; an alarm looks back a day at most`,
  );
}

/** A pause of zero answers every late datapoint with another task. */
function cooldownProblems(name: string, cooldown: Duration): string[] {
  return secondsInRange(name, cooldown, 10, 3600);
}

function repeated(name: string, rows: readonly { readonly metric: ScalingMetric }[]): string[] {
  const metrics = rows.map(({ metric }) => metric);
  return [...new Set(metrics.filter((metric, index) => metrics.indexOf(metric) !== index))].map(
    (metric) => `\`${name}\` must name each metric once, got ${metric} twice; put the steps into one row`,
  );
}
