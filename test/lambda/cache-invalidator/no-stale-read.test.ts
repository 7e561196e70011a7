import { flushPurges } from '../../../lambda/cache-invalidator/flush-purges';
import {
  type ChangeMessage,
  type InvalidateDeps,
  invalidateChanges,
} from '../../../lambda/cache-invalidator/invalidate';
import { PurgeStore } from '../../../lambda/cache-invalidator/purge-store';
import { type Cache, type CacheConnection, connectCache, createCache } from '../../../runtime/cache';
import { Invalidator } from '../../../runtime/cache/invalidator';
import { createDatabase, type Database } from '../../../runtime/database';
import { newEvent } from '../../../runtime/events';
import { noMetrics } from '../../../runtime/telemetry';
import type { DataTier } from '../../local';
import { eventually } from '../../runtime/support/eventually';
import { startServiceData } from '../../service/rig/local-service';

jest.setTimeout(180_000);

const OPERATIONS = 10_000;
const ITEMS = 40;
/** Far above what it takes: it tells a value that stays from one that goes. */
const BOUND_MS = 20_000;

const policies = { item: { cacheable: true, ttlMs: 600_000, tags: (id: string) => [`item-${id}`] } } as const;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let tier: DataTier;
let database: Database;
let connections: CacheConnection[];
let caches: Cache<'item'>[];

beforeAll(async () => {
  tier = await startServiceData({ replicas: 0, items: ITEMS, events: 1 });
  const { host, port } = tier.primary;
  database = createDatabase({
    credentials: { user: 'app_rw', database: tier.credentials.database },
    primary: { name: 'primary', host, port },
  });
  const server = { url: tier.cache.url, replyTimeoutMs: 20_000 };
  connections = await Promise.all([0, 1, 2].map(() => connectCache(server)));
  caches = connections.map((connection) => createCache({ connection, policies, maxUnheardMs: 20_000 }));
  await Promise.all(caches.map((cache) => cache.ready()));
});

afterAll(async () => {
  await Promise.all((caches ?? []).map((cache) => cache.close()));
  await Promise.all((connections ?? []).map((connection) => connection.close()));
  await database?.close();
  await tier?.stop();
});

/** A place of the CDN: keeps what it was answered until its tag is purged. */
class Edge {
  private readonly kept = new Map<string, number>();
  private purges = 0;

  public async read(id: string, origin: () => Promise<number>): Promise<number> {
    const kept = this.kept.get(id);
    if (kept !== undefined) return kept;
    const before = this.purges;
    const version = await origin();
    if (before === this.purges) this.kept.set(id, version);
    return version;
  }

  public purge(paths: readonly string[]): void {
    this.purges++;
    for (const path of paths) this.kept.delete(path.replace('#item-', ''));
  }
}

const edges = [new Edge(), new Edge()];

async function versionOf(id: string): Promise<number> {
  const { rows } = await database.read<{ version: number }>('SELECT version FROM items WHERE id = $1', [Number(id)]);
  return rows[0]?.version ?? 0;
}

function message(id: string): ChangeMessage {
  const data = { id: Number(id), category: 'lamps', title: 'Lamp', priceCents: 1, itemVersion: 1 };
  const event = newEvent({ type: 'ItemChanged', subject: `item-${id}`, data, tags: [`item-${id}`] });
  return { messageId: event.id, body: JSON.stringify({ detail: event }) };
}

/** The invalidator, which dies at one in so many of its steps. */
function dying(oneIn: number): { readonly deps: InvalidateDeps; readonly deaths: () => number } {
  let deaths = 0;
  const orDie = async <T>(step: Promise<T>): Promise<T> => {
    const result = await step;
    if (Math.random() * oneIn >= 1) return result;
    deaths++;
    throw new Error('killed');
  };
  const [connection] = connections;
  if (connection === undefined) throw new Error('there is a connection');
  const invalidator = new Invalidator({ connection, policies, maxUnheardMs: 20_000 });
  const store = new PurgeStore(database);
  let sent = 0;
  const flushDeps = {
    store,
    metrics: noMetrics,
    now: Date.now,
    sleep: pause,
    purge: async ({ paths }: { readonly paths: readonly string[] }) => {
      for (const edge of edges) edge.purge(paths);
      return { outcome: 'accepted', id: `I${++sent}` } as const;
    },
    onRefusal: () => {},
  };
  const options = {
    windowMs: 100,
    wildcardFrom: 1_000,
    wildcard: '/*',
    monthlyPaths: 1e6,
    whenSpent: 'wait for the TTL',
  };
  const deps: InvalidateDeps = {
    invalidator: {
      invalidate: (tags) => orDie(invalidator.invalidate(tags)),
      heard: (clock) => orDie(invalidator.heard(clock)),
    },
    store: { want: (items, now) => orDie(store.want(items, now)) },
    flush: () =>
      orDie(flushPurges(flushDeps, { ...options, whenSpent: 'wait for the TTL', deadline: Date.now() + 5_000 })),
    confirm: async () => true,
    warm: async () => {},
    deadLetter: () => Promise.reject(new Error('every message is an event')),
    metrics: noMetrics,
    now: Date.now,
    sleep: pause,
    settleMs: 10,
  };
  return { deps, deaths: () => deaths };
}

test('ten thousand random reads and writes, an invalidator that keeps dying: no stale read survives', async () => {
  const queue: ChangeMessage[] = [];
  const history = new Map<string, { version: number; at: number }[]>();
  const tooOld: string[] = [];
  const { deps, deaths } = dying(8);
  let writing = true;
  const work = async (): Promise<void> => {
    while (writing || queue.length > 0) {
      const batch = queue.splice(0, 10);
      if (batch.length === 0) await pause(5);
      // As a queue does: what was not done comes again.
      else await invalidateChanges(batch, deps).catch(() => queue.push(...batch));
    }
  };
  const read = (id: string, edge: Edge | undefined, cache: Cache<'item'> | undefined): Promise<number> => {
    const origin = async () => (await cache?.getOrLoad('item', id, () => versionOf(id))) ?? 0;
    return edge === undefined ? origin() : edge.read(id, origin);
  };
  const operate = async (): Promise<void> => {
    const id = `${1 + Math.floor(Math.random() * ITEMS)}`;
    if (Math.random() < 0.03) {
      // No backlog: a message that is lost must not be made good by a later one of the same item.
      while (queue.length > 2) await pause(5);
      const { rows } = await database.write<{ version: number }>(
        'UPDATE items SET version = version + 1 WHERE id = $1 RETURNING version',
        [Number(id)],
      );
      history.set(id, [...(history.get(id) ?? []), { version: rows[0]?.version ?? 0, at: Date.now() }]);
      queue.push(message(id));
      return;
    }
    const began = Date.now();
    const version = await read(id, edges[Math.floor(Math.random() * 3)], caches[Math.floor(Math.random() * 3)]);
    const due = (history.get(id) ?? []).filter(({ at }) => at < began - BOUND_MS).map((change) => change.version);
    if (version < Math.max(0, ...due)) tooOld.push(`${id} at ${version}`);
  };
  const working = [work(), work()];
  let left = OPERATIONS;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await operate();
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  writing = false;
  await Promise.all(working);
  const store = new PurgeStore(database);
  // What an execution that died has left, the schedule sends.
  await eventually(async () => {
    await deps.flush().catch(() => undefined);
    return (await store.pending()) === 0;
  }, 60_000);
  expect(tooOld).toEqual([]);
  expect(deaths()).toBeGreaterThan(10);
  for (let item = 1; item <= ITEMS; item++) {
    const places = [undefined, ...edges].flatMap((edge) => caches.map((cache) => read(`${item}`, edge, cache)));
    expect(new Set(await Promise.all(places))).toEqual(new Set([await versionOf(`${item}`)]));
  }
});
