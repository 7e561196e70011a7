import { setTimeout as sleep } from 'node:timers/promises';
import {
  createDatabase,
  type Database,
  type DatabaseOptions,
  DatabaseOverloadedError,
  DatabaseUnavailableError,
  StatementTimeoutError,
  TransactionTimeoutError,
  WriteOutcomeUnknownError,
} from '../../../runtime/database';
import { type DataTier, FaultProxy, freePort, Pooler, startDataTier } from '../../local';

describe('transactions, time-outs and limits', () => {
  let tier: DataTier;
  let database: Database;

  beforeAll(async () => {
    tier = await startDataTier({ cache: false, replicas: 1 });
    await tier.primary.query('CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL)');
    await tier.primary.query('INSERT INTO accounts VALUES (1, 100), (2, 100)');
    await tier.primary.query('GRANT ALL ON accounts TO app');
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
    return createDatabase({ credentials, primary, replicas, maxLagMillis: 5_000, ...options });
  }

  const balance = async (id: number) =>
    (await tier.primary.query<{ balance: number }>('SELECT balance FROM accounts WHERE id = $1', [id]))[0]?.balance;

  test('commits what resolves, and its token lets any instance read it', async () => {
    const { value, server, token } = await database.transaction(async (transaction) => {
      await transaction.query('UPDATE accounts SET balance = balance - 10 WHERE id = 1');
      const { rows } = await transaction.query(
        'UPDATE accounts SET balance = balance + 10 WHERE id = 2 RETURNING balance',
      );
      return rows[0];
    });
    expect({ value, server }).toEqual({ value: { balance: 110 }, server: 'primary' });
    const sql = 'SELECT balance FROM accounts WHERE id = 2';
    const read = await database.read(sql, [], token === undefined ? {} : { token });
    expect(read.rows).toEqual([{ balance: 110 }]);
  });

  test('rolls back what rejects, with the caller’s own error', async () => {
    const failing = database.transaction(async (transaction) => {
      await transaction.query('UPDATE accounts SET balance = 0 WHERE id = 1');
      throw new TypeError('no thanks');
    });
    await expect(failing).rejects.toThrow(new TypeError('no thanks'));
    expect(await balance(1)).not.toBe(0);
  });

  test('does not call a transaction committed whose failed statement was swallowed', async () => {
    const swallowing = database.transaction(async (transaction) => {
      await transaction.query('SELECT 1/0').catch(() => {});
    });
    await expect(swallowing).rejects.toThrow('a statement failed, so the transaction was rolled back');
  });

  test('runs again after a serialization failure when it may', async () => {
    let attempts = 0;
    await database.transaction(
      async (transaction) => {
        attempts += 1;
        await transaction.query('SELECT balance FROM accounts WHERE id = 1');
        if (attempts === 1) await tier.primary.query('UPDATE accounts SET balance = 50 WHERE id = 1');
        await transaction.query('UPDATE accounts SET balance = balance + 1 WHERE id = 1');
      },
      { isolation: 'repeatable read', retries: 1 },
    );
    expect(attempts).toBe(2);
    expect(await balance(1)).toBe(51);
  });

  test('runs a read-only transaction on a replica, which refuses to write', async () => {
    const { server } = await database.transaction((transaction) => transaction.query('SELECT 1'), { readOnly: true });
    expect(server).toBe('replica-1');
    const writing = database.transaction((transaction) => transaction.query('DELETE FROM accounts'), {
      readOnly: true,
    });
    await expect(writing).rejects.toMatchObject({ code: '25006' });
  });

  test('ends a transaction that takes too long, and leaves nothing of it', async () => {
    const slow = database.transaction(
      async (transaction) => {
        await transaction.query('UPDATE accounts SET balance = 7 WHERE id = 2');
        await sleep(2_000);
      },
      { timeoutMillis: 100 },
    );
    await expect(slow).rejects.toThrow(TransactionTimeoutError);
    expect(await balance(2)).not.toBe(7);
  });

  test('ends a statement that takes too long, and goes on with a fresh connection', async () => {
    const slow = database.read('SELECT pg_sleep(5)', [], { timeoutMillis: 50 });
    await expect(slow).rejects.toThrow(
      new StatementTimeoutError('replica-1: a statement took longer than 50 ms: SELECT pg_sleep(5)'),
    );
    expect((await database.read('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  test('turns callers away when too many wait for a connection', async () => {
    const small = open({ replicas: [], pool: { max: 1, min: 0, maxWaiting: 2 } });
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => small.read('SELECT pg_sleep(0.05)')));
    const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(reasons).toHaveLength(2);
    expect(reasons[0]).toEqual(
      new DatabaseOverloadedError('primary: 2 callers wait for a connection, the limit is `pool.maxWaiting`'),
    );
    expect(small.statistics().servers[0]?.pool).toMatchObject({ rejected: 2, max: 1, opened: 1, acquired: 3 });
    await small.close();
  });

  test('turns callers away when no connection becomes free in time', async () => {
    const small = open({ replicas: [], pool: { max: 1, min: 0, acquireTimeoutMillis: 50, connectTimeoutMillis: 50 } });
    await small.read('SELECT 1');
    const [held, waiting] = await Promise.allSettled([small.read('SELECT pg_sleep(0.5)'), small.read('SELECT 1')]);
    expect(held.status).toBe('fulfilled');
    expect(waiting).toMatchObject({ reason: expect.any(DatabaseOverloadedError) });
    await small.close();
  });

  test('lets the primary take only so many reads in the place of its replicas', async () => {
    const limited = open({
      replicas: [{ name: 'gone', host: '127.0.0.1', port: await freePort() }],
      maxFallbackReads: 2,
    });
    await limited.ready();
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => limited.read('SELECT pg_sleep(0.1)')));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: new DatabaseOverloadedError('reads from the primary (`maxFallbackReads`) has reached its limit of 2'),
    });
    await limited.close();
  });

  test('says that nothing happened when no server is there, and when a write may have happened', async () => {
    const proxy = await FaultProxy.start(tier.primary);
    const away = open({
      primary: { name: 'primary', host: proxy.host, port: proxy.port },
      replicas: [],
      failoverTimeoutMillis: 300,
    });
    await away.ready();
    const cut = away.write('UPDATE accounts SET balance = 3 WHERE id = pg_sleep(0.3)::text::int');
    await sleep(150);
    proxy.cut();
    await expect(cut).rejects.toThrow(WriteOutcomeUnknownError);
    await proxy.inject({ refuse: true });
    proxy.cut();
    await expect(away.write('UPDATE accounts SET balance = 3')).rejects.toThrow(DatabaseUnavailableError);
    await expect(away.ping(100)).rejects.toThrow(DatabaseUnavailableError);
    await proxy.heal();
    await away.ping();
    await away.close();
    proxy.stop();
  });

  test('checks a connection that was idle for long before it uses it', async () => {
    const proxy = await FaultProxy.start(tier.primary);
    const checked = open({
      primary: { name: 'primary', host: proxy.host, port: proxy.port },
      replicas: [],
      pool: { min: 1, max: 1, validateAfterIdleMillis: 0, connectTimeoutMillis: 5_000 },
      pollIntervalMillis: 2_500,
    });
    await checked.write('UPDATE accounts SET balance = 5 WHERE id = 1');
    await proxy.inject({ blackHole: true });
    const written = checked.write('UPDATE accounts SET balance = 6 WHERE id = 1');
    // The check finds the connection dead; the next one is made as soon as the network is back.
    await sleep(1_200);
    await proxy.heal();
    expect((await written).rowCount).toBe(1);
    expect(checked.statistics().servers[0]?.pool.opened).toBe(2);
    await checked.close();
    proxy.stop();
  });

  test('replaces connections at their age', async () => {
    const aging = open({ replicas: [], pool: { max: 1, maxLifetimeMillis: 1_000 } });
    await aging.read('SELECT 1');
    await sleep(1_150);
    await aging.read('SELECT 1');
    await aging.read('SELECT 1');
    expect(aging.statistics().servers[0]?.pool.opened).toBe(2);
    await aging.close();
  });

  test('works through a pooler in transaction mode, which refuses start-up parameters', async () => {
    const pooler = await Pooler.launch(tier.primary, 4);
    const pooled = open({ primary: { name: 'proxy', host: pooler.host, port: pooler.port }, replicas: [] });
    await pooled.ready();
    const writes = Array.from({ length: 40 }, () =>
      pooled.write('UPDATE accounts SET balance = balance + 1 WHERE id = 1'),
    );
    const tokens = (await Promise.all(writes)).map(({ token }) => token);
    expect(new Set(tokens).size).toBeGreaterThan(1);
    const { value } = await pooled.transaction(
      async (transaction) => (await transaction.query('SELECT 1 AS one')).rows,
    );
    expect(value).toEqual([{ one: 1 }]);
    await pooled.close();
    await pooler.stop();
  });
});

test('lists every problem of the options at once', () => {
  const address = { name: 'same', host: 'localhost' };
  const open = () =>
    createDatabase({
      credentials: { user: 'app', database: 'app' },
      primary: address,
      replicas: [address],
      maxLagMillis: 100,
      pollIntervalMillis: 60,
      statementTimeoutMillis: Number.NaN,
      pool: { max: 2, min: 3 },
    });
  expect(open).toThrow(
    [
      'invalid database options:',
      '  - `statementTimeoutMillis` must be between 1 and 3600000, got NaN',
      '  - `pool.min` must be between 0 and 2, got 3',
      '  - `maxLagMillis` (100) must be at least twice `pollIntervalMillis` (60); poll more often',
      "  - each server needs a name of its own, 'same' is used twice",
    ].join('\n'),
  );
});
