import { Distribution, type DurationModel, normalQuantile } from '../../../../analysis/rehearsal/queueing/distribution';
import { LatencyHistogram } from '../../../../analysis/rehearsal/queueing/latency-histogram';
import { MinHeap } from '../../../../analysis/rehearsal/queueing/min-heap';
import { Random } from '../../../../analysis/rehearsal/queueing/random';

const COUNT = 200_000;

function samples(draw: () => number) {
  const values = Array.from({ length: COUNT }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / COUNT;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / COUNT;
  return { values: values.sort((a, b) => a - b), mean, cv: Math.sqrt(variance) / mean };
}

test('equal seeds give equal numbers, others do not', () => {
  const [a, b, c] = [new Random(1), new Random(1), new Random(2)];
  const draw = (random: Random) => Array.from({ length: 5 }, () => random.bits());
  expect(draw(a)).toEqual(draw(b));
  expect(draw(a)).not.toEqual(draw(c));
});

test.each<[string, (random: Random) => number, number, number]>([
  ['uniform', (random) => random.uniform(), 0.5, 1 / Math.sqrt(3)],
  ['exponential', (random) => random.exponential(), 1, 1],
  ['gamma of variance 0.5', (random) => random.gamma(0.5), 1, Math.sqrt(0.5)],
  ['gamma of variance 2', (random) => random.gamma(2), 1, Math.sqrt(2)],
])('%s has its mean and coefficient of variation', (_, draw, mean, cv) => {
  const random = new Random(3);
  const found = samples(() => draw(random));
  expect(Math.abs(found.mean / mean - 1)).toBeLessThan(0.02);
  expect(Math.abs(found.cv / cv - 1)).toBeLessThan(0.03);
});

// Standard tables of the normal distribution.
test.each([
  [0.5, 0],
  [0.975, 1.959964],
  [0.999, 3.090232],
  [0.01, -2.326348],
])('normal quantile of %d', (share, expected) => {
  expect(normalQuantile(share)).toBeCloseTo(expected, 5);
});

test.each<DurationModel>([
  { kind: 'lognormal', meanMs: 20, cv: 1 },
  { kind: 'exponential', meanMs: 20 },
  { kind: 'fixed', meanMs: 20 },
])('%j keeps its mean exactly', (model) => {
  expect(new Distribution(model).meanMs).toBeCloseTo(20, 9);
});

test('a lognormal of cv 1 has the p95 of the formula', () => {
  const random = new Random(5);
  const distribution = new Distribution({ kind: 'lognormal', meanMs: 20, cv: 1 });
  const sigma = Math.sqrt(Math.LN2);
  const expected = (20 / Math.SQRT2) * Math.exp(1.6448536 * sigma);
  expect(Math.abs((samples(() => distribution.sample(random)).values[COUNT * 0.95] ?? 0) / expected - 1)).toBeLessThan(
    0.02,
  );
});

test('measured quantiles are followed in straight lines', () => {
  const distribution = new Distribution({
    kind: 'quantiles',
    points: [
      [0, 0],
      [0.5, 10],
      [1, 30],
    ],
  });
  expect(distribution.meanMs).toBeCloseTo(0.5 * 5 + 0.5 * 20, 3);
});

test('the histogram finds quantiles within one per cent', () => {
  const random = new Random(9);
  const histogram = new LatencyHistogram();
  const { values } = samples(() => random.lognormal(1.2) * 30);
  for (const value of values) histogram.record(value);
  for (const share of [0.01, 0.5, 0.95, 0.99, 0.999]) {
    const exact = values[Math.ceil(share * COUNT) - 1] ?? 0;
    expect(Math.abs((histogram.quantile(share) ?? 0) / exact - 1)).toBeLessThan(0.01);
  }
  const slower = values.filter((value) => value > 200).length;
  expect(Math.abs(histogram.slowerThan(200) / slower - 1)).toBeLessThan(0.05);
});

test('a quantile is the nearest rank, and a latency at the bound is not slower than it', () => {
  const histogram = new LatencyHistogram();
  for (const ms of [10, 20, 30]) histogram.record(ms);
  // Half of three are two.
  expect(Math.abs((histogram.quantile(0.5) ?? 0) / 20 - 1)).toBeLessThan(0.01);
  histogram.record(200);
  expect(histogram.slowerThan(200)).toBe(0);
  histogram.record(203);
  expect(histogram.slowerThan(200)).toBe(1);
});

test('an empty histogram has no quantile, and one can be cleared and added', () => {
  const [a, b] = [new LatencyHistogram(), new LatencyHistogram()];
  expect(a.quantile(0.5)).toBeUndefined();
  a.record(10);
  b.record(1000);
  a.add(b);
  expect([a.total, a.meanMs]).toEqual([2, 505]);
  a.clear();
  expect([a.total, a.meanMs]).toEqual([0, undefined]);
});

test('the heap gives back keys in order with their values', () => {
  const random = new Random(11);
  const heap = new MinHeap();
  const keys = Array.from({ length: 1000 }, () => random.below(500));
  for (const key of keys) heap.push(key, -key);
  const out: number[] = [];
  while (heap.size > 0) {
    expect(heap.firstValue).toBe(-heap.first);
    out.push(heap.first);
    heap.pop();
  }
  expect(out).toEqual([...keys].sort((a, b) => a - b));
});
