/**
 * What changes between two assemblies: normalized templates for people, resources and access as data for programs.
 *
 * ```ts
 * for (const { name, resources } of stackChanges(loadAssembly('before/cdk.out'), loadAssembly('cdk.out'))) {
 *   const lost = resources.filter(({ kind }) => kind === 'replaced' || kind === 'removed');
 * }
 * ```
 */
export type { Grant, Opening } from './access-changes';
export { leafChanges, type PropertyChange, shown, shownChange } from './leaf-changes';
export { maskHashes } from './normalize-template';
export { plainId, UNRESOLVED } from './plain-template';
export type { ResourceChange } from './resource-changes';
export { type StackChange, stackChanges } from './stack-changes';
