export { type DependencyHealth, Health, type HealthOptions, type HealthReport } from './health';
export { Liveness, type LivenessOptions, type LivenessReport } from './liveness';
