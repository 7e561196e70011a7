export { CacheServer } from './cache-server';
export { DataTier, type DataTierOptions, startDataTier } from './data-tier';
export { freePort } from './ports';
export { PostgresServer } from './postgres-server';
