import { DatabaseError as PostgresError } from 'pg';

/** What a failed statement says about the server that it was sent to. */
export type Failure =
  /** The connection broke or could not be made, or the server is going down or coming up. */
  | 'connection'
  /** The server is no primary: it refused a write before it did anything. */
  | 'read-only'
  /** A replica cancelled a read because replaying the log was in its way, or two transactions got in each other's. */
  | 'conflict'
  /** The statement itself is at fault: it would fail anywhere. */
  | 'statement';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const CODES: Readonly<Record<string, Failure>> = {
  // read_only_sql_transaction
  '25006': 'read-only',
  // serialization_failure, deadlock_detected
  '40001': 'conflict',
  '40P01': 'conflict',
  // too_many_connections, admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped, idle_session_timeout
  '53300': 'connection',
  '57P01': 'connection',
  '57P02': 'connection',
  '57P03': 'connection',
  '57P05': 'connection',
};

/** @param broken whether the connection that it ran on is gone, which the error alone does not always say */
export function failureOf(error: unknown, broken: boolean): Failure {
  const code = error instanceof PostgresError ? (error.code ?? '') : '';
  const failure = CODES[code] ?? (code.startsWith('08') ? 'connection' : 'statement');
  return broken && failure === 'statement' ? 'connection' : failure;
}
