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
export type { Credentials, DatabaseOptions, PoolOptions } from './options';
export type { DatabaseStatistics, PoolStatistics, ServerStatistics } from './statistics';
