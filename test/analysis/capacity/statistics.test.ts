import { median, quantile, rankCorrelation, theilSen } from '../../../analysis/capacity/statistics';

test('quantiles are those of R: quantile(c(1, 2, 4, 8), c(0, 0.25, 0.5, 0.9, 1))', () => {
  const values = [8, 1, 4, 2];
  expect([0, 0.25, 0.5, 0.9, 1].map((share) => quantile(values, share))).toEqual([
    1,
    1.75,
    3,
    expect.closeTo(6.8, 9),
    8,
  ]);
  expect(quantile([], 0.5)).toBeNaN();
});

test('the line of exact points is exact, with nothing around it', () => {
  const xs = [0, 1, 2, 3, 4, 5, 6, 7];
  const line = theilSen(
    xs,
    xs.map((x) => 3 + 2 * x),
  );
  expect(line).toEqual({ slope: 2, intercept: 3, slopeLow: 2, slopeHigh: 2, centre: { x: 3.5, y: 10 } });
});

test('a quarter of wild points does not move the line', () => {
  const xs = Array.from({ length: 40 }, (_, index) => index);
  const line = theilSen(
    xs,
    xs.map((x) => (x % 4 === 0 ? 1_000 : 3 + 2 * x)),
  );
  expect(line?.slope).toBeCloseTo(2, 6);
});

// Sen (1968), worked by hand in Hollander, Wolfe: slopes of (1, 9) (2, 15) (3, 19) (4, 20) (10, 45) (12, 55) (18, 78).
test("the slope of Sen's own example is 4", () => {
  const line = theilSen([1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78]);
  expect(line?.slope).toBeCloseTo(4, 2);
});

test('points above each other have no slope', () => {
  expect(theilSen([1, 1, 1], [1, 2, 3])).toBeUndefined();
});

// Spearman's rho of the example in https://en.wikipedia.org/wiki/Spearman%27s_rank_correlation_coefficient is -29/165.
test('the rank correlation is that of the textbook', () => {
  const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
  const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  expect(rankCorrelation(iq, hours)).toBeCloseTo(-29 / 165, 9);
  expect(rankCorrelation([1, 2, 3], [10, 100, 1_000])).toBeCloseTo(1, 9);
  expect(rankCorrelation([1, 2, 3], [5, 5, 5])).toBe(0);
});

test('the median of two is between them', () => {
  expect(median([1, 4])).toBe(2.5);
});
