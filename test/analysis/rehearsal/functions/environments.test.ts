import fc from 'fast-check';
import { Environments, LAMBDA_RAMP, THROTTLED } from '../../../../analysis/rehearsal/functions/environments';

const LONG = 1e9;

function environments(
  given: Partial<ConstructorParameters<typeof Environments>[0]> = {},
  provisioned = 0,
): Environments {
  const made = new Environments({ ...LAMBDA_RAMP, limit: 10_000, idleSeconds: 600, ...given });
  made.provisioned = provisioned;
  return made;
}

/** Calls at one moment that run for ever; returns how many were not throttled. */
function together(on: Environments, count: number, atMs: number): number {
  return Array.from({ length: count }, () => on.call(atMs, LONG, 0)).filter((ms) => ms !== THROTTLED).length;
}

// AWS News Blog, November 2023: 1000 more every 10 seconds, each function on its own.
test('a function reaches 5000 executions after 40 seconds', () => {
  const one = environments();
  expect(together(one, 5000, 0)).toBe(1000);
  for (let second = 1; second < 40; second++) {
    expect(together(one, 5000 - one.inUse, second * 1000)).toBe(100);
    expect(one.inUse).toBe(1000 + 100 * second);
  }
  together(one, 5000 - one.inUse, 40_000);
  expect(one.inUse).toBe(5000);
});

test('the ramp holds one interval at most', () => {
  const one = environments();
  together(one, 1000, 0);
  expect(together(one, 5000, 3_600_000)).toBe(1000);
});

test('a function is throttled at its limit', () => {
  const one = environments({ limit: 3 });
  expect([1, 2, 3, 4].map(() => one.call(0, 50, 200))).toEqual([250, 250, 250, THROTTLED]);
  expect(one.call(250, 50, 200)).toBe(50);
});

test('the environment that was used is used again, without another start', () => {
  const one = environments();
  expect(one.call(0, 50, 300)).toBe(350);
  expect(one.call(349, 50, 300)).toBe(350);
  expect(one.call(350, 50, 300)).toBe(50);
  expect(one.coldStarts).toBe(2);
});

test('an environment that nobody used for its time is gone', () => {
  const one = environments({ idleSeconds: 60 });
  one.call(0, 50, 300);
  expect(one.call(60_349, 50, 300)).toBe(50);
  // Idle since 60.399 s.
  expect(one.call(120_399, 50, 300)).toBe(350);
});

test('provisioned environments are ready, and the rest starts on demand', () => {
  const one = environments({}, 2);
  expect([1, 2, 3].map(() => one.call(0, 50, 300))).toEqual([50, 50, 350]);
  expect(one.busyProvisioned).toBe(2);
  one.release(50);
  expect([one.busyProvisioned, one.inUse, one.mostBusy]).toEqual([0, 1, 3]);
});

test('never more at once than the limit, and nobody waits', () => {
  const call = fc.record({ gapMs: fc.nat(50), workMs: fc.integer({ min: 1, max: 400 }) });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 80 }), fc.integer({ min: 1, max: 5 }), fc.nat(4), (calls, limit, warm) => {
      const one = environments({ limit }, Math.min(warm, limit));
      let at = 0;
      for (const { gapMs, workMs } of calls) {
        at += gapMs;
        const ms = one.call(at, workMs, 100);
        expect([THROTTLED, workMs, workMs + 100]).toContain(ms);
        expect(one.inUse).toBeLessThanOrEqual(limit);
      }
    }),
  );
});
