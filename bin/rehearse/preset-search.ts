import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { type ComparisonRow, type Contender, readServices } from '../../analysis/rehearsal';
import { loadAssembly } from '../../analysis/template';
import type { PlatformConfig } from '../../lib/config';
import { policyProblems } from '../../lib/constructs/scaling/policy-problems';
import type { ScalingPolicies, Tracker } from '../../lib/constructs/scaling/scaling-policies';
import { SCALING_PRESETS } from '../../lib/constructs/scaling/scaling-presets';
import { createPlatformApp } from '../platform-app';

/** What may be searched over; the required triggers and their thresholds stay. */
type Searched = Pick<ScalingPolicies, 'in' | 'trackers' | 'bursts'>;

/** Policies of an environment with other numbers, as they would be written into its configuration. */
export interface PresetCandidate {
  readonly name: string;
  readonly searched: Searched;
  readonly minTasks: number;
}

/** Shares of the capacity that the request rate is kept below, in percent; 60 leaves no reserve beside the CPU tracker's. */
const REQUEST_TARGETS = [20, 25, 30, 40, 60];
const CPU_TARGETS = [50, 65];
const MORE_TASKS = [0, 1];
/** What the reserve of a tracker can be on two tasks without its removing what it has just added: 3 tasks are half more. */
const ROOM = 1.5;
/** A reserve of so many times the load or fewer lies at or above the required bound of 40 % and says nothing. */
const LEAST_RESERVE = 2.5;

/** Every combination that the configuration would accept. */
export function presetCandidates({ scaling, service }: PlatformConfig): PresetCandidate[] {
  return REQUEST_TARGETS.flatMap((requests) =>
    CPU_TARGETS.flatMap((cpu) =>
      [[], SCALING_PRESETS.responsive.bursts].flatMap((bursts) =>
        MORE_TASKS.map((more) => {
          const minTasks = service.minTasks + more;
          const name = `requests ${requests} % · CPU ${cpu} % · ${bursts.length > 0 ? 'burst' : 'no burst'} · from ${minTasks} tasks`;
          return {
            name,
            minTasks,
            searched: { in: withReserve(scaling.in, requests), trackers: trackers(requests, cpu), bursts },
          };
        }),
      ),
    ),
  ).filter(
    ({ searched, minTasks }) =>
      policyProblems({ ...scaling, ...searched }, { minTasks, maxTasks: service.maxTasks }).length === 0,
  );
}

function withReserve(condition: ScalingPolicies['in'], requests: number): ScalingPolicies['in'] {
  const reserve = (100 * ROOM) / requests;
  const { reserve: _none, ...bounds } = condition;
  return reserve <= LEAST_RESERVE ? bounds : { ...condition, reserve };
}

function trackers(requests: number, cpu: number): Tracker[] {
  const [, memory] = SCALING_PRESETS.responsive.trackers;
  return [
    { metric: 'cpuPercent', target: cpu, cooldown: Duration.seconds(30) },
    memory,
    { metric: 'capacityPercent', target: requests, cooldown: Duration.minutes(3) },
  ];
}

/** What the constructs make of a candidate, read from the template that it is synthesized to. */
export function contenderOf(candidate: PresetCandidate, config: PlatformConfig): Contender {
  const { name, searched, minTasks } = candidate;
  const outdir = mkdtempSync(path.join(tmpdir(), 'headroom-tune-'));
  const before = process.env['CDK_VALIDATION'];
  // Only the numbers of policies differ from what was validated before.
  process.env['CDK_VALIDATION'] = 'false';
  try {
    const environment = {
      ...config,
      scaling: { ...config.scaling, ...searched },
      service: { ...config.service, minTasks },
    };
    createPlatformApp({ environments: [environment], outdir }).synth();
    const [model] = readServices(loadAssembly(outdir).stage(config.name), config.scaling.capacityPerTask);
    if (model === undefined) throw new RangeError(`${config.name} has no service that scales`);
    const { policies, schedules, minCapacity } = model.scaling;
    return { name, policies, schedules, minCapacity };
  } finally {
    if (before === undefined) delete process.env['CDK_VALIDATION'];
    else process.env['CDK_VALIDATION'] = before;
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** What is better than the policies there are: fewest bad minutes, and of those the fewest task-hours. */
export function proposalOf(rows: readonly ComparisonRow[], present: string): ComparisonRow | undefined {
  const [best] = [...rows].sort((a, b) => a.badMinutes - b.badMinutes || a.taskHours - b.taskHours);
  return best?.contender === present ? undefined : best;
}

/** A candidate as the settings of `lib/config/<environment>.ts` that it takes, ready to be pasted. */
export function presetSource({ searched, minTasks }: PresetCandidate, { scaling, service }: PlatformConfig): string {
  const preset: Readonly<Record<string, unknown>> = SCALING_PRESETS.responsive;
  const fields = Object.entries({ ...scaling, ...searched })
    .filter(([key, value]) => sourceOf(value) !== sourceOf(preset[key]))
    .map(([key, value]) => `  ${key}: ${sourceOf(value)},`);
  return [
    ...(minTasks === service.minTasks ? [] : [`// and in \`service\`: minTasks: ${minTasks},`]),
    'scaling: {',
    '  ...SCALING_PRESETS.responsive,',
    ...fields,
    '},',
  ].join('\n');
}

function sourceOf(value: unknown): string {
  if (value instanceof Duration) return `Duration.seconds(${value.toSeconds()})`;
  if (Array.isArray(value)) return `[${value.map(sourceOf).join(', ')}]`;
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{ ${fields.map(([key, inner]) => `${key}: ${sourceOf(inner)}`).join(', ')} }`;
}
