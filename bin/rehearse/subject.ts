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

/** Requests per second of one task when nobody says anything. */
const ASSUMED_CAPACITY_RPS = 50;

/** What is known of the tasks beside the template. */
type TaskFacts = Pick<Subject, 'taskCapacityRps' | 'capacityFrom' | 'config'>;

/** Reads the service that the flags name. */
export function subjectOf(options: RehearseOptions): Subject {
  const facts = factsOf(options);
  if (options.assembly !== undefined) return read(assemblyAt(options.assembly, '--assembly'), options, facts);
  const directory = mkdtempSync(path.join(tmpdir(), 'headroom-rehearse-'));
  try {
    const environments = environmentsNamed([options.environment ?? 'production']);
    process.stderr.write(`synthesizing ${environments.map(({ name }) => name).join(', ')} …\n`);
    const named = { ...options, environment: options.environment ?? 'production' };
    return read(synthesize(environments, directory).assembly, named, facts);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The service that the flags name, in an assembly that is there already. */
export function subjectIn(assembly: Assembly, options: RehearseOptions): Subject {
  return read(assembly, options, factsOf(options));
}

function factsOf({ capacity, assembly, environment }: RehearseOptions): TaskFacts {
  const [config] = assembly === undefined ? environmentsNamed([environment ?? 'production']) : [];
  if (capacity !== undefined) return { taskCapacityRps: capacity, capacityFrom: '--capacity', config };
  if (config === undefined) {
    return { taskCapacityRps: ASSUMED_CAPACITY_RPS, capacityFrom: 'an assumption; give --capacity', config };
  }
  const capacityFrom = "the environment's `scaling.capacityPerTask`";
  return { taskCapacityRps: config.scaling.capacityPerTask, capacityFrom, config };
}

function read(whole: Assembly, options: RehearseOptions, facts: TaskFacts): Subject {
  const assembly = options.environment === undefined ? whole : whole.stage(options.environment);
  const models = readServices(assembly, facts.taskCapacityRps);
  const wanted = options.service?.toLowerCase();
  const found = wanted === undefined ? models : models.filter(({ name }) => name.toLowerCase().includes(wanted));
  const [model] = found;
  if (model === undefined) {
    throw new UsageError(
      `--service must name one of ${models.map(({ name }) => name).join(', ')}, got ${options.service}`,
    );
  }
  const objectives =
    options.objectives === undefined
      ? objectivesIn([...new Set(assembly.stacks.map(({ file }) => file))])
      : readObjectives(options.objectives);
  const bounded =
    options.max === undefined ? model : { ...model, scaling: { ...model.scaling, maxCapacity: options.max } };
  return { ...facts, title: model.name, model: bounded, objectives, taskHourUsd: taskHourUsd(model) };
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
