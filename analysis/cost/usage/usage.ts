import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Assembly, Resource } from '../../template';
import { CostInputError } from '../cost-input-error';
import type { GivenOrigin, Range } from '../quantity';
import { DEFAULT_TRAFFIC, type Traffic, trafficOf } from './traffic';

/** A month's figure, its spread, or a cycle of hourly figures (a day, a week) that repeats over the month. */
export type UsageValue = number | Range | readonly number[];

/** Measured or simulated usage, in the form that a usage file has. */
export interface Usage {
  /** Where it comes from, for error messages and reports. */
  readonly source: string;
  readonly traffic: Traffic;
  /** Which figures of `traffic` were given; the others are assumed. */
  readonly given: ReadonlySet<string>;
  /** By address, construct path, logical id or CloudFormation type: figures by input name. */
  readonly resources: Readonly<Record<string, Readonly<Record<string, UsageValue>>>>;
  /** Addresses of `resources` whose figures a rehearsal gave; the figures of all others were measured or chosen. */
  readonly rehearsed: ReadonlySet<string>;
}

/** No usage given: everything is template or assumption. */
export const NO_USAGE: Usage = {
  source: 'assumptions',
  traffic: DEFAULT_TRAFFIC,
  given: new Set(),
  resources: {},
  rehearsed: new Set(),
};

/** Inputs that a rule understands, by CloudFormation type. */
export type KnownInputs = (type: string) => Readonly<Record<string, { readonly series?: boolean }>>;

/**
 * Reads a usage file, YAML or JSON: `{ traffic: { requests: 1e8 }, resources: { <resource>: { <input>: <figure> } } }`.
 *
 * @throws CostInputError that lists every problem of the file
 */
export function readUsage(file: string): Usage {
  if (!existsSync(file)) throw new CostInputError(`usage file ${file} does not exist`);
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CostInputError(`usage file ${file} is neither YAML nor JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return usageFrom(content, `usage file ${file}`);
}

/** Checks `content`, the parsed form of a usage file. */
export function usageFrom(content: unknown, source: string): Usage {
  if (!isRecord(content)) throw new CostInputError(`${source} must be a map with \`traffic\` and \`resources\``);
  const problems = Object.keys(content)
    .filter((key) => key !== 'traffic' && key !== 'resources')
    .map((key) => `\`${key}\` is not known: use \`traffic\` and \`resources\``);
  const resources: Record<string, Record<string, UsageValue>> = {};
  for (const [selector, inputs] of Object.entries(isRecord(content['resources']) ? content['resources'] : {})) {
    const accepted: Record<string, UsageValue> = {};
    resources[selector] = accepted;
    for (const [name, value] of Object.entries(isRecord(inputs) ? inputs : {})) {
      const parsed = usageValue(value);
      if (parsed === undefined) problems.push(`\`${selector}.${name}\` ${VALUE_RULE}, got ${JSON.stringify(value)}`);
      else accepted[name] = parsed;
    }
  }
  if (problems.length > 0) throw new CostInputError(`${source}:\n${problems.map((text) => `  - ${text}`).join('\n')}`);
  const traffic = isRecord(content['traffic']) ? content['traffic'] : {};
  return {
    source,
    traffic: trafficOf(traffic, source),
    given: new Set(Object.keys(traffic)),
    resources,
    rehearsed: new Set(),
  };
}

/**
 * Refuses usage for resources that do not exist and inputs that their rule does not know.
 *
 * @throws CostInputError that lists every problem
 */
export function assertUsageFits(usage: Usage, assembly: Assembly, inputsOf: KnownInputs): void {
  const problems = Object.entries(usage.resources).flatMap(([selector, inputs]) => {
    const matched = assembly.resources.filter((resource) => selects(selector, resource));
    const [first] = matched;
    if (first === undefined) {
      return [
        `\`${selector}\` matches no resource of ${assembly.source}: give an address, construct path, logical id or type`,
      ];
    }
    const known = inputsOf(first.type);
    return Object.entries(inputs).flatMap(([name, value]) => {
      const input = known[name];
      if (input === undefined)
        return [`\`${selector}.${name}\` is not known for ${first.type}: ${listed(Object.keys(known))}`];
      return Array.isArray(value) && input.series !== true
        ? [`\`${selector}.${name}\` takes one figure, not a list`]
        : [];
    });
  });
  if (problems.length > 0) {
    throw new CostInputError(`${usage.source}:\n${problems.map((text) => `  - ${text}`).join('\n')}`);
  }
}

/** A figure that was given, and by what. */
export interface GivenFigure {
  readonly value: UsageValue;
  readonly origin: GivenOrigin;
}

/** The figure given for an input of `resource`: what was measured before what was rehearsed, then the most precise selector. */
export function usageOf(usage: Usage, resource: Resource, input: string): GivenFigure | undefined {
  const figures = selectorsOf(resource).flatMap((selector): GivenFigure[] => {
    const value = usage.resources[selector]?.[input];
    return value === undefined ? [] : [{ value, origin: usage.rehearsed.has(selector) ? 'rehearsal' : 'usage' }];
  });
  return figures.find(({ origin }) => origin === 'usage') ?? figures[0];
}

const VALUE_RULE =
  'must be a number of at least 0, { low, expected, high } in ascending order, or a list of hourly numbers';

function usageValue(value: unknown): UsageValue | undefined {
  if (isAmount(value)) return value;
  if (Array.isArray(value)) return value.length > 0 && value.every(isAmount) ? value : undefined;
  if (!isRecord(value)) return undefined;
  const { low, expected, high } = value;
  if (!isAmount(low) || !isAmount(expected) || !isAmount(high)) return undefined;
  return low <= expected && expected <= high ? { low, expected, high } : undefined;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function selects(selector: string, resource: Resource): boolean {
  return selectorsOf(resource).includes(selector);
}

/** What names `resource` in a usage file, the most precise first. */
export function selectorsOf({ address, path, logicalId, type }: Resource): readonly string[] {
  return [address, ...(path === undefined ? [] : [path]), logicalId, type];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'it takes no usage' : `use ${names.join(', ')}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
