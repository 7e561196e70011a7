import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { CostInputError } from '../cost-input-error';

/** How much of their size tasks use, each a share of 0 to 1. What is not known is left out and not made smaller. */
export interface TaskLoad {
  /** CPU that is not passed in 95 % of the time. */
  readonly cpuP95?: number;
  /** The most memory ever used: one byte too few ends a task. */
  readonly memoryMax?: number;
  /** `utilisation.yaml`: what measured it. */
  readonly source: string;
}

/** Loads by address, construct path, logical id or type of the service. */
export type Utilisation = Readonly<Record<string, TaskLoad>>;

const FIGURES = ['cpuP95', 'memoryMax'] as const;

/**
 * Reads a file of loads, YAML or JSON: `{ <service>: { cpuP95: 0.3, memoryMax: 0.5 } }`.
 *
 * @throws CostInputError that lists every problem of the file
 */
export function readUtilisation(file: string): Utilisation {
  if (!existsSync(file)) throw new CostInputError(`utilisation file ${file} does not exist`);
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CostInputError(`utilisation file ${file} is neither YAML nor JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new CostInputError(`utilisation file ${file} must be a map from services to \`cpuP95\` and \`memoryMax\``);
  }
  const problems = Object.entries(content).flatMap(([service, load]) => problemsOf(service, load));
  if (problems.length > 0) {
    throw new CostInputError(`utilisation file ${file}:\n${problems.map((text) => `  - ${text}`).join('\n')}`);
  }
  return Object.fromEntries(
    Object.entries(content as Record<string, object>).map(([service, load]) => [service, { ...load, source: file }]),
  );
}

function problemsOf(service: string, load: unknown): readonly string[] {
  const figures = Object.entries(typeof load === 'object' && load !== null ? load : {});
  if (figures.length === 0) return [`\`${service}\` must have \`cpuP95\` or \`memoryMax\``];
  return figures.flatMap(([name, value]) => {
    if (!FIGURES.some((known) => known === name))
      return [`\`${service}.${name}\` is not known: use ${FIGURES.join(', ')}`];
    const isShare = typeof value === 'number' && value >= 0 && value <= 1;
    return isShare ? [] : [`\`${service}.${name}\` must be a share between 0 and 1, got ${JSON.stringify(value)}`];
  });
}
