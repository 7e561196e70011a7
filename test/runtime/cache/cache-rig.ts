import { setTimeout as pause } from 'node:timers/promises';
import { type Cache, type CacheClient, type CacheConnection, connectCache, createCache } from '../../../runtime/cache';
import { Invalidator } from '../../../runtime/cache/invalidator';
import { startServer, type TestServer } from '../support/cache-server';

const policies = {
  item: { cacheable: true, ttlMs: 60_000, tags: (id: string) => [`item:${id}`, 'items'] },
  page: { cacheable: true, ttlMs: 60_000 },
  missing: { cacheable: true, ttlMs: 60_000, negativeTtlMs: 60_000 },
  brief: { cacheable: true, ttlMs: 40, staleWhileRevalidateMs: 60_000 },
  sturdy: { cacheable: true, ttlMs: 1, staleIfErrorMs: 60_000, jitterPercent: 0 },
  blob: { cacheable: true, ttlMs: 60_000, format: 'bytes' },
  body: { cacheable: true, ttlMs: 60_000, format: 'response' },
  profile: { cacheable: true, ttlMs: 60_000, sensitive: true },
  card: { cacheable: false, reason: 'card data' },
} as const;

export type Classes = keyof typeof policies & string;

/** The key that sensitive classes are encrypted with. */
export const key = Buffer.alloc(32, 1);
export const encryption = { current: 'a', keys: { a: key }, naming: Buffer.alloc(32, 2) };

/** Caches of one test on a real server. */
export interface CacheRig {
  /** The namespace of this test's keys. */
  readonly namespace: string;
  /** The server itself, past the cache. */
  client(): CacheClient;
  /** A cache as another process would have it. */
  instance(more?: Partial<Parameters<typeof createCache>[0]>): Promise<Cache<Classes>>;
  /** Resolves when every cache has said that it knows of all that was invalidated so far. */
  heard(): Promise<void>;
}

/** Starts a server before the tests of a file and stops it after them; each test has a namespace of its own. */
export function useCaches(): CacheRig {
  let server: TestServer;
  let connection: CacheConnection;
  let caches: Cache<Classes>[];
  let namespace: string;
  let tests = 0;

  beforeAll(async () => {
    server = await startServer();
    connection = await connectCache({ url: server.url });
  });

  beforeEach(() => {
    caches = [];
    namespace = `test${++tests}`;
  });

  afterEach(async () => {
    await Promise.all(caches.map((cache) => cache.close()));
  });

  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  return {
    get namespace() {
      return namespace;
    },
    client: () => connection.client(),
    async instance(more = {}) {
      const cache = createCache({ connection, namespace, encryption, ...more, policies });
      caches.push(cache);
      await cache.ready();
      return cache;
    },
    async heard() {
      const clock = Number(await connection.client().get(`${namespace}:clock`));
      await new Invalidator({ connection, policies, namespace }).heard(clock);
    },
  };
}

/** A source that counts its loads and gives `value`. */
export function source<T>(value: T | undefined) {
  const loads: number[] = [];
  return {
    get loads() {
      return loads.length;
    },
    load: async (): Promise<T | undefined> => {
      loads.push(Date.now());
      await pause(5);
      return value;
    },
  };
}
