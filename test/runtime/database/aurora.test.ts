import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, type Database, type DatabaseOptions } from '../../../runtime/database';
import { type DataTier, FaultProxy, startDataTier } from '../../local';

/**
 * Aurora's functions, on a real server: the status is a table that the test fills. What Aurora lacks is taken away: its
 * `pg_current_wal_insert_lsn` and `pg_last_wal_replay_lsn` fail with 0A000.
 */
const AURORA = [
  "CREATE FUNCTION aurora_version() RETURNS text LANGUAGE sql AS $$SELECT '17.5.1'$$",
  `CREATE TABLE status (server_id text, session_id text, replica_lag_in_msec double precision, reported_ago interval)`,
  `CREATE FUNCTION aurora_replica_status() RETURNS TABLE (
     server_id text, session_id text, replica_lag_in_msec double precision, last_update_timestamp timestamptz)
   LANGUAGE sql STABLE AS $$
     SELECT server_id, session_id, replica_lag_in_msec, clock_timestamp() - reported_ago FROM status $$`,
  "INSERT INTO status VALUES ('primary', 'MASTER_SESSION_ID', NULL, '0 s')",
  "INSERT INTO status VALUES ('replica-1', 'uuid-1', 12, '0 s'), ('replica-2', 'uuid-2', 15, '0 s')",
  "INSERT INTO status VALUES ('deleted', 'uuid-3', 900000, '400 s')",
  'GRANT SELECT ON status TO app',
  'REVOKE EXECUTE ON FUNCTION pg_current_wal_insert_lsn(), pg_last_wal_replay_lsn(), pg_current_wal_lsn() FROM public',
];

describe('a cluster that speaks as Aurora does', () => {
  let tier: DataTier;
  let database: Database;

  beforeAll(async () => {
    tier = await startDataTier({ cache: false });
    for (const sql of AURORA) await tier.primary.query(sql);
    await tier.primary.query('CREATE TABLE items (id int)');
    await tier.primary.query('GRANT ALL ON items TO app');
    await tier.caughtUp();
  });

  beforeEach(async () => {
    await report('replica-1', 12);
    await report('replica-2', 15);
  });

  afterEach(async () => {
    await database.close();
  });

  afterAll(async () => {
    await tier.stop();
  });

  async function report(server: string, lagMillis: number): Promise<void> {
    await tier.primary.query('UPDATE status SET replica_lag_in_msec = $2 WHERE server_id = $1', [server, lagMillis]);
    await tier.caughtUp();
  }

  async function open(options: Partial<DatabaseOptions> = {}): Promise<void> {
    const { primary, replicas, credentials } = tier;
    database = createDatabase({ credentials, primary, replicas, pollIntervalMillis: 25, ...options });
    await database.ready();
  }

  const servers = async (count: number): Promise<ReadonlySet<string>> => {
    const answers = Array.from({ length: count }, () => database.read('SELECT 1'));
    return new Set((await Promise.all(answers)).map(({ server }) => server));
  };

  async function untilServers(...expected: string[]): Promise<void> {
    while ([...(await servers(6))].sort().join() !== expected.join()) await sleep(10);
  }

  test('is found out by itself, and its own figures decide who is too far behind', async () => {
    await open();
    await untilServers('replica-1', 'replica-2');
    await report('replica-2', 60_000);
    await untilServers('replica-1');
    await report('replica-1', 60_000);
    await untilServers('primary');
  });

  test('gives the reads of least lag to the one with the smaller figure', async () => {
    await open({ selection: 'least-lag' });
    await report('replica-1', 400);
    await untilServers('replica-2');
  });

  test('reads a fresh write from the primary until a reader has reported later, less its lag', async () => {
    await report('replica-1', 300);
    await report('replica-2', 300);
    await open();
    const { token } = await database.write('INSERT INTO items VALUES (1)');
    expect(token).toMatch(/^t/);
    const first = await database.read('SELECT id FROM items', [], { token });
    expect(first.server).toBe('primary');
    const next = async () => (await database.read('SELECT id FROM items', [], { token })).server;
    while ((await next()) === 'primary') await sleep(10);
  });

  test('takes one reader endpoint for as new as its oldest reader', async () => {
    const [first, second] = tier.replicas;
    if (first === undefined || second === undefined) throw new Error('the tier has two replicas');
    const spread = await FaultProxy.start(first, second);
    await open({ replicas: { endpoint: { name: 'reader', host: spread.host, port: spread.port } } });
    await untilServers('reader');
    await report('replica-2', 60_000);
    await untilServers('primary');
    await database.close();
    spread.stop();
  });
});

describe('one reader endpoint in front of two vanilla replicas', () => {
  test('answers reads while all of its replicas are new enough, and never older data than the session wrote', async () => {
    const tier = await startDataTier({ cache: false });
    const [first, second] = tier.replicas;
    if (first === undefined || second === undefined) throw new Error('the tier has two replicas');
    const spread = await FaultProxy.start(first, second);
    // Positions of other servers are for those who may monitor.
    await tier.primary.query('GRANT pg_monitor TO app');
    await tier.primary.query('CREATE TABLE items (id int)');
    await tier.primary.query('GRANT ALL ON items TO app');
    await tier.caughtUp();
    const database = createDatabase({
      credentials: tier.credentials,
      primary: tier.primary,
      replicas: { endpoint: { name: 'reader', host: spread.host, port: spread.port } },
    });
    await database.ready();
    const server = async () => (await database.read('SELECT 1')).server;
    while ((await server()) !== 'reader') await sleep(10);
    await second.pauseReplay();
    const session = database.session();
    await session.write('INSERT INTO items VALUES (1)');
    for (let read = 0; read < 20; read++) {
      const { rows } = await session.read('SELECT id FROM items');
      expect(rows).toEqual([{ id: 1 }]);
    }
    await second.resumeReplay();
    while ((await session.read('SELECT id FROM items')).server !== 'reader') await sleep(10);
    await database.close();
    spread.stop();
    await tier.stop();
  });

  test('lets another user in there than at the primary', async () => {
    const tier = await startDataTier({ cache: false, replicas: 1 });
    await tier.primary.query('GRANT pg_monitor TO app');
    await tier.primary.query('CREATE ROLE looks LOGIN');
    await tier.primary.query('ALTER ROLE looks SET default_transaction_read_only = on');
    await tier.primary.query('CREATE TABLE items (id int)');
    await tier.primary.query('GRANT ALL ON items TO app, looks');
    await tier.caughtUp();
    const [replica] = tier.replicas;
    if (replica === undefined) throw new Error('the tier has a replica');
    const endpoint = { name: 'reader', host: replica.host, port: replica.port, user: 'looks' };
    const database = createDatabase({
      credentials: tier.credentials,
      primary: tier.primary,
      replicas: { endpoint },
    });
    await database.ready();
    const who = async () => await database.read<{ name: string }>('SELECT current_user::text AS name');
    while ((await who()).server !== 'reader') await sleep(10);
    expect((await who()).rows).toEqual([{ name: 'looks' }]);
    expect((await database.write('INSERT INTO items VALUES (1) RETURNING current_user::text AS name')).rows).toEqual([
      { name: 'app' },
    ]);
    await database.close();
    await tier.stop();
  });
});
