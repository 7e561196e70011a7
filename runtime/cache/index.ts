export type { CacheConnection, CacheConnectionOptions } from './connection';
export type { EncryptionKeys } from './encryption';
export type { CacheablePolicy, CachePolicies, CachePolicy, UncacheablePolicy } from './policy';
export * from './types';
