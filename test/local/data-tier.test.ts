import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataTier, startDataTier } from './data-tier';

describe('the local data tier', () => {
  let tier: DataTier;

  beforeAll(async () => {
    tier = await startDataTier();
  });

  afterAll(async () => {
    await tier.stop();
  });

  test('streams what the primary commits to two replicas that take no writes', async () => {
    await tier.primary.query('CREATE TABLE streamed (id int)');
    await tier.primary.query('INSERT INTO streamed VALUES (1)');
    await tier.caughtUp();
    for (const replica of tier.replicas) {
      expect(await replica.query('SELECT id FROM streamed')).toEqual([{ id: 1 }]);
      await expect(replica.query('INSERT INTO streamed VALUES (2)')).rejects.toMatchObject({ code: '25006' });
    }
  });

  test('injects lag into one replica only', async () => {
    const [lagging, other] = tier.replicas;
    await tier.primary.query('CREATE TABLE delayed (id int)');
    await tier.caughtUp();
    await lagging?.pauseReplay();
    await tier.primary.query('INSERT INTO delayed VALUES (1)');
    while ((await other?.query('SELECT id FROM delayed'))?.length === 0) await sleep(5);
    expect(await lagging?.query('SELECT id FROM delayed')).toEqual([]);
    await lagging?.resumeReplay();
    await tier.caughtUp();
    expect(await lagging?.query('SELECT id FROM delayed')).toEqual([{ id: 1 }]);
  });

  test('gives the application a role that is no superuser', async () => {
    const rows = await tier.primary.query('SELECT rolsuper FROM pg_roles WHERE rolname = $1', [tier.credentials.user]);
    expect(rows).toEqual([{ rolsuper: false }]);
  });

  test('starts its cache server again on the same port after a kill', async () => {
    const { port, pid } = tier.cache;
    await tier.cache.kill();
    expect(tier.cache.pid).toBeUndefined();
    await tier.cache.start();
    expect(tier.cache.port).toBe(port);
    expect(tier.cache.pid).not.toBe(pid);
  });
});

test('loses nothing that was acknowledged when the primary is killed, and the other replica follows the new one', async () => {
  const tier = await startDataTier({ cache: false, synchronous: true });
  try {
    await tier.primary.query('CREATE TABLE kept (id int)');
    await tier.primary.query('INSERT INTO kept SELECT generate_series(1, 500)');
    const promoted = await tier.failover('kill');
    expect(await promoted.query('SELECT count(*)::int AS kept FROM kept')).toEqual([{ kept: 500 }]);
    await promoted.query('INSERT INTO kept VALUES (501)');
    await tier.caughtUp();
    expect(await tier.replicas[0]?.query('SELECT max(id) AS id FROM kept')).toEqual([{ id: 501 }]);
  } finally {
    await tier.stop();
  }
});

test('leaves no process and no folder behind when its owner is killed with SIGKILL', async () => {
  const owner = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, 'owner.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) => owner.stdout.once('data', (data) => resolve(String(data))));
  const { pids, folder } = JSON.parse(line) as { pids: number[]; folder: string };
  expect(pids).toHaveLength(4);
  expect(pids.every(isAlive)).toBe(true);
  owner.kill('SIGKILL');
  for (let waited = 0; waited < 300 && (pids.some(isAlive) || existsSync(folder)); waited++) await sleep(100);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
