import { createDatabase, type Database, type DatabaseOptions, WriteInReadError } from '../../../runtime/database';
import { type DataTier, startDataTier } from '../../local';

/** Counts what is reported, by name and labels. */
class CountingMetrics {
  public readonly counts = new Map<string, number>();
  public readonly gauges = new Map<string, number>();
  public count(name: string, labels: Readonly<Record<string, string>>, by = 1): void {
    const key = `${name}${JSON.stringify(labels)}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }
  public gauge(name: string, labels: Readonly<Record<string, string>>, value: number): void {
    this.gauges.set(`${name}${JSON.stringify(labels)}`, value);
  }
  public observe(): void {}
}

describe('routing on a primary with two replicas', () => {
  let tier: DataTier;
  let database: Database;
  const metrics = new CountingMetrics();

  beforeAll(async () => {
    tier = await startDataTier({ cache: false });
    await tier.primary.query('CREATE TABLE items (id int PRIMARY KEY, name text)');
    await tier.primary.query("INSERT INTO items SELECT n, 'item ' || n FROM generate_series(1, 100) AS n");
    await tier.primary.query('GRANT ALL ON items TO app');
    await tier.caughtUp();
    database = open();
    await database.ready();
  });

  afterAll(async () => {
    await database.close();
    await tier.stop();
  });

  function open(options: Partial<DatabaseOptions> = {}): Database {
    const { primary, replicas, credentials } = tier;
    return createDatabase({ credentials, primary, replicas, metrics, maxLagMillis: 5_000, ...options });
  }

  test('takes turns between the replicas for reads and uses the primary for writes', async () => {
    const servers: string[] = [];
    for (let read = 0; read < 10; read++) {
      servers.push((await database.read('SELECT name FROM items WHERE id = $1', [1])).server);
    }
    expect(servers.filter((server) => server === 'replica-1')).toHaveLength(5);
    expect(servers.filter((server) => server === 'replica-2')).toHaveLength(5);
    expect((await database.write('UPDATE items SET name = $1 WHERE id = 2', ['two'])).server).toBe('primary');
  });

  test('sends a statement of unknown kind where its analysis says', async () => {
    expect((await database.query('SELECT count(*) FROM items')).server).toMatch(/^replica/);
    expect((await database.query('SELECT * FROM items FOR UPDATE')).server).toBe('primary');
    expect((await database.query("INSERT INTO items VALUES (1000, 'x') RETURNING id")).rows).toEqual([{ id: 1000 }]);
  });

  test('refuses a plain write in read()', async () => {
    await expect(database.read('DELETE FROM items')).rejects.toThrow(
      new WriteInReadError('read() was given a statement that writes (DELETE is no read): DELETE FROM items'),
    );
  });

  test('reports reads by replica, writes by database, lag and the use of the pools under the required names', async () => {
    const counted = (name: string) => metrics.counts.get(name) ?? 0;
    const before =
      counted('db_read_queries_total{"replica":"replica-1"}') + counted('db_read_queries_total{"replica":"replica-2"}');
    const written = counted('db_write_queries_total{"database":"app"}');
    for (let read = 0; read < 4; read++) await database.read('SELECT 1');
    await database.write('UPDATE items SET name = name WHERE id = 3');
    await database.transaction((transaction) => transaction.query('UPDATE items SET name = name WHERE id = 3'));
    const after =
      counted('db_read_queries_total{"replica":"replica-1"}') + counted('db_read_queries_total{"replica":"replica-2"}');
    expect(after - before).toBe(4);
    expect(counted('db_write_queries_total{"database":"app"}') - written).toBe(2);
    expect([...metrics.gauges.keys()]).toEqual(
      expect.arrayContaining([
        'db_replication_lag_seconds{"replica":"replica-1"}',
        'db_replication_lag_seconds{"replica":"replica-2"}',
        'db_pool_usage_percent{"server":"primary"}',
        'db_pool_connections{"server":"replica-1"}',
        'db_pool_waiting{"server":"replica-2"}',
      ]),
    );
  });

  test('runs on the primary what looks like a read and writes inside, and remembers it', async () => {
    await tier.primary.query('CREATE TABLE log (at timestamptz)');
    await tier.primary.query(
      "CREATE FUNCTION logged() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'INSERT INTO log VALUES (now()) RETURNING 1'",
    );
    await tier.primary.query('CREATE VIEW logging AS SELECT logged() AS one');
    await tier.primary.query('GRANT SELECT ON logging TO app');
    await tier.caughtUp();
    const sql = 'SELECT one FROM logging';
    const [first, second] = [await database.query(sql), await database.query(sql)];
    expect([first.server, second.server]).toEqual(['primary', 'primary']);
    expect(first.token).toBeDefined();
    expect(await tier.primary.query('SELECT count(*)::int AS logged FROM log')).toEqual([{ logged: 2 }]);
  });
});
