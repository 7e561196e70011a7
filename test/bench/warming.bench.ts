import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import Redis from 'ioredis';
import { connectCache } from '../../runtime/cache';
import { CacheSeeder } from '../../runtime/cache/seeding';
import { startServer } from '../runtime/support/cache-server';
import { type Benchmark, type BenchRow, median } from './bench';

const ROUNDS = 7;
const ENTRIES = 64_000;
/** Commands in one pipeline and payload of each, the same for all. */
const DEPTH = 64;
const BODY = Buffer.alloc(1024, 'x');
const TTL_MS = 600_000;
/** Batches under way at a time, the same for all. */
const IN_FLIGHT = 4;

const policies = { plain: { cacheable: true, format: 'bytes', ttlMs: TTL_MS } } as const;

/** Writes entries `from` to `from + DEPTH`. */
type WriteBatch = (from: number) => Promise<unknown>;

async function entriesPerSecond(write: WriteBatch): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < ENTRIES) {
      const from = next;
      next += DEPTH;
      await write(from);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return (ENTRIES / (performance.now() - startedAt)) * 1_000;
}

/** What the C tool reaches with `SET`, with whichever number of connections is best for it. */
async function redisBenchmark(port: number): Promise<number> {
  const figures: number[] = [];
  for (const connections of [1, 2, IN_FLIGHT]) {
    const args = ['-p', port, '-t', 'set', '-d', BODY.length, '-n', ENTRIES, '-r', ENTRIES, '-P', DEPTH, '--csv'];
    const { stdout } = await promisify(execFile)('redis-benchmark', [...args, '-c', connections].map(String));
    figures.push(Number(/"SET[^"]*","([\d.]+)"/.exec(stdout)?.[1]));
  }
  return Math.max(...figures);
}

const ids = (from: number): string[] => Array.from({ length: DEPTH }, (_, index) => `${from + index}`);

function seeding(seeder: CacheSeeder): WriteBatch {
  return async (from) => {
    const inspection = await seeder.inspect(ids(from).map((id) => ({ class: 'plain', id })));
    return writing(seeder, inspection);
  };
}

function writing(seeder: CacheSeeder, inspection: Awaited<ReturnType<CacheSeeder['inspect']>>): Promise<unknown> {
  return seeder.store(
    inspection,
    inspection.keys.map((key) => ({ key, value: BODY, from: 'replica' })),
  );
}

/** What a warmer writes per second, beside what the server can take and what clients make of their own pipelines. */
export const warmingBenchmark: Benchmark = {
  name: 'warming',
  description: 'writes of the cache warmer beside redis-benchmark and the common clients',
  run: async (progress) => {
    const server = await startServer();
    const connection = await connectCache({ url: server.url });
    const ioredis = new Redis(server.url);
    const seeder = new CacheSeeder({ connection, policies, server: { url: server.url }, connections: IN_FLIGHT });
    const client = connection.client();
    const inspection = await seeder.inspect(ids(0).map((id) => ({ class: 'plain', id })));
    const contestants: Readonly<Record<string, () => Promise<number>>> = {
      limit: () => redisBenchmark(server.server.port),
      writes: () =>
        entriesPerSecond((from) =>
          writing(seeder, {
            ...inspection,
            at: performance.now(),
            keys: inspection.keys.map((key, index) => ({ ...key, name: `plain:${from + index}` })),
          }),
        ),
      whole: () => entriesPerSecond(seeding(seeder)),
      'node-redis': () =>
        entriesPerSecond((from) => {
          const pipeline = client.multi();
          for (const id of ids(from)) pipeline.set(`plain:${id}`, BODY, { expiration: { type: 'PX', value: TTL_MS } });
          return pipeline.execAsPipeline();
        }),
      ioredis: () =>
        entriesPerSecond((from) => {
          const pipeline = ioredis.pipeline();
          for (const id of ids(from)) pipeline.set(`plain:${id}`, BODY, 'PX', TTL_MS);
          return pipeline.exec();
        }),
    };
    const figures = new Map<string, number[]>(Object.keys(contestants).map((name) => [name, []]));
    try {
      for (let round = 0; round <= ROUNDS; round++) {
        progress(`round ${round} of ${ROUNDS}`);
        for (const [name, measure] of Object.entries(contestants)) {
          const figure = await measure();
          if (round > 0) figures.get(name)?.push(figure);
        }
      }
    } finally {
      seeder.close();
      ioredis.disconnect();
      await connection.close();
      await server.stop();
    }
    return rows((name) => median(figures.get(name) ?? []));
  },
};

function rows(figureOf: (name: string) => number): BenchRow[] {
  const limit = { name: `redis-benchmark SET -P ${DEPTH}`, figure: figureOf('limit') };
  const best = ['node-redis', 'ioredis'].sort((one, other) => figureOf(other) - figureOf(one))[0] ?? '';
  const row = { unit: 'entries/s', runs: ROUNDS };
  return [
    { ...row, name: 'seed 1 KB entries', figure: figureOf('writes'), reference: limit, goal: { atLeast: 0.5 } },
    {
      ...row,
      name: 'seed 1 KB entries',
      figure: figureOf('writes'),
      reference: { name: `pipeline of ${best}`, figure: figureOf(best) },
      goal: { atLeast: 1 },
    },
    { ...row, name: 'look, then seed', figure: figureOf('whole'), reference: limit },
    { ...row, name: 'pipeline of node-redis', figure: figureOf('node-redis'), reference: limit },
    { ...row, name: 'pipeline of ioredis', figure: figureOf('ioredis'), reference: limit },
  ];
}
