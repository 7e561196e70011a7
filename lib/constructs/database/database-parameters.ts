import type { Duration } from 'aws-cdk-lib';

/** Limits that the database itself holds every session to, unless its role says otherwise. */
export interface DatabaseThresholds {
  /** Statements that take at least this long are logged with their plan; the objective for complex queries. */
  readonly slowQuery: Duration;

  /**
   * Longest time a statement may run.
   *
   * @default Duration.seconds(30)
   */
  readonly statementTimeout?: Duration;

  /**
   * Longest time a statement waits for a lock.
   *
   * @default Duration.seconds(5)
   */
  readonly lockTimeout?: Duration;

  /**
   * Longest time a transaction may do nothing while it holds its locks and its connection.
   *
   * @default Duration.seconds(60)
   */
  readonly idleInTransactionTimeout?: Duration;
}

/** The thresholds in milliseconds, which is what PostgreSQL takes when no unit is written. */
export function thresholdMillis({
  slowQuery,
  statementTimeout,
  lockTimeout,
  idleInTransactionTimeout,
}: DatabaseThresholds): Record<keyof DatabaseThresholds, number> {
  return {
    slowQuery: slowQuery.toMilliseconds(),
    statementTimeout: statementTimeout?.toMilliseconds() ?? 30_000,
    lockTimeout: lockTimeout?.toMilliseconds() ?? 5_000,
    idleInTransactionTimeout: idleInTransactionTimeout?.toMilliseconds() ?? 60_000,
  };
}

/** The cluster's parameters: TLS for everyone, what query analysis reads, and the thresholds. */
export function databaseParameters(
  thresholds: DatabaseThresholds,
  options: { readonly planManagement: boolean },
): Record<string, string> {
  const millis = thresholdMillis(thresholds);
  return {
    'rds.force_ssl': '1',
    // Replaces the default list, so pg_stat_statements must be named again.
    shared_preload_libraries: 'pg_stat_statements,auto_explain',
    'pg_stat_statements.track': 'all',
    'pg_stat_statements.max': '10000',
    track_io_timing: '1',
    log_min_duration_statement: `${millis.slowQuery}`,
    'auto_explain.log_min_duration': `${millis.slowQuery}`,
    'auto_explain.log_format': 'json',
    // Row counts and times of every node would slow down every statement: query insights asks for them one by one.
    'auto_explain.log_analyze': '0',
    log_lock_waits: '1',
    // KiB above which a sort or hash that spilled to disk is logged.
    log_temp_files: '10240',
    statement_timeout: `${millis.statementTimeout}`,
    lock_timeout: `${millis.lockTimeout}`,
    idle_in_transaction_session_timeout: `${millis.idleInTransactionTimeout}`,
    // Plans are captured by hand: automatic capture writes on every new plan.
    ...(options.planManagement
      ? { 'rds.enable_plan_management': '1', 'apg_plan_mgmt.capture_plan_baselines': 'off' }
      : {}),
  };
}
