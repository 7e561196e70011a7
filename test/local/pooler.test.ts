import pg from 'pg';
import { type DataTier, startDataTier } from './data-tier';
import { Pooler } from './pooler';

describe('the pooler', () => {
  let tier: DataTier;
  let pooler: Pooler;

  beforeAll(async () => {
    tier = await startDataTier({ cache: false, replicas: 1 });
    pooler = await Pooler.launch(tier.primary, 5);
  });

  afterAll(async () => {
    await pooler.stop();
    await tier.stop();
  });

  function client(config: pg.ClientConfig = {}): pg.Client {
    return new pg.Client({ ...tier.credentials, host: pooler.host, port: pooler.port, ...config });
  }

  test('runs the transactions of 50 clients on five server connections', async () => {
    const clients = Array.from({ length: 50 }, () => client());
    await Promise.all(clients.map((each) => each.connect()));
    const answers = await Promise.all(
      clients.map((each) => each.query<{ pid: number }>('SELECT pg_backend_pid() AS pid, pg_sleep(0.01)')),
    );
    expect(new Set(answers.map(({ rows }) => rows[0]?.pid)).size).toBeLessThanOrEqual(5);
    await Promise.all(clients.map((each) => each.end()));
  });

  test('refuses start-up parameters, as RDS Proxy does', async () => {
    await expect(client({ statement_timeout: 1_000 }).connect()).rejects.toThrow('unsupported startup parameter');
  });

  test('sends new transactions to the server it is pointed to', async () => {
    const [replica] = tier.replicas;
    if (replica === undefined) throw new Error('the tier has a replica');
    const each = client();
    await each.connect();
    const standby = async () => (await each.query('SELECT pg_is_in_recovery() AS standby')).rows[0]?.standby;
    expect(await standby()).toBe(false);
    pooler.pointTo(replica);
    while ((await standby()) !== true) await new Promise((resolve) => setTimeout(resolve, 20));
    await each.end();
  });
});
