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
}

/** Requests per second of one task when nobody says anything. */
const ASSUMED_CAPACITY_RPS = 50;

/** Reads the service that the flags name. */
export function subjectOf(options: RehearseOptions): Subject {
  const { rps, from } = capacityOf(options);
  if (options.assembly !== undefined) return read(assemblyAt(options.assembly, '--assembly'), options, rps, from);
  const directory = mkdtempSync(path.join(tmpdir(), 'headroom-rehearse-'));
  try {
    const environments = environmentsNamed([options.environment ?? 'production']);
    process.stderr.write(`synthesizing ${environments.map(({ name }) => name).join(', ')} …\n`);
    const named = { ...options, environment: options.environment ?? 'production' };
    return read(synthesize(environments, directory).assembly, named, rps, from);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The service that the flags name, in an assembly that is there already. */
export function subjectIn(assembly: Assembly, options: RehearseOptions): Subject {
  const { rps, from } = capacityOf(options);
  return read(assembly, options, rps, from);
}

function capacityOf({ capacity, assembly, environment }: RehearseOptions): {
  readonly rps: number;
  readonly from: string;
} {
  if (capacity !== undefined) return { rps: capacity, from: '--capacity' };
  if (assembly !== undefined) return { rps: ASSUMED_CAPACITY_RPS, from: 'an assumption; give --capacity' };
  const [config] = environmentsNamed([environment ?? 'production']);
  const rps = config?.scaling.capacityPerTask ?? ASSUMED_CAPACITY_RPS;
  return { rps, from: "the environment's `scaling.capacityPerTask`" };
}

function read(whole: Assembly, options: RehearseOptions, rps: number, capacityFrom: string): Subject {
  const assembly = options.environment === undefined ? whole : whole.stage(options.environment);
  const models = readServices(assembly, rps);
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
  return {
    title: model.name,
    model: bounded,
    objectives,
    taskCapacityRps: rps,
    capacityFrom,
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
