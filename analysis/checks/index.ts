export type { Check, Finding } from './check';
export { CHECKS } from './checks';
export { type PublicEntry, publicEntries } from './public';
export { type Protection, statefulResources } from './stateful';
