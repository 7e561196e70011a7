import { type CachePolicies, CachePolicyError, createCache, type EncryptionKeys } from '../../../runtime/cache';
import { jittered } from '../../../runtime/cache/policy';

function create(policies: CachePolicies, encryption?: EncryptionKeys) {
  return () => createCache({ connection: 'none', policies, ...(encryption && { encryption }) });
}

test.each([
  [{ ttlMs: 0 }, '`policies.item.ttlMs` must be at least 1, got 0'],
  [{ staleWhileRevalidateMs: -1 }, '`policies.item.staleWhileRevalidateMs` must not be negative, got -1'],
  [{ staleIfErrorMs: -2 }, '`policies.item.staleIfErrorMs` must not be negative, got -2'],
  [{ negativeTtlMs: -3 }, '`policies.item.negativeTtlMs` must not be negative, got -3'],
  [{ memoryTtlMs: -4 }, '`policies.item.memoryTtlMs` must not be negative, got -4'],
  [{ memoryTtlMs: 2_000 }, '`policies.item.memoryTtlMs` must not exceed `ttlMs` (1000), got 2000'],
  [{ jitterPercent: 51 }, '`policies.item.jitterPercent` must be between 0 and 50, got 51'],
  [{ sensitive: true }, '`policies.item` is `sensitive`: give `encryption`, or make the class `cacheable: false`'],
])('fails when a policy has %j', (wrong, message) => {
  expect(create({ item: { cacheable: true, ttlMs: 1_000, ...wrong } })).toThrow(new CachePolicyError(message));
});

test('fails when a class has a name that could be mistaken for a part of a key', () => {
  expect(create({ 'a:b': { cacheable: false, reason: 'test' } })).toThrow(
    '`policies` must be named with letters, digits, `-` and `_`, got `a:b`',
  );
});

test('fails when keys cannot encrypt, and says everything at once', () => {
  const encryption = {
    current: 'c',
    keys: { a: Buffer.alloc(16), ['i'.repeat(256)]: Buffer.alloc(32) },
    naming: Buffer.alloc(8),
  };
  const item = { cacheable: true, ttlMs: 0, jitterPercent: 99 } as const;
  expect(create({ item }, encryption)).toThrow(
    [
      '`encryption.current` must name one of `encryption.keys`, got `c`',
      '`encryption.keys.a` must be 32 bytes (AES-256), got 16',
      '`encryption.keys` must have ids of at most 255 bytes, got 256',
      '`encryption.naming` must be at least 32 bytes, got 8',
      '`policies.item.ttlMs` must be at least 1, got 0',
      '`policies.item.jitterPercent` must be between 0 and 50, got 99',
    ].join('\n'),
  );
});

test('spreads TTLs over their range, evenly on both sides', () => {
  const ttls = Array.from({ length: 20_000 }, () => jittered(10_000, 5));
  expect(Math.min(...ttls)).toBeGreaterThanOrEqual(9_500);
  expect(Math.max(...ttls)).toBeLessThanOrEqual(10_500);
  // Uniform over 1,000: the mean of 20,000 is within 2 (σ/√n = 289/141) × 5.
  expect(Math.abs(ttls.reduce((sum, ttl) => sum + ttl, 0) / ttls.length - 10_000)).toBeLessThan(11);
  expect(jittered(10_000, 0)).toBe(10_000);
});
