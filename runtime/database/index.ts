export { BatchLoader, type BatchLoaderOptions } from './batch-loader';
export type { CircuitState } from './circuit-breaker';
export { createDatabase } from './create-database';
export type {
  Database,
  DatabaseSession,
  QueryResult,
  ReadOptions,
  ReadToken,
  Row,
  ServerAddress,
  StatementOptions,
  StatementRunner,
  Transaction,
  TransactionOptions,
  TransactionResult,
  WriteResult,
} from './database';
export * from './errors';
export {
  type KeysetColumn,
  type KeysetOptions,
  type KeysetPage,
  keysetCursor,
  keysetPage,
  keysetResult,
} from './keyset-page';
export type { Credentials, DatabaseOptions, PoolOptions } from './options';
export { type PinningReason, pinningReasons } from './pinning';
export { type PoolSizeInputs, poolSize } from './pool-size';
export { laterToken } from './read-token';
export type { DatabaseStatistics, PoolStatistics, ServerStatistics } from './statistics';
