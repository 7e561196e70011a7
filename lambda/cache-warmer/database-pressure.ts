import type { Database } from '../../runtime/database';

/** What the database may be used by before the warmer makes room. */
export interface PressureLimits {
  readonly lagMillis: number;
  /** Statements of the application that run at once on the server that answers; they stand for its CPU. */
  readonly activeSessions: number;
}

/** How long an answer holds, in milliseconds: asking must cost less than what it protects. */
const HOLDS_MS = 250;

/** A session sees the statements of its own role, which is the one that the application reads with. */
const ACTIVE = `
  SELECT count(*)::int AS active FROM pg_stat_activity
  WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()`;

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
  { lagMillis, activeSessions }: PressureLimits,
): Promise<string | undefined> {
  const { servers } = database.statistics();
  if (servers.some((server) => (server.lagMillis ?? 0) > lagMillis)) return 'replication lag';
  if (servers.some(({ pool }) => pool.waiting > 0)) return 'pool wait';
  const { rows } = await database.read<{ active: number }>(ACTIVE);
  return (rows[0]?.active ?? 0) > activeSessions ? 'active sessions' : undefined;
}
