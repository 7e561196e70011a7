import { setTimeout as pause } from 'node:timers/promises';
import {
  type Cache,
  type CacheConnection,
  connectCache,
  createCache,
  type PendingWrite,
  WriteBehind,
  type WriteBehindOptions,
} from '../../../runtime/cache';
import { startServer, type TestServer } from '../support/cache-server';
import { eventually } from '../support/eventually';

const policies = { counter: { cacheable: true, ttlMs: 60_000 } } as const;

let server: TestServer;
let connection: CacheConnection;
let cache: Cache<'counter'>;
let tests = 0;

beforeAll(async () => {
  server = await startServer();
  connection = await connectCache({ url: server.url });
});

beforeEach(async () => {
  cache = createCache({ connection, policies, namespace: `test${++tests}` });
  await cache.ready();
});

afterEach(() => cache.close());

afterAll(async () => {
  await connection.close();
  await server.stop();
});

type Batch = readonly PendingWrite<number>[];

function behind(options: Partial<WriteBehindOptions<number>> = {}) {
  const batches: Batch[] = [];
  const dead: PendingWrite<number>[] = [];
  const writer = new WriteBehind<number>({
    cache,
    keyClass: 'counter',
    write: async (batch) => {
      batches.push(batch);
      await pause(1);
    },
    deadLetter: async (writes) => {
      dead.push(...writes);
    },
    retryAfterMs: 1,
    ...options,
  });
  return { writer, batches, dead };
}

test('readers see a value at once, and the source gets it later, with others', async () => {
  const { writer, batches } = behind();
  await Promise.all([writer.put('a', 1), writer.put('b', 2)]);
  expect([await cache.get('counter', 'a'), batches]).toEqual([1, []]);
  await eventually(() => writer.pending === 0 && batches.length === 1);
  expect(batches).toEqual([
    [
      { id: 'a', value: 1 },
      { id: 'b', value: 2 },
    ],
  ]);
  await writer.close();
});

test('the values of one id reach the source in order, the last one last, whatever fails in between', async () => {
  const applied = new Map<string, number[]>();
  let calls = 0;
  const write = async (batch: Batch): Promise<void> => {
    await pause(Math.random() * 3);
    if (++calls % 3 === 0) throw new Error('deadlock');
    for (const { id, value } of batch) applied.set(id, [...(applied.get(id) ?? []), value]);
  };
  const { writer } = behind({ write, flushEveryMs: 1, batchSize: 3, attempts: 20 });
  for (let value = 1; value <= 60; value++) {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => writer.put(id, value)));
    if (value % 7 === 0) await pause(3);
  }
  await writer.close();
  for (const values of applied.values()) {
    expect(values).toEqual([...values].sort((one, other) => one - other));
    expect(values.at(-1)).toBe(60);
  }
  expect(applied.size).toBe(5);
});

test('callers wait for room when too many writes wait', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const sizes: number[] = [];
  const write = async (batch: Batch): Promise<void> => {
    sizes.push(batch.length);
    await held;
  };
  const { writer } = behind({ write, maxWaiting: 5, batchSize: 5, flushEveryMs: 1 });
  const puts = Array.from({ length: 30 }, (_, index) => writer.put(`${index}`, index));
  await eventually(() => sizes.length === 1);
  await pause(20);
  expect(writer.pending).toBeLessThanOrEqual(5);
  release();
  await Promise.all(puts);
  await writer.close();
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(30);
});

test('what the source refuses again and again is dead-lettered, and readers see what the source has', async () => {
  const write = async (): Promise<void> => Promise.reject(new Error('violates check constraint'));
  const { writer, dead } = behind({ write, attempts: 3 });
  await writer.put('a', -1);
  expect(await cache.get('counter', 'a')).toBe(-1);
  await eventually(() => dead.length === 1);
  expect(dead).toEqual([{ id: 'a', value: -1 }]);
  expect(await cache.get('counter', 'a')).toBeUndefined();
  await writer.close();
});

test('a dead-letter queue that fails loses the writes, and says so', async () => {
  const counted: unknown[] = [];
  const metrics = { count: (...call: unknown[]) => counted.push(call), gauge() {}, observe() {} };
  const refuse = async (): Promise<void> => Promise.reject(new Error('down'));
  const { writer } = behind({ write: refuse, deadLetter: refuse, attempts: 1, metrics });
  await writer.put('a', 1);
  await writer.close();
  expect(counted).toEqual([
    ['cache_write_behind_total', { outcome: 'dead_lettered' }, 1],
    ['cache_write_behind_total', { outcome: 'lost' }, 1],
  ]);
});

test('closing sends what waits, does not wait out pauses, and takes nothing more', async () => {
  let calls = 0;
  const sent: string[] = [];
  const write = async (batch: Batch): Promise<void> => {
    if (++calls < 3) throw new Error('not yet');
    sent.push(...batch.map(({ id }) => id));
  };
  const { writer } = behind({ write, flushEveryMs: 3_600_000, retryAfterMs: 3_600_000 });
  for (const id of ['a', 'b', 'c']) await writer.put(id, 1);
  await writer.close();
  expect(sent).toEqual(['a', 'b', 'c']);
  await expect(writer.put('d', 1)).rejects.toThrow('write-behind is closed: write to the source directly');
});
