import { readFileSync } from 'node:fs';

/** What an environment promises, as the part of it that a rehearsal can judge. */
export interface RehearsalObjectives {
  /** 95 % of the requests of every five minutes are answered within this. */
  readonly latencyP95Ms: number;
  /** Share of requests that are answered, 0 to 1. */
  readonly availability: number;
  readonly requestsPerHour: number;
  /** Highest minute of a normal day against its mean. */
  readonly peakToMean: number;
  readonly spikeFactor: number;
  readonly growthFactor: number;
  readonly concurrentUsers: number;
  readonly stressUsers: number;
  /** Share of lookups the cache answers, 0 to 1. */
  readonly cacheHitRatioFrequent: number;
}

/** Key of the objectives in the `Metadata` of a synthesized template. */
const OBJECTIVES_KEY = 'Headroom::Objectives';

/** Objectives of a template that states none. */
export const DEFAULT_OBJECTIVES: RehearsalObjectives = {
  latencyP95Ms: 200,
  availability: 0.999,
  requestsPerHour: 100_000,
  peakToMean: 3,
  spikeFactor: 5,
  growthFactor: 10,
  concurrentUsers: 1000,
  stressUsers: 2000,
  cacheHitRatioFrequent: 0.9,
};

/** Objectives that cannot be used; the message names the source, the objective and the value. */
export class ObjectivesError extends Error {
  public override readonly name = 'ObjectivesError';
}

/**
 * Completes stated objectives with the defaults.
 *
 * @throws {ObjectivesError} naming every objective that is no positive number
 */
export function objectivesFrom(source: string, stated: unknown): RehearsalObjectives {
  if (typeof stated !== 'object' || stated === null || Array.isArray(stated)) {
    throw new ObjectivesError(`${source}: objectives are a map of names to numbers`);
  }
  const given: Readonly<Record<string, unknown>> = { ...stated };
  const names = Object.keys(DEFAULT_OBJECTIVES) as (keyof RehearsalObjectives)[];
  const wrong = names.filter(
    (name) => given[name] !== undefined && !(typeof given[name] === 'number' && given[name] > 0),
  );
  if (wrong.length > 0) {
    const list = wrong.map((name) => `\`${name}\` must be a positive number, got ${JSON.stringify(given[name])}`);
    throw new ObjectivesError(`${source}: ${list.join('; ')}`);
  }
  const entries = names.map((name) => [name, given[name] ?? DEFAULT_OBJECTIVES[name]]);
  return Object.fromEntries(entries) as RehearsalObjectives & Record<string, number>;
}

/** Reads objectives from a JSON file. */
export function readObjectives(file: string): RehearsalObjectives {
  try {
    return objectivesFrom(file, JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof ObjectivesError) throw error;
    throw new ObjectivesError(`cannot read the objectives ${file}`, { cause: error });
  }
}

/** The objectives that the first of these template files states, or the defaults. */
export function objectivesIn(files: readonly string[]): RehearsalObjectives {
  for (const file of files) {
    const template: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const metadata =
      typeof template === 'object' && template !== null && 'Metadata' in template ? template.Metadata : {};
    const stated =
      typeof metadata === 'object' && metadata !== null && OBJECTIVES_KEY in metadata
        ? metadata[OBJECTIVES_KEY]
        : undefined;
    if (stated !== undefined) return objectivesFrom(file, stated);
  }
  return DEFAULT_OBJECTIVES;
}
