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
});
