import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PRICE_BOOK } from '../../analysis/cost';
import {
  objectivesIn,
  type RehearsalModel,
  type RehearsalObjectives,
  readObjectives,
  readServices,
} from '../../analysis/rehearsal';
import type { Assembly } from '../../analysis/template';
import type { PlatformConfig } from '../../lib/config';
import { assemblyAt } from '../shared/assembly-at';
import { UsageError } from '../shared/errors';
import { environmentsNamed, synthesize } from '../shared/synthesis';
import type { RehearseOptions } from './options';

/** The service that is rehearsed. */
export interface Subject {
  readonly title: string;
  readonly model: RehearsalModel;
  readonly objectives: RehearsalObjectives;
  readonly taskCapacityRps: number;
  readonly capacityFrom: string;
  readonly taskHourUsd: number | undefined;
  /** The environment's configuration; unknown for other assemblies. */
  readonly config: PlatformConfig | undefined;
}

const DEFAULT_ENVIRONMENT = 'production';

/** Requests per second of one task when nobody says anything. */
const ASSUMED_CAPACITY_RPS = 50;

/** What is known of the tasks beside the template. */
type TaskFacts = Pick<Subject, 'taskCapacityRps' | 'capacityFrom' | 'config'>;

/** An assembly and what it promises. */
export interface Rehearsed {
  readonly assembly: Assembly;
  readonly objectives: RehearsalObjectives;
}

/** The assembly that the flags name, or the platform's environment, synthesized now. */
export function rehearsedAssembly(options: RehearseOptions): Rehearsed {
  if (options.assembly !== undefined) {
    return withObjectives(assemblyAt(options.assembly, '--assembly'), options.environment, options);
  }
  const directory = mkdtempSync(path.join(tmpdir(), 'headroom-rehearse-'));
  try {
    const name = options.environment ?? DEFAULT_ENVIRONMENT;
    const environments = environmentsNamed([name]);
    process.stderr.write(`synthesizing ${name} …\n`);
    return withObjectives(synthesize(environments, directory).assembly, name, options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The environment's part of an assembly with its objectives, which are read while the templates are there. */
export function withObjectives(
  whole: Assembly,
  environment: string | undefined,
  { objectives }: RehearseOptions,
): Rehearsed {
  const assembly = environment === undefined ? whole : whole.stage(environment);
  const files = [...new Set(assembly.stacks.map(({ file }) => file))];
  return { assembly, objectives: objectives === undefined ? objectivesIn(files) : readObjectives(objectives) };
}

/** The configuration behind the assembly, where it is the platform's. */
export function configOf({ assembly, environment }: RehearseOptions): PlatformConfig | undefined {
  return assembly === undefined ? environmentsNamed([environment ?? DEFAULT_ENVIRONMENT])[0] : undefined;
}

function factsOf(options: RehearseOptions): TaskFacts {
  const config = configOf(options);
  if (options.capacity !== undefined) return { taskCapacityRps: options.capacity, capacityFrom: '--capacity', config };
  if (config === undefined) {
    return { taskCapacityRps: ASSUMED_CAPACITY_RPS, capacityFrom: 'an assumption; give --capacity', config };
  }
  const capacityFrom = "the environment's `scaling.capacityPerTask`";
  return { taskCapacityRps: config.scaling.capacityPerTask, capacityFrom, config };
}

/** The service that the flags name. */
export function subjectIn({ assembly, objectives }: Rehearsed, options: RehearseOptions): Subject {
  const facts = factsOf(options);
  const models = readServices(assembly, facts.taskCapacityRps);
  const wanted = options.service?.toLowerCase();
  const found = wanted === undefined ? models : models.filter(({ name }) => name.toLowerCase().includes(wanted));
  const [model] = found;
  if (model === undefined) {
    throw new UsageError(
      `--service must name one of ${models.map(({ name }) => name).join(', ')}, got ${options.service}`,
    );
  }
  const { max } = options;
  return {
    ...facts,
    title: model.name,
    model: max === undefined ? model : { ...model, scaling: { ...model.scaling, maxCapacity: max } },
    objectives,
    taskHourUsd: taskHourUsd(model),
  };
}

/** What a task costs for an hour on demand, by the price book. */
function taskHourUsd({ taskCpuUnits, taskMemoryMiB, arm, region = 'us-east-1' }: RehearsalModel): number | undefined {
  const architecture = arm ? 'arm' : 'x86';
  const vcpu = PRICE_BOOK.firstUnit(`fargate.vcpu.${architecture}`, region);
  const gb = PRICE_BOOK.firstUnit(`fargate.gb.${architecture}`, region);
  if (vcpu === undefined || gb === undefined || taskCpuUnits === undefined || taskMemoryMiB === undefined)
    return undefined;
  return (taskCpuUnits / 1024) * vcpu + (taskMemoryMiB / 1024) * gb;
}
