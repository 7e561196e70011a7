export { type Access, AccessRecorder, type AccessRecorderOptions } from './access-recorder';
export { type AdviceOptions, adviseTtls, type TtlAdvice, type TtlOutcome, type Verdict } from './advise-ttls';
export { createCache } from './cache';
export {
  type CacheClient,
  type CacheConnection,
  type CacheConnectionOptions,
  type CacheCredentials,
  CacheUnavailableError,
  connectCache,
} from './connection';
export type { EncryptionKeys } from './encryption';
export { type AwsCredentials, type ElastiCacheIamOptions, elastiCacheCredentials, elastiCacheToken } from './iam-token';
export {
  type CacheablePolicy,
  type CachePolicies,
  type CachePolicy,
  CachePolicyError,
  type UncacheablePolicy,
} from './policy';
export { type PopularKey, popularKeys, takeWarmHits } from './popular-keys';
export { Popularity } from './popularity';
export { type CachedQuery, QueryCache, type QueryCacheOptions, type RunQuery, tableTag } from './query-cache';
export * from './types';
export { type PendingWrite, WriteBehind, type WriteBehindOptions } from './write-behind';
