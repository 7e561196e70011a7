import path from 'node:path';
import { type Assembly, loadAssembly } from '../../analysis/template';
import { assemblyAt } from '../shared/assembly-at';
import { UsageError } from '../shared/errors';
import { environmentsNamed, synthesize } from '../shared/synthesis';
import type { ReviewOptions } from './options';

/** The two assemblies that are compared. */
export interface Sides {
  readonly base: Assembly;
  readonly head: Assembly;
  /** What they are called in the report. */
  readonly names: { readonly base: string; readonly head: string };
}

/** One environment of both sides; `undefined` on the side that does not have it. */
export interface Pair {
  readonly name: string;
  readonly before: Assembly | undefined;
  readonly after: Assembly | undefined;
}

/** Stands for the account of stacks that may go to any, so that names with it in them can be compared. */
const ANY_ACCOUNT = '<account>';

/** What the stack of a bare template is called, so that two of them belong together whatever their files are called. */
const BARE = 'Template';

/**
 * Reads both sides; what has to be synthesized goes to `directory` and is there as long as that is.
 *
 * @throws UsageError when one of them is no assembly, or has no resources
 */
export function sidesOf({ base, assembly, environment, region }: ReviewOptions, directory: string): Sides {
  const options = { account: ANY_ACCOUNT, stackName: BARE, ...(region !== undefined && { region }) };
  const at = (source: string, flag: string): Assembly =>
    withResources(assemblyAt(source, flag, { ...options, keepIn: path.join(directory, flag) }), flag);
  // The cheaper side first, so that a flag that cannot work is refused before anything is synthesized.
  const before = at(base, '--base');
  if (assembly !== undefined)
    return { base: before, head: at(assembly, '--assembly'), names: { base, head: assembly } };
  const environments = environmentsNamed(environment === undefined ? [] : [environment.toLowerCase()]);
  process.stderr.write('synthesizing the working tree …\n');
  const { assembly: head } = synthesize(environments, path.join(directory, 'head'));
  return { base: before, head: loadAssembly(head.source, options), names: { base, head: 'the working tree' } };
}

/**
 * The environments of both sides; of assemblies without any, the whole.
 *
 * @throws UsageError when neither side has the environment that is named
 */
export function pairsOf({ base, head }: Sides, environment: string | undefined): readonly Pair[] {
  const names = [...new Set([...head.stages, ...base.stages])];
  if (environment === undefined && names.length === 0) return [{ name: '', before: base, after: head }];
  const wanted = environment === undefined ? names : names.filter((name) => isSame(name, environment));
  if (wanted.length === 0) {
    const known = names.length === 0 ? 'neither side has any' : `there are ${names.join(', ')}`;
    throw new UsageError(`--environment ${environment}: ${known}`);
  }
  return wanted.map((name) => ({ name, before: stageOf(base, name), after: stageOf(head, name) }));
}

/** Stacks that stand in no environment although others do: nobody compares them. */
export function leftOut({ base, head }: Sides): readonly string[] {
  if (base.stages.length + head.stages.length === 0) return [];
  const homeless = [...base.stacks, ...head.stacks].filter(({ stages }) => stages.length === 0);
  const names = [...new Set(homeless.map(({ displayName }) => displayName))];
  return names.length === 0 ? [] : [`not compared, because they are in no stage: ${names.join(', ')}`];
}

function stageOf(assembly: Assembly, name: string): Assembly | undefined {
  return assembly.stages.some((stage) => isSame(stage, name)) ? assembly.stage(name) : undefined;
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function withResources(assembly: Assembly, flag: string): Assembly {
  if (assembly.resources.length > 0) return assembly;
  throw new UsageError(
    `${flag}: ${assembly.source} has no stack with resources; give a cdk.out directory, a template or a git ref`,
  );
}
