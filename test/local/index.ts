export { DataTier, type DataTierOptions, startDataTier } from './data-tier';
export { FaultProxy } from './fault-proxy';
export { LoadBalancer } from './load-balancer';
export { Pooler } from './pooler';
export { freePort } from './ports';
export { type TargetGroup, targetGroupOf } from './target-group';
