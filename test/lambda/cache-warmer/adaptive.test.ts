import { doAdaptively } from '../../../lambda/cache-warmer/adaptive';
import { databasePressure } from '../../../lambda/cache-warmer/database-pressure';

const tasks = Array.from({ length: 60 }, (_, index) => index);
const forever = { most: 4, ended: () => false, pressure: async () => undefined, waitMs: 0 };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('goes up to as many at a time as it may, and no further', async () => {
  let [running, most] = [0, 0];
  const work = async (): Promise<void> => {
    most = Math.max(most, ++running);
    for (let turns = 0; turns < 5; turns++) await turn();
    running--;
  };
  const report = await doAdaptively(tasks, { ...forever, work });
  expect([most, report.peak, report.done, report.left]).toEqual([4, 4, 60, 0]);
});

test('halves when the database is busy, waits where one is too much, and says why', async () => {
  const answers = [undefined, undefined, 'replication lag', 'replication lag', 'pool wait', undefined];
  let asked = 0;
  const done: number[] = [];
  const report = await doAdaptively(tasks.slice(0, 5), {
    ...forever,
    work: async (task) => void done.push(task),
    pressure: async () => answers[asked++],
  });
  expect(report.backedOff).toEqual({ 'replication lag': 2, 'pool wait': 1 });
  expect(done).toEqual([0, 1, 2, 3, 4]);
});

test('begins nothing after the end, and lets what runs finish', async () => {
  let finished = 0;
  const report = await doAdaptively(tasks, {
    ...forever,
    work: async () => {
      await turn();
      finished++;
    },
    ended: () => finished >= 10,
  });
  expect(report.done).toBe(finished);
  expect(report.left).toBe(60 - finished);
  expect(report.left).toBeGreaterThan(40);
});

test('a task that fails ends the rest and is thrown when nothing runs any more', async () => {
  let running = 0;
  const work = async (task: number): Promise<void> => {
    running++;
    await turn();
    running--;
    if (task === 20) throw new Error('no database');
  };
  await expect(doAdaptively(tasks, { ...forever, work })).rejects.toThrow('no database');
  expect(running).toBe(0);
});

const pool = { total: 1, idle: 1, waiting: 0, max: 2, opened: 1, acquired: 1, acquireMillis: 0, rejected: 0 };
const server = { name: 'a', role: 'replica', circuit: 'closed', reads: 0, writes: 0, errors: 0, pool } as const;

test.each([
  ['a replica that lags', [{ ...server, lagMillis: 1_500 }], [0, 0], 'replication lag'],
  ['statements that wait for a connection', [{ ...server, pool: { ...pool, waiting: 1 } }], [0, 0], 'pool wait'],
  ['more statements on a CPU than there are', [server], [3, 3], 'cpu'],
  ['a server with much to do', [server], [9, 2], 'active sessions'],
  ['nothing special', [{ ...server, lagMillis: 900 }], [8, 2], undefined],
] as const)('%s', async (_, servers, [active, onCpu], reason) => {
  let asked = 0;
  const database = {
    statistics: () => ({ servers, readsFallenBack: 0, readsRetried: 0, failovers: 0 }),
    read: async <R>() => {
      asked++;
      return { rows: [{ active, on_cpu: onCpu } as R], rowCount: 1, server: 'a' };
    },
  };
  const pressure = databasePressure(database, { lagMillis: 1_000, cpuSessions: 2, activeSessions: 8 });
  expect([await pressure(), await pressure()]).toEqual([reason, reason]);
  expect(asked).toBeLessThanOrEqual(1);
});
