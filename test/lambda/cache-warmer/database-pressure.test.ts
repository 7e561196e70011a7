import { databasePressure } from '../../../lambda/cache-warmer/database-pressure';
import { createDatabase, type Database } from '../../../runtime/database';
import { type DataTier, startDataTier } from '../../local';
import { eventually } from '../../runtime/support/eventually';

let tier: DataTier;
let database: Database;

beforeAll(async () => {
  tier = await startDataTier({ cache: false, replicas: 1 });
  const { primary, replicas, credentials } = tier;
  // A replica that is held back by load is another pressure than the one that is looked at here.
  database = createDatabase({ credentials, primary, replicas, maxLagMillis: 60_000, pool: { max: 12 } });
  await database.ready();
});

afterAll(async () => {
  await database?.close();
  await tier?.stop();
});

/** Never done by itself; each row is counted as it comes, so that nothing is written down. */
const COMPUTES = 'SELECT count(*) FROM (SELECT generate_series(1, 1e12::bigint)) AS endless';
const WAITS = 'SELECT pg_sleep(600)';

/** What the warmer is told while the application has statements under way. */
async function told(statements: readonly string[], cpuSessions: number): Promise<string | undefined> {
  const running = statements.map((sql) => database.read(sql, [], { timeoutMillis: 600_000 }).catch(() => undefined));
  const others = "state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
  try {
    await eventually(async () => {
      const { rows } = await database.read<{ busy: number }>(
        `SELECT count(*)::int AS busy FROM pg_stat_activity WHERE ${others} AND (query = $1 OR query = $2)`,
        [COMPUTES, WAITS],
      );
      return rows[0]?.busy === statements.length;
    });
    return await databasePressure(database, { lagMillis: 60_000, cpuSessions, activeSessions: 4 })();
  } finally {
    await database.read(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE ${others} AND query <> ''`);
    await Promise.all(running);
  }
}

test('statements that compute are on a CPU or in line for one: more than it has are too many', async () => {
  expect(await told([COMPUTES, COMPUTES, COMPUTES], 2)).toBe('cpu');
});

test('as many as it has are not', async () => {
  expect(await told([COMPUTES, COMPUTES], 2)).toBeUndefined();
});

test('statements that wait are on none', async () => {
  expect(await told([WAITS, WAITS, WAITS], 2)).toBeUndefined();
});

test('but so many of them are too many as well', async () => {
  expect(
    await told(
      Array.from({ length: 5 }, () => WAITS),
      2,
    ),
  ).toBe('active sessions');
});
