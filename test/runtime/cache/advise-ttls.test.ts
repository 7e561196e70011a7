import { type Access, AccessRecorder, adviseTtls } from '../../../runtime/cache';

/** A read of key 1 every `seconds`, `count` times. */
function reads(keyClass: string, seconds: number, count: number): Access[] {
  return Array.from({ length: count }, (_, i) => ({
    at: i * seconds * 1_000,
    keyClass,
    key: 1,
    kind: 'read' as const,
  }));
}

function advice(accesses: readonly Access[], fewestReads = 1) {
  const [only] = adviseTtls(accesses, { fewestReads, ttlsSeconds: [1, 10, 100] });
  if (only === undefined) throw new Error('no advice');
  return only;
}

test('a hit is a read within the TTL of the load before it', () => {
  // Every 4 s: with 10 s the reads at 0, 12, 24 … load, which is every third; with 100 s every 25th.
  const { outcomes } = advice(reads('item', 4, 300));
  expect(outcomes.map(({ hitRate }) => hitRate)).toEqual([0, 2 / 3, 288 / 300]);
  expect(outcomes.map(({ staleRate }) => staleRate)).toEqual([0, 0, 0]);
});

test('the shortest TTL that is nearly as good as the longest is advised', () => {
  expect(advice(reads('item', 0.1, 1_000))).toMatchObject({ verdict: 'cache', ttlSeconds: 10, keys: 1, writes: 0 });
  expect(advice(reads('item', 4, 300))).toMatchObject({ ttlSeconds: 100 });
});

test('reads after a change that a TTL does not notice are stale, and ask for invalidation', () => {
  const written = { at: 20_500, keyClass: 'item', key: 1, kind: 'write' as const };
  const accesses = [...reads('item', 1, 100), written].sort((one, other) => one.at - other.at);
  const { outcomes, verdict } = advice(accesses);
  // Loaded at 0 for 100 s: the reads from 21 to 99 s are stale. With 10 s it was loaded at 20: 21 to 29 are.
  expect(outcomes.map(({ staleRate }) => staleRate)).toEqual([0, 0.09, 0.79]);
  expect(verdict).toBe('cache with invalidation');
});

test('a class whose keys hardly come twice is not worth caching', () => {
  const accesses = Array.from({ length: 500 }, (_, key) => ({
    at: key,
    keyClass: 'search',
    key,
    kind: 'read' as const,
  }));
  const found = advice(accesses);
  expect(found.verdict).toBe('not worth caching');
  expect(found).not.toHaveProperty('ttlSeconds');
});

test('says nothing about a class that was hardly read, and puts the most read first', () => {
  const accesses = [...reads('rare', 1, 5), ...reads('often', 1, 300)];
  expect(adviseTtls(accesses).map(({ keyClass, verdict }) => [keyClass, verdict])).toEqual([
    ['often', 'cache'],
    ['rare', 'too few reads'],
  ]);
});

describe('the recorder', () => {
  test('follows one key in so many, and every access to it', () => {
    const recorder = new AccessRecorder({ oneKeyIn: 10 });
    for (let round = 0; round < 3; round++) {
      for (let id = 0; id < 20_000; id++) recorder.note('read', 'item', `${id}`, round);
    }
    const accesses = recorder.accesses();
    const keys = new Set(accesses.map(({ key }) => key));
    // Binomial: 20,000 keys at 1 in 10 are 2,000 ± 42; 5 deviations either way.
    expect(keys.size).toBeGreaterThan(1_790);
    expect(keys.size).toBeLessThan(2_210);
    expect(accesses).toHaveLength(3 * keys.size);
  });

  test('holds the newest, oldest first', () => {
    const recorder = new AccessRecorder({ oneKeyIn: 1, capacity: 3 });
    for (let at = 1; at <= 5; at++) recorder.note('read', 'item', 'a', at);
    expect(recorder.accesses().map(({ at }) => at)).toEqual([3, 4, 5]);
  });
});
