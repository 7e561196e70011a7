import type { RateLimitDecision } from '../../runtime/limits';
import { rateLimits } from '../../service/src/rate-limits';
import { ThriftyLimits } from '../../service/src/thrifty-limits';

/** A shared count that lets `budget` requests through and notes what it was charged. */
function sharedCount(budget: number) {
  const charges: number[] = [];
  const check = async (_tier: string, _client: string, cost = 1): Promise<RateLimitDecision> => {
    charges.push(cost);
    const left = budget - charges.reduce((sum, charge) => sum + charge, 0);
    const allowed = left >= 0;
    return {
      allowed,
      limit: 200,
      remaining: Math.max(0, left),
      retryAfterSeconds: allowed ? 0 : 2,
      resetSeconds: 1,
      scope: 'shared',
    };
  };
  return { charges, check };
}

const { perMinute, burst } = rateLimits.free;
const BATCH = burst / 20;

test('a client below its rate is never asked about', async () => {
  const shared = sharedCount(Number.POSITIVE_INFINITY);
  const limits = new ThriftyLimits(shared);
  const everyMs = (60_000 / perMinute) * 1.01;
  for (let index = 0; index < 500; index += 1) await limits.check('free', 'a', index * everyMs);
  expect(shared.charges).toEqual([]);
});

test('a client in a hurry is charged for everything, in batches', async () => {
  const shared = sharedCount(Number.POSITIVE_INFINITY);
  const limits = new ThriftyLimits(shared);
  for (let index = 0; index < 100; index += 1) await limits.check('free', 'a', 0);
  expect(shared.charges).toEqual(Array(100 / BATCH).fill(BATCH));
});

test('a refusal lasts as long as the shared count says, and costs nothing meanwhile', async () => {
  const shared = sharedCount(0);
  const limits = new ThriftyLimits(shared);
  for (let index = 0; index < BATCH; index += 1) await limits.check('free', 'a', 0);
  const refused = await limits.check('free', 'a', 500);
  expect([refused.allowed, refused.retryAfterSeconds]).toEqual([false, 2]);
  for (let index = 0; index < 1000; index += 1) await limits.check('free', 'a', 1999);
  expect(shared.charges).toHaveLength(1);
  expect((await limits.check('free', 'a', 2001)).allowed).toBe(false);
});

test('clients and tiers are counted by themselves', async () => {
  const shared = sharedCount(Number.POSITIVE_INFINITY);
  const limits = new ThriftyLimits(shared);
  for (let index = 0; index < BATCH - 1; index += 1) {
    await limits.check('free', 'a', 0);
    await limits.check('free', 'b', 0);
    await limits.check('anonymous', 'a', 0);
  }
  expect(shared.charges).toEqual([]);
});

test('a tier with a small burst is asked about every request', async () => {
  const shared = sharedCount(Number.POSITIVE_INFINITY);
  const limits = new ThriftyLimits(shared);
  for (let index = 0; index < 5; index += 1) await limits.check('signIn', 'a', 0);
  expect(shared.charges).toEqual([1, 1, 1, 1, 1]);
});
