export { CacheServer } from './cache-server';
export { DataTier, type DataTierOptions, startDataTier } from './data-tier';
export { FaultProxy, type Faults } from './fault-proxy';
export { LoadBalancer, type LoadBalancerOptions, type TargetState } from './load-balancer';
export { Pooler } from './pooler';
export { freePort } from './ports';
export { PostgresServer } from './postgres-server';
export { type TargetGroup, targetGroupOf } from './target-group';
