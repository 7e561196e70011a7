import { setTimeout as pause } from 'node:timers/promises';
import { flushPurges } from '../../lambda/cache-invalidator/flush-purges';
import { type InvalidateDeps, invalidateChanges } from '../../lambda/cache-invalidator/invalidate';
import { PurgeStore } from '../../lambda/cache-invalidator/purge-store';
import { type CacheConnection, connectCache } from '../../runtime/cache';
import { Invalidator } from '../../runtime/cache/invalidator';
import { createDatabase, type Database } from '../../runtime/database';
import { newEvent } from '../../runtime/events';
import { noMetrics } from '../../runtime/telemetry';
import { type CacheProcess, startProcesses } from '../runtime/support/cache-process';
import { startServiceData } from '../service/rig/local-service';
import { type BenchRow, median } from './bench';

const ROUNDS = 50;
const BOUND_MS = 1_000;
/** As the function has it by default: answers on their way get so long before the CDN is asked. */
const SETTLE_MS = 200;

const policies = { item: { cacheable: true, ttlMs: 60_000 } } as const;
/** As the processes tell time. */
const now = (): number => performance.timeOrigin + performance.now();

/** The function's own steps with a CDN that forgets at once; nothing is coalesced. */
function handling(connection: CacheConnection, database: Database, forget: () => void): InvalidateDeps {
  const store = new PurgeStore(database);
  const flushDeps = {
    store,
    metrics: noMetrics,
    now: Date.now,
    sleep: pause,
    purge: async () => {
      forget();
      return { outcome: 'accepted', id: 'I1' } as const;
    },
    onRefusal: () => {},
  };
  const options = { windowMs: 0, wildcardFrom: 1_000, wildcard: '/*', monthlyPaths: 1e6 };
  return {
    invalidator: new Invalidator({ connection, policies }),
    store,
    flush: () => flushPurges(flushDeps, { ...options, whenSpent: 'wait for the TTL', deadline: Date.now() + 5_000 }),
    confirm: async () => true,
    warm: async () => {},
    deadLetter: (_, reason) => Promise.reject(new Error(reason)),
    metrics: noMetrics,
    now: Date.now,
    sleep: pause,
    settleMs: SETTLE_MS,
  };
}

/** From an event at the handler until the last of three processes, and then the edge, has forgotten; in milliseconds. */
async function once(key: string, processes: readonly CacheProcess[], deps: (forget: () => void) => InvalidateDeps) {
  await Promise.all(processes.map((one) => one.ask({ kind: 'fill', key, value: 'old' })));
  const missing = processes.map((one) => one.ask({ kind: 'missing', key }));
  const data = { id: 1, category: 'lamps', title: 'Lamp', priceCents: 1, itemVersion: 1 };
  const event = newEvent({ type: 'ItemChanged', subject: key, data, tags: [`item:${key}`] });
  let edge = Number.NaN;
  const forget = (): void => {
    edge = now();
  };
  const startedAt = now();
  await invalidateChanges([{ messageId: event.id, body: JSON.stringify({ detail: event }) }], deps(forget));
  const seen = await Promise.all(missing);
  return { processes: Math.max(...seen.map(({ at }) => at)) - startedAt, edge: edge - startedAt };
}

/** How long an old value is answered after its event, beside the bound of 1 s. With 50 rounds p99 is the worst one. */
export async function staleness(): Promise<BenchRow[]> {
  const tier = await startServiceData({ replicas: 0, items: 1, events: 1 });
  const { host, port } = tier.primary;
  const database = createDatabase({
    credentials: { user: 'app_rw', database: tier.credentials.database },
    primary: { name: 'primary', host, port },
  });
  const connection = await connectCache({ url: tier.cache.url, replyTimeoutMs: 10_000 });
  const processes = await startProcesses(3, { url: tier.cache.url, maxConcurrent: 4, replyTimeoutMs: 10_000 });
  const found: Awaited<ReturnType<typeof once>>[] = [];
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const one = await once(`${round}`, processes, (forget) => handling(connection, database, forget));
      if (round > 0) found.push(one);
    }
  } finally {
    await Promise.all(processes.map((one) => one.stop()));
    await connection.close();
    await database.close();
    await tier.stop();
  }
  return [
    ...rows(
      '3 processes',
      found.map((one) => one.processes),
    ),
    ...rows(
      `edge, window 0, ${SETTLE_MS} ms to settle`,
      found.map(({ edge }) => edge),
    ),
  ];
}

function rows(tier: string, latencies: readonly number[]): BenchRow[] {
  const sorted = [...latencies].sort((one, other) => one - other);
  const row = { reference: { name: 'bound', figure: BOUND_MS }, unit: 'ms', runs: ROUNDS };
  return [
    { ...row, name: `event to gone, ${tier}, p50`, figure: median(sorted) },
    {
      ...row,
      name: `event to gone, ${tier}, p99`,
      figure: sorted[Math.ceil(ROUNDS * 0.99) - 1] ?? Number.NaN,
      goal: { atMost: 1 },
    },
  ];
}
