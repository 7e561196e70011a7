import { CacheTier } from '../../../../analysis/rehearsal/simulation/cache-tier';

/** The share of `count` lookups, spread evenly from 0 to 1, that is answered. */
function answered(cache: CacheTier, count: number): number {
  let hits = 0;
  for (let index = 0; index < count; index++) if (cache.answers(((index * 617) % 1000) / 1000)) hits += 1;
  return hits / count;
}

test('answers its share of the lookups, and counts them', () => {
  const cache = new CacheTier({ hitRatio: 0.9 });
  expect(answered(cache, 1000)).toBeCloseTo(0.9, 2);
  expect([cache.accesses, cache.hits]).toEqual([1000, 900]);
});

test('comes back after a flush over a hundred thousand lookups where nothing else is known', () => {
  const cache = new CacheTier({ hitRatio: 0.8 });
  cache.flush();
  expect(answered(cache, 1000)).toBeLessThan(0.01);
  answered(cache, 49_000);
  expect(answered(cache, 1000)).toBeCloseTo(0.4, 1);
  answered(cache, 60_000);
  expect(answered(cache, 1000)).toBeCloseTo(0.8, 2);
});

test('comes back as a key trace has it, up to its own ratio', () => {
  const cache = new CacheTier({ hitRatio: 0.6, warmUp: { accesses: 3000, curve: [0.2, 0.5, 0.9] } });
  expect(answered(cache, 1000)).toBeCloseTo(0.6, 2);
  cache.flush();
  expect(
    [answered(cache, 999), answered(cache, 1000), answered(cache, 1000), answered(cache, 1000)].map((share) =>
      Math.round(10 * share),
    ),
  ).toEqual([2, 5, 6, 6]);
});
