import type { Resource } from './model';

/** Names that the CDK gives to a child when there is only one, and that say nothing. */
const GENERATED = new Set(['Resource', 'Default']);

/**
 * Where a resource is, without the stages, so that it is the same in two environments: the construct path without the
 * generated children, `Data/Database/Cluster`; where there is no path, the stack and the logical id.
 */
export function shortPath({ path, logicalId, stack }: Resource): string {
  const { stages, displayName } = stack;
  return path === undefined ? `${withoutStages(displayName, stages)}/${logicalId}` : withoutStages(path, stages);
}

/** A construct path, or the name of a stack, without the stages that it begins with and without generated children. */
export function withoutStages(path: string, stages: readonly string[]): string {
  const parts = path.split('/').slice(stages.length);
  return parts.filter((part) => !GENERATED.has(part)).join('/');
}
