import { fullDiff } from '@aws-cdk/cloudformation-diff';
import { type Assembly, type Stack, withoutStages } from '../template';
import { type AccessChanges, accessChanges } from './access-changes';
import { type PlainTemplate, plainTemplate } from './plain-template';
import { type ResourceChange, resourceChanges } from './resource-changes';

/** What a change does to one stack. */
export interface StackChange {
  /** Name without the stages: `Data`. */
  readonly name: string;
  readonly before: Stack | undefined;
  readonly after: Stack | undefined;
  readonly resources: readonly ResourceChange[];
  readonly access: AccessChanges;
}

const NOTHING: PlainTemplate = { Resources: {} };

/**
 * Compares two assemblies, or one stage of two, stack by stack. Stacks belong together by their names and
 * regions. Those that are the same are left out.
 */
export function stackChanges(before: Assembly | undefined, after: Assembly | undefined): readonly StackChange[] {
  return paired(before?.stacks ?? [], after?.stacks ?? []).flatMap(([old, now]) => {
    const diff = fullDiff(old ? plainTemplate(old) : NOTHING, now ? plainTemplate(now) : NOTHING);
    const resources = resourceChanges(old, now, diff);
    if (resources.length === 0) return [];
    return [{ name: nameOf(now ?? old), before: old, after: now, resources, access: accessChanges(diff) }];
  });
}

type Pair = readonly [before: Stack | undefined, after: Stack | undefined];

function paired(before: readonly Stack[], after: readonly Stack[]): readonly Pair[] {
  const old = new Map(before.map((stack) => [identity(stack), stack]));
  const known = new Set(after.map(identity));
  return [
    ...after.map((stack): Pair => [old.get(identity(stack)), stack]),
    ...before.filter((stack) => !known.has(identity(stack))).map((stack): Pair => [stack, undefined]),
  ];
}

const identity = ({ displayName, region }: Stack): string => `${displayName} ${region ?? ''}`;

function nameOf(stack: Stack | undefined): string {
  return stack === undefined ? '' : withoutStages(stack.displayName, stack.stages);
}
