import { setTimeout as pause } from 'node:timers/promises';
import { type DataTier, startDataTier } from '../../local';
import { type CacheProcess, startProcesses } from '../support/cache-process';

const MAX_CONCURRENT = 4;

let tier: DataTier;
/** Three that give the server time, and three that notice soon when it is away. */
let processes: CacheProcess[];
let impatient: CacheProcess[];

beforeAll(async () => {
  tier = await startDataTier({ replicas: 0 });
  const { host, port } = tier.primary;
  const database = { host, port, ...tier.credentials };
  const options = { url: tier.cache.url, maxConcurrent: MAX_CONCURRENT, database };
  [processes, impatient] = await Promise.all([
    startProcesses(3, { ...options, replyTimeoutMs: 10_000 }),
    startProcesses(3, { ...options, replyTimeoutMs: 500 }),
  ]);
});

afterAll(async () => {
  await Promise.all([...(processes ?? []), ...(impatient ?? [])].map((one) => one.stop()));
  await tier?.stop();
});

test('1,000 requests at once for a cold key over 3 processes load it once', async () => {
  const requests = [334, 333, 333];
  const asked = processes.map((one, index) =>
    one.ask({ kind: 'stampede', keys: ['cold'], requests: requests[index] ?? 0, loadMs: 50 }),
  );
  const answers = await Promise.all(asked);
  expect(answers.flatMap(({ loads }) => loads)).toEqual(['cold']);
  expect(new Set(answers.flatMap(({ values }) => values))).toEqual(new Set(['value of cold']));
});

test('many requests at once for each of 20 cold keys over 3 processes load each once', async () => {
  const keys = Array.from({ length: 20 }, (_, index) => `cold${index}`);
  const answers = await Promise.all(
    processes.map((one) => one.ask({ kind: 'stampede', keys, requests: 50, loadMs: 20 })),
  );
  expect(answers.flatMap(({ loads }) => loads).sort()).toEqual([...keys].sort());
});

test('a tag invalidated by one process is invalid in every process, and what is loaded then is the new value', async () => {
  for (let round = 0; round < 60; round++) {
    const key = `tagged${round}`;
    for (const one of processes) expect((await one.ask({ kind: 'fill', key, value: 'old' })).value).toBe('old');
    const missing = processes.map((one) => one.ask({ kind: 'missing', key }));
    await processes[round % 3]?.ask({ kind: 'invalidate', tag: `item:${key}` });
    await Promise.all(missing);
    const loaded = await Promise.all(processes.map((one) => one.ask({ kind: 'fill', key, value: 'new' })));
    expect(loaded.map(({ value }) => value)).toEqual(['new', 'new', 'new']);
  }
});

test.each([
  ['killed', () => tier.cache.kill(), () => tier.cache.start()],
  ['frozen', async () => tier.cache.freeze(), async () => tier.cache.thaw()],
])(
  'a cache server %s under load fails no request, and the database gets no more than the bound',
  async (_, away, back) => {
    const until = Date.now() + 4_500;
    const asked = impatient.map((one) => one.ask({ kind: 'traffic', keys: 400, clients: 60, until }));
    await pause(1_000);
    await away();
    await pause(2_000);
    await back();
    const answers = await Promise.all(asked);
    for (const { requests, wrong, errors, mostActive, loadsWhileAway } of answers) {
      expect(errors).toEqual([]);
      expect(wrong).toBe(0);
      expect(requests).toBeGreaterThan(100);
      expect(loadsWhileAway).toBeGreaterThan(0);
      expect(mostActive).toBeLessThanOrEqual(3 * MAX_CONCURRENT);
      expect(mostActive).toBeGreaterThan(1);
    }
  },
);
