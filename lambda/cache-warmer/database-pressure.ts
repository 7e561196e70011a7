import type { Database } from '../../runtime/database';

/** What the database may be used by before the warmer makes room. */
export interface PressureLimits {
  readonly lagMillis: number;
  /** Statements that are on a CPU at once, or in line for one: as many as the server has. */
  readonly cpuSessions: number;
  /** Statements that run at once, those that wait for storage or locks included. */
  readonly activeSessions: number;
}

/** How long an answer holds, in milliseconds: asking must cost less than what it protects. */
const HOLDS_MS = 250;

/**
 * What the server that answers does now. An active session that waits for nothing is on a CPU or in line for one, and
 * more of them than CPUs are a busy CPU; Database Insights counts its `DBLoadCPU` so. CloudWatch's `CPUUtilization` is
 * older than most runs take, and the `cpu` of `aurora_replica_status()` is that of the storage daemon.
 *
 * A session sees the statements of its own role, which is the one that the application reads with.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_PerfInsights.Overview.ActiveSessions.html
 * @see https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
 */
const ACTIVE = `
  SELECT count(*)::int AS active, count(*) FILTER (WHERE wait_event IS NULL)::int AS on_cpu
  FROM pg_stat_activity WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()`;

/** Why the database should be spared now: replicas that lag, statements that wait for a connection, a busy server. */
export function databasePressure(
  database: Pick<Database, 'read' | 'statistics'>,
  limits: PressureLimits,
): () => Promise<string | undefined> {
  let [askedAt, answer] = [Number.NEGATIVE_INFINITY, undefined as string | undefined];
  return async () => {
    if (performance.now() - askedAt < HOLDS_MS) return answer;
    answer = await ask(database, limits);
    askedAt = performance.now();
    return answer;
  };
}

async function ask(
  database: Pick<Database, 'read' | 'statistics'>,
  { lagMillis, cpuSessions, activeSessions }: PressureLimits,
): Promise<string | undefined> {
  const { servers } = database.statistics();
  if (servers.some((server) => (server.lagMillis ?? 0) > lagMillis)) return 'replication lag';
  if (servers.some(({ pool }) => pool.waiting > 0)) return 'pool wait';
  const { rows } = await database.read<{ active: number; on_cpu: number }>(ACTIVE);
  const [{ active, on_cpu: onCpu } = { active: 0, on_cpu: 0 }] = rows;
  if (onCpu > cpuSessions) return 'cpu';
  return active > activeSessions ? 'active sessions' : undefined;
}
