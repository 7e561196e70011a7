import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { Pool } from 'pg';
import { type Cache, connectCache, createCache } from '../../../runtime/cache';

/** How a worker's cache is made. */
export interface WorkerOptions {
  readonly url: string;
  readonly maxConcurrent: number;
  /** How long a silent server counts as there; on a busy machine a server can be slow without being away. */
  readonly replyTimeoutMs: number;
  /** The database that loaders ask; without it they wait and make a value up. */
  readonly database?: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
}

/** What a worker can be asked. */
export type Question =
  /** Requests every key `requests` times at once. */
  | { readonly kind: 'stampede'; readonly keys: readonly string[]; readonly requests: number; readonly loadMs: number }
  /** Brings a key into memory. */
  | { readonly kind: 'fill'; readonly key: string; readonly value: string }
  /** Waits until a key is no longer answered. */
  | { readonly kind: 'missing'; readonly key: string }
  | { readonly kind: 'invalidate'; readonly tag: string }
  /** Keeps `clients` requests for random keys going until `until` (ms since the epoch). */
  | { readonly kind: 'traffic'; readonly keys: number; readonly clients: number; readonly until: number };

export type Answer =
  | { readonly kind: 'stampede'; readonly loads: readonly string[]; readonly values: readonly string[] }
  | { readonly kind: 'fill'; readonly value: string | undefined }
  | { readonly kind: 'missing'; readonly at: number }
  | { readonly kind: 'invalidate'; readonly at: number }
  | {
      readonly kind: 'traffic';
      readonly requests: number;
      readonly wrong: number;
      readonly errors: readonly string[];
      /** Most statements that the database had to work on at once, by its own count over all processes. */
      readonly mostActive: number;
      readonly loadsWhileAway: number;
    };

const policies = {
  item: { cacheable: true, ttlMs: 60_000, tags: (id: string) => [`item:${id}`] },
  brief: { cacheable: true, ttlMs: 100, memoryTtlMs: 20 },
} as const;

/** Moments that can be compared between processes, in ms with fractions. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

async function stampede(cache: Cache, { keys, requests, loadMs }: Extract<Question, { kind: 'stampede' }>) {
  const loads: string[] = [];
  const load = (key: string) => async (): Promise<string> => {
    loads.push(key);
    await pause(loadMs);
    return `value of ${key}`;
  };
  const all = keys.flatMap((key) =>
    Array.from({ length: requests }, () => cache.getOrLoad<string>('item', key, load(key))),
  );
  const values = new Set((await Promise.all(all)).map(String));
  return { kind: 'stampede' as const, loads, values: [...values] };
}

async function traffic(cache: Cache, pool: Pool, { keys, clients, until }: Extract<Question, { kind: 'traffic' }>) {
  let [requests, wrong, mostActive, loadsWhileAway] = [0, 0, 0, 0];
  const errors = new Set<string>();
  const load = (id: string) => async (): Promise<string> => {
    if (!cache.statistics().serverAvailable) loadsWhileAway++;
    const { rows } = await pool.query<{ active: string; id: string }>(
      `SELECT $1 AS id, pg_sleep(0.004),
         (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'loader' AND state = 'active') AS active`,
      [id],
    );
    mostActive = Math.max(mostActive, Number(rows[0]?.active));
    return `value of ${rows[0]?.id}`;
  };
  const client = async (): Promise<void> => {
    while (Date.now() < until) {
      const id = `${Math.floor(Math.random() * keys)}`;
      requests++;
      try {
        if ((await cache.getOrLoad('brief', id, load(id))) !== `value of ${id}`) wrong++;
      } catch (error) {
        errors.add(String(error));
      }
      await turn();
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { kind: 'traffic' as const, requests, wrong, errors: [...errors], mostActive, loadsWhileAway };
}

async function untilMissing(cache: Cache, key: string): Promise<Answer> {
  while ((await cache.get('item', key)) !== undefined) await turn();
  return { kind: 'missing', at: now() };
}

async function main(options: WorkerOptions): Promise<void> {
  const connection = await connectCache({ url: options.url, replyTimeoutMs: options.replyTimeoutMs });
  const loads = { maxConcurrent: options.maxConcurrent, maxWaiting: 10_000, maxWaitMs: 30_000 };
  const cache: Cache = createCache({ connection, policies, loads });
  // More connections than loads may run: what bounds the database must be the cache.
  const pool = new Pool({ ...options.database, max: 40, application_name: 'loader' });
  const answer = async (question: Question): Promise<Answer> => {
    switch (question.kind) {
      case 'stampede':
        return stampede(cache, question);
      case 'fill':
        return { kind: 'fill', value: await cache.getOrLoad('item', question.key, async () => question.value) };
      case 'missing':
        return untilMissing(cache, question.key);
      case 'invalidate': {
        const at = now();
        await cache.invalidate({ tags: [question.tag] });
        return { kind: 'invalidate', at };
      }
      case 'traffic':
        return traffic(cache, pool, question);
    }
  };
  await cache.ready();
  process.on('message', ({ number, question }: { number: number; question: Question }) => {
    answer(question).then(
      (result) => process.send?.({ number, answer: result }),
      (error: unknown) => process.send?.({ number, error: String(error) }),
    );
  });
  // The parent is gone, or has asked its last question.
  process.once('disconnect', () => process.exit(0));
  process.send?.({ number: 0 });
}

main(JSON.parse(process.argv[2] ?? '{}')).catch((error: unknown) => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
