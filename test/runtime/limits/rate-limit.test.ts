import { setTimeout as pause } from 'node:timers/promises';
import { type CacheConnection, connectCache } from '../../../runtime/cache';
import { RateLimiter, rateLimitHeaders } from '../../../runtime/limits';
import { startServer, type TestServer } from '../support/cache-server';

// Slow refills: what a test does takes no part of an hour.
const tiers = {
  anonymous: { perMinute: 1 / 60, burst: 5 },
  paid: { perMinute: 1 / 60, burst: 50 },
  quick: { perMinute: 600, burst: 2 },
  plain: { perMinute: 60 },
};

let server: TestServer;
let connection: CacheConnection;
let tests = 0;
let namespace: string;

beforeAll(async () => {
  server = await startServer();
  connection = await connectCache({ url: server.url });
});

beforeEach(() => {
  namespace = `test${++tests}`;
});

afterAll(async () => {
  await connection.close();
  await server.stop();
});

test('counts over all processes: of many at once exactly the burst passes', async () => {
  const limiters = Array.from({ length: 3 }, () => new RateLimiter({ connection, tiers, namespace }));
  for (const [tier, burst] of [
    ['anonymous', 5],
    ['paid', 50],
  ] as const) {
    const checks = Array.from({ length: 90 }, (_, i) => limiters[i % 3]?.check(tier, '192.0.2.1'));
    const decisions = await Promise.all(checks);
    expect(decisions.filter((decision) => decision?.allowed)).toHaveLength(burst);
    expect(new Set(decisions.map((decision) => decision?.scope))).toEqual(new Set(['shared']));
  }
});

test('tells what is left and when to come back', async () => {
  const limiter = new RateLimiter({ connection, tiers, namespace });
  const first = await limiter.check('anonymous', 'a', 2);
  // One request per hour: two used make 7,200 s until all are back.
  expect(first).toEqual({
    allowed: true,
    limit: 5,
    remaining: 3,
    retryAfterSeconds: 0,
    resetSeconds: 7_200,
    scope: 'shared',
  });
  expect(rateLimitHeaders(first)).toEqual({
    'ratelimit-limit': '5',
    'ratelimit-remaining': '3',
    'ratelimit-reset': '7200',
  });
  const refused = await limiter.check('anonymous', 'a', 4);
  expect(refused).toMatchObject({ allowed: false, remaining: 3, retryAfterSeconds: 3_600 });
  expect(rateLimitHeaders(refused)['retry-after']).toBe('3600');
  expect(await limiter.check('anonymous', 'a', 3)).toMatchObject({ allowed: true, remaining: 0 });
});

test('limits every client and every tier for itself', async () => {
  const limiter = new RateLimiter({ connection, tiers, namespace });
  expect(await limiter.check('anonymous', 'a', 5)).toMatchObject({ allowed: true });
  expect(await limiter.check('anonymous', 'a')).toMatchObject({ allowed: false });
  expect(await limiter.check('anonymous', 'b')).toMatchObject({ allowed: true });
  expect(await limiter.check('paid', 'a')).toMatchObject({ allowed: true });
});

test('lets a client come back at its rate', async () => {
  const limiter = new RateLimiter({ connection, tiers, namespace });
  expect(await limiter.check('quick', 'a', 2)).toMatchObject({ allowed: true });
  let allowed = (await limiter.check('quick', 'a')).allowed;
  for (let attempt = 0; attempt < 200 && !allowed; attempt++) {
    await pause(10);
    allowed = (await limiter.check('quick', 'a')).allowed;
  }
  expect(allowed).toBe(true);
});

test('stores no address and no key of a client', async () => {
  const limiter = new RateLimiter({ connection, tiers, namespace });
  await limiter.check('anonymous', '192.0.2.7');
  const keys = (await connection.client().keys(`${namespace}:*`)).map(String);
  expect(keys).toHaveLength(1);
  expect(keys.join()).not.toContain('192.0.2.7');
});

test('limits by the process alone while the server is away, and counts what it refuses', async () => {
  const gone = await startServer();
  const lost = await connectCache({ url: gone.url });
  const counted: unknown[] = [];
  const metrics = { count: (...call: unknown[]) => counted.push(call), gauge() {}, observe() {} };
  const limiter = new RateLimiter({ connection: lost, tiers, namespace, metrics });
  await gone.server.kill();
  const decisions = await Promise.all(Array.from({ length: 8 }, () => limiter.check('anonymous', 'a')));
  expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(5);
  expect(decisions.at(-1)).toMatchObject({ scope: 'process', remaining: 0 });
  expect(counted).toEqual(Array(3).fill(['rate_limited_requests_total', { tier: 'anonymous' }]));
  await lost.close();
  await gone.stop();
});

test('takes 10 seconds of the rate as the burst when none is given', async () => {
  const limiter = new RateLimiter({ connection, tiers, namespace });
  expect(await limiter.check('plain', 'a')).toMatchObject({ limit: 10 });
});

test('fails when tiers cannot work, with every problem', () => {
  const broken = { none: { perMinute: 0 }, small: { perMinute: 1, burst: 0 } };
  expect(() => new RateLimiter({ connection, tiers: broken })).toThrow(
    '`tiers.none.perMinute` must be more than 0, got 0\n`tiers.small.burst` must be at least 1, got 0',
  );
});

test('fails when a tier is not in the table', async () => {
  const limiter: RateLimiter = new RateLimiter({ connection, tiers });
  await expect(limiter.check('gold', 'a')).rejects.toThrow('no tier `gold`: `tiers` has anonymous, paid, quick, plain');
});
