import fc from 'fast-check';
import { rateCounter } from '../../../analysis/edge/rate-counter';

const limitedAt = (times: readonly number[], limit: number, windowSeconds: number, checkEverySeconds = 0) => {
  const counter = rateCounter({ limit, windowSeconds, checkEverySeconds });
  return times.filter((time) => counter.count(time));
};
const every = (seconds: number, count: number) => Array.from({ length: count }, (_, index) => index * seconds);

// Worked by hand. One request every 5 s from second 0. The n-th request comes at 5 × (n − 1); the window (t − w, t] holds
// w / 5 of them once it is full.
test.each([
  // 12 in any full window of 60 s: never above 12.
  { windowSeconds: 60, limit: 12, first: undefined },
  // Above 10 with the 11th request, at 50 s, and from then on.
  { windowSeconds: 60, limit: 10, first: 50 },
  // 24 in 120 s; above 20 with the 21st, at 100 s.
  { windowSeconds: 120, limit: 20, first: 100 },
  // 60 in 300 s; above 50 with the 51st, at 250 s.
  { windowSeconds: 300, limit: 50, first: 250 },
  // 120 in 600 s; above 100 with the 101st, at 500 s.
  { windowSeconds: 600, limit: 100, first: 500 },
])(
  'a request every 5 s against $limit in $windowSeconds s is limited from second $first',
  ({ windowSeconds, limit, first }) => {
    const limited = limitedAt(every(5, 200), limit, windowSeconds);
    expect(limited[0]).toBe(first);
    expect(limited).toHaveLength(first === undefined ? 0 : 200 - limit);
  },
);

test.each([60, 120, 300, 600])(
  'a burst of 30 against 10 in %d s is limited until the burst has left the window',
  (window) => {
    const burst = Array.from({ length: 30 }, (_, index) => index / 30);
    const later = [window - 1, window + 1, window + 2];
    // At w − 1 the whole burst is still in the window; at w + 1 all of it has left: one request (at w − 1) and itself.
    expect(limitedAt([...burst, ...later], 10, window)).toEqual([...burst.slice(10), window - 1]);
  },
);

test('who does not slow down stays limited: refused requests count on', () => {
  const limited = limitedAt(every(1, 1_000), 10, 60);
  expect(limited).toHaveLength(990);
});

test('looking every 10 s delays the limit, and its end, to the next look', () => {
  // 2 requests per second against 60 in 60 s. Exactly: the 61st request at 30 s. Looks at 0, 10, 20, 30 (60 requests
  // before second 30: not above), 40 (80 requests: above).
  const busy = every(0.5, 200).filter((time) => time < 60);
  expect(limitedAt(busy, 60, 60)[0]).toBe(30);
  expect(limitedAt(busy, 60, 60, 10)[0]).toBe(40);
  // The burst ends before second 60; at the look of 120 s the window (60, 120] holds nothing of it.
  expect(limitedAt([...busy, 118, 121], 60, 60, 10).at(-1)).toBeLessThan(60);
});

test('agrees with counting every request of the window', () => {
  const times = fc
    .array(fc.nat(300), { minLength: 1, maxLength: 120 })
    .map((list) => list.toSorted((left, right) => left - right));
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 30 }), fc.constantFrom(60, 120), (list, limit, window) => {
      const naive = list.filter(
        (time, index) => list.slice(0, index + 1).filter((other) => other > time - window).length > limit,
      );
      expect(limitedAt(list, limit, window)).toEqual(naive);
    }),
  );
});
