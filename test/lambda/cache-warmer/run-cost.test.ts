import { PRICE_BOOK } from '../../../analysis/cost/prices/price-book';
import { runCost } from '../../../lambda/cache-warmer/run-cost';

// List prices: 0.2 USD per million calls, 0.0000133334 USD per GB-second on ARM (us-east-1, us-west-2), 0.01 USD per
// 10,000 HTTPS requests at edges of the United States and 0.012 USD at those of Europe.
const CALL = 0.2e-6;
const GB_SECOND = 0.0000133334;

const costOf = runCost(PRICE_BOOK, 'us-east-1', 512);
const report = (requests: number, gigabyteSeconds: number) => ({
  requests,
  gigabyteSeconds,
  hits: 0,
  failed: 0,
  unknown: 0,
});

test('a run costs its call, and its memory for as long as it took', () => {
  expect(costOf(60_000, {})).toBeCloseTo(CALL + 60 * 0.5 * GB_SECOND, 12);
});

test('and its requests, each at the price of the edge that answers, and the calls of other regions', () => {
  const run = CALL + 10 * 0.5 * GB_SECOND;
  expect(costOf(10_000, { 'us-east-1': report(50, 0) })).toBeCloseTo(run + 50e-6, 12);
  expect(costOf(10_000, { 'us-west-2': report(50, 0.5) })).toBeCloseTo(run + 50e-6 + CALL + 0.5 * GB_SECOND, 12);
  const europe = costOf(10_000, { 'eu-west-1': report(50, 0) });
  expect(europe).toBeCloseTo(run + 60e-6, 12);
});

test('a region without prices is taken for the one at home, a failed one for its requests', () => {
  const run = CALL + 10 * 0.5 * GB_SECOND;
  expect(costOf(10_000, { 'sa-east-1': report(50, 0.5) })).toBeCloseTo(run + 50e-6 + CALL + 0.5 * GB_SECOND, 12);
  expect(costOf(10_000, { 'us-west-2': { ...report(50, 0), unknown: 50 } })).toBeCloseTo(run + 50e-6, 12);
});
