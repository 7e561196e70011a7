export { CHECKS } from './checks';
export { publicEntries } from './public';
export { type Protection, statefulResources } from './stateful';
