import { warmStartReport } from '../../../analysis/cache/warm-start';

test('plays the second half cold and warmed, by hand', () => {
  // First half: 1 is read three times, 2 twice, 3 once. Second half: 1 2 1 4 2 1 with room for two of four keys.
  const report = warmStartReport(Uint32Array.from([1, 1, 1, 2, 2, 3, 1, 2, 1, 4, 2, 1]), 50);
  expect(report).toMatchObject({ accesses: 12, uniqueKeys: 4, size: 2 });
  // Cold: only the second 1 hits; then 4 evicts 2, 2 evicts 1. Warmed: the first 1 and 2 hit as well.
  // Everything but the first read of 4 could hit.
  expect(report.groups[0]).toEqual({ mostReadPercent: 100, share: 1, bound: 5 / 6, cold: 1 / 6, warmed: 3 / 6 });
  // The most-read key is 1: three of the six.
  expect(report.groups[2]).toEqual({ mostReadPercent: 1, share: 3 / 6, bound: 1, cold: 1 / 3, warmed: 2 / 3 });
});

test('a cache for every key misses each of them once', () => {
  const { bySize } = warmStartReport(Uint32Array.from([1, 2, 1, 2, 3, 1, 2, 3]), 100);
  expect(bySize.at(-1)).toEqual({ percent: 100, hitRatio: 5 / 8 });
});
