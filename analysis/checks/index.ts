export { CHECKS } from './checks';
export { publicEntries } from './public';
export { copyVaults, recoveries } from './recoverable';
export { type Protection, statefulResources } from './stateful';
