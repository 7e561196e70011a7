import type { ResourceChange } from '../diff';
import type { EnvironmentChange } from './environment-change';
import { type Observation, type Rule, SECTIONS, SEVERITIES, type Severity } from './rule';
import { RULES } from './rules';

/** One thing that one rule found, in every environment where it is the same. */
export interface Line extends Observation {
  readonly rule: Rule;
  readonly environments: readonly string[];
}

/** How many resources of a stack a change touches, by what happens to them. */
export interface StackCounts {
  readonly environment: string;
  readonly stack: string;
  readonly counts: Readonly<Record<ResourceChange['kind'], number>>;
}

/** What a change does, the worst first. */
export interface Review {
  readonly base: string;
  readonly head: string;
  /** Ranked by severity, then in the order of the rules. */
  readonly lines: readonly Line[];
  readonly environments: readonly EnvironmentChange[];
  readonly stacks: readonly StackCounts[];
  /** What could not be judged, and why. */
  readonly remarks: readonly string[];
}

/** Lets every rule look at every environment and ranks what they find. */
export function reviewOf(
  given: Pick<Review, 'base' | 'head' | 'remarks'>,
  environments: readonly EnvironmentChange[],
): Review {
  const found = environments.flatMap((change) =>
    RULES.flatMap((rule) =>
      rule.find(change).map((observation): Line => ({ ...observation, rule, environments: [change.name] })),
    ),
  );
  const remarks = [...given.remarks, ...environments.flatMap((change) => change.remarks)];
  return { ...given, remarks, environments, lines: ranked(merged(found)), stacks: environments.flatMap(countsOf) };
}

/** Whether the templates of both sides say the same. */
export function isUnchanged({ environments, lines }: Review): boolean {
  return lines.length === 0 && environments.every(({ stacks }) => stacks.length === 0);
}

/** How many lines there are of each severity. */
export function severityCounts({ lines }: Review): Readonly<Record<Severity, number>> {
  const of = (severity: Severity) => lines.filter(({ rule }) => rule.severity === severity).length;
  return { danger: of('danger'), warning: of('warning'), note: of('note') };
}

function merged(lines: readonly Line[]): Line[] {
  const known = new Map<string, Line>();
  for (const line of lines) {
    const { rule, at, what, from, to, detail } = line;
    const key = JSON.stringify([rule.id, at, what, from, to, detail]);
    const same = known.get(key);
    const environments = [...new Set([...(same?.environments ?? []), ...line.environments])];
    known.set(key, { ...line, environments });
  }
  return [...known.values()];
}

function ranked(lines: readonly Line[]): Line[] {
  const rank = ({ rule }: Line): number =>
    SEVERITIES.indexOf(rule.severity) * 1000 + SECTIONS.indexOf(rule.section) * 100 + RULES.indexOf(rule);
  return [...lines].sort((a, b) => rank(a) - rank(b));
}

function countsOf({ name, stacks }: EnvironmentChange): StackCounts[] {
  return stacks.map(({ name: stack, resources }) => {
    const of = (kind: ResourceChange['kind']) => resources.filter((change) => change.kind === kind).length;
    const counts = {
      added: of('added'),
      changed: of('changed'),
      replaced: of('replaced'),
      'may-replace': of('may-replace'),
      removed: of('removed'),
      renewed: of('renewed'),
    };
    return { environment: name, stack, counts };
  });
}
