import { ENVIRONMENTS, type PlatformConfig } from '../../lib/config';
import { FARGATE_CPU_UNITS, fargateMemorySizes } from '../../lib/constructs/container-service/task-size';
import { declaredDemand, tasksFor } from '../../lib/constructs/scaling/fleet-capacity';
import type {
  ScaleInCondition,
  ScaleOutTrigger,
  ScalingMetric,
  ScalingPolicies,
} from '../../lib/constructs/scaling/scaling-policies';
import { SCALING_PRESETS } from '../../lib/constructs/scaling/scaling-presets';
import { type Blocks, markdownTable } from './generated-blocks';

/** What each metric is called in the guide, and how a value of it is written. */
const METRICS: Readonly<Record<ScalingMetric, { readonly name: string; readonly show: (value: number) => string }>> = {
  cpuPercent: { name: 'CPU', show: (value) => `${value} %` },
  memoryPercent: { name: 'memory', show: (value) => `${value} %` },
  capacityPercent: { name: 'request rate', show: (value) => `${value} % of capacity` },
  p95Millis: { name: 'p95 latency', show: (value) => `${value} ms` },
};

const PRESETS: readonly [string, ScalingPolicies][] = Object.entries(SCALING_PRESETS);

/** The tables of `docs/scaling.md`, from the code that is deployed. */
export function scalingGuideBlocks(): Blocks {
  return {
    'scale-out': scaleOut(SCALING_PRESETS.required.out),
    'scale-in': scaleIn(),
    'fast-lane': fastLane(),
    environments: environments(),
    'task-sizes': taskSizes(),
  };
}

function scaleOut(triggers: readonly ScaleOutTrigger[]): string {
  const rows = triggers.map(({ metric, above, minutes, steps, cooldown }) => {
    const { name, show } = METRICS[metric];
    const ladder = steps.map(({ from, add }) => `from ${show(from)}: +${add}`).join('; ');
    return [name, `> ${show(above)}`, `${minutes} of ${minutes} minutes`, ladder, cooldown.toHumanString()];
  });
  return markdownTable(['metric', 'threshold', 'for', 'tasks', 'cool-down'], rows);
}

function scaleIn(): string {
  const rows = PRESETS.map(([preset, { in: quiet }]) => [
    `\`${preset}\``,
    `< ${METRICS.cpuPercent.show(quiet.cpuPercentBelow)}`,
    `< ${METRICS.memoryPercent.show(quiet.memoryPercentBelow)}`,
    `< ${METRICS.capacityPercent.show(quiet.capacityPercentBelow)}`,
    `< ${METRICS.p95Millis.show(quiet.p95MillisBelow)}`,
    reserveOf(quiet),
    `${quiet.minutes} of ${quiet.minutes} minutes`,
    'tasks' in quiet.remove ? `−${quiet.remove.tasks}` : `−${quiet.remove.percent} %, at least one`,
    quiet.cooldown.toHumanString(),
  ]);
  return markdownTable(
    ['preset', 'CPU', 'memory', 'request rate', 'p95', 'reserve', 'for', 'tasks', 'cool-down'],
    rows,
  );
}

/** What a reserve says about the request rate. */
function reserveOf({ reserve }: ScaleInCondition): string {
  return reserve === undefined
    ? 'none'
    : `${reserve} times: request rate < ${(100 / reserve).toFixed(1)} % of capacity`;
}

function fastLane(): string {
  const rows = PRESETS.map(([preset, { trackers, bursts, predictive }]) => [
    `\`${preset}\``,
    trackers
      .map(({ metric, target, cooldown }) => {
        const { name, show } = METRICS[metric];
        return `${name} at ${show(target)} (${cooldown.toHumanString()})`;
      })
      .join(', ') || 'none',
    bursts
      .map(
        ({ metric, above, datapoints, addPercent, addAtLeast, cooldown }) =>
          `${METRICS[metric].name} > ${above} % for ${datapoints * 20} s: +${addPercent} %, at least ${addAtLeast} (${cooldown.toHumanString()})`,
      )
      .join(', ') || 'none',
    predictive === 'none' ? 'none' : `${METRICS[predictive.metric].name} at ${predictive.target} %, ${predictive.mode}`,
  ]);
  return markdownTable(['preset', 'trackers (cool-down)', 'bursts (cool-down)', 'forecast'], rows);
}

function environments(): string {
  const rows = ENVIRONMENTS.map((config) => {
    const { service, scaling } = config;
    const demand = declaredDemand(config.objectives.traffic);
    const { capacityPerTask } = scaling;
    const needs = (rate: number) => `${Math.round(rate * 10) / 10}/s (${tasksFor(rate, capacityPerTask)})`;
    return [
      config.name,
      presetOf(config),
      `${service.minTasks} to ${service.maxTasks}`,
      `${service.cpu} units, ${service.memoryMiB} MiB`,
      `${capacityPerTask}/s`,
      needs(demand.peak),
      needs(demand.spike),
      needs(demand.growth),
      `${service.maxTasks * capacityPerTask}/s`,
    ];
  });
  return markdownTable(
    [
      'environment',
      'preset',
      'tasks',
      'a task',
      'capacity of a task',
      'daily peak',
      'spike',
      'after growth',
      'largest fleet',
    ],
    rows,
  );
}

/** The preset whose triggers and fast lane an environment has, or that it has its own. */
function presetOf({ scaling }: PlatformConfig): string {
  const found = PRESETS.find(([, preset]) =>
    (['out', 'in', 'trackers', 'bursts'] as const).every((part) => scaling[part] === preset[part]),
  );
  return found === undefined ? 'its own' : `\`${found[0]}\``;
}

function taskSizes(): string {
  const rows = FARGATE_CPU_UNITS.map((cpu) => {
    const sizes = fargateMemorySizes(cpu);
    const [first = 0, second = 0] = sizes;
    const all = sizes.length <= 4 ? sizes.join(', ') : `${first} to ${sizes.at(-1)} in steps of ${second - first}`;
    return [String(cpu), String(cpu / 1024), all];
  });
  return markdownTable(['CPU units', 'vCPU', 'memory in MiB'], rows);
}
