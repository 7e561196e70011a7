import fc from 'fast-check';
import { StackDistances, warmUpCurve } from '../../../../analysis/rehearsal/queueing/stack-distance';

/** The plain way: one LRU cache of one size, played access by access. */
function played(keys: readonly number[], size: number, ttl: number): number {
  const loaded = new Map<number, number>();
  let hits = 0;
  keys.forEach((key, position) => {
    const at = loaded.get(key);
    const alive = at !== undefined && position - at <= ttl;
    if (alive) hits += 1;
    loaded.delete(key);
    loaded.set(key, alive ? at : position);
    const [oldest] = loaded.keys();
    if (loaded.size > size && oldest !== undefined) loaded.delete(oldest);
  });
  return keys.length === 0 ? 0 : hits / keys.length;
}

test('a b c a: three entries are needed for the one hit', () => {
  const distances = new StackDistances([1, 2, 3, 1]);
  expect([1, 2, 3, 4].map((size) => distances.hitRatio(size))).toEqual([0, 0, 0.25, 0.25]);
  expect(distances.uniqueKeys).toBe(3);
});

test('equals a cache played access by access, for every size and time to live', () => {
  const keys = fc.array(fc.nat(12), { maxLength: 120 });
  fc.assert(
    fc.property(
      keys,
      fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(Number.POSITIVE_INFINITY)),
      (accesses, ttl) => {
        const distances = new StackDistances(accesses, ttl);
        for (let size = 1; size <= 14; size++)
          expect(distances.hitRatio(size)).toBeCloseTo(played(accesses, size, ttl), 12);
      },
    ),
  );
});

test('a cache warms up after a flush', () => {
  const keys = Array.from({ length: 1000 }, (_, at) => (at * 7) % 50);
  const curve = warmUpCurve(keys, 50, 10);
  expect(curve[0]).toBe(0.5);
  expect(curve.slice(1)).toEqual(new Array(9).fill(1));
});
