import { Random } from '../../analysis/rehearsal/queueing/random';
import type { LoadResult } from './load-result';
import { changesSince } from './regression';

/** A minute whose latencies are `factor` times 20 ms, wander by an AR(1) process and jitter by a tenth. */
function run(seed: number, factor = 1, seconds = 60): LoadResult {
  const random = new Random(seed);
  const noise = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  let drift = 0;
  const perSecond = Array.from({ length: seconds }, (_, second) => {
    drift = 0.6 * drift + 0.05 * noise();
    const p50 = 20 * factor * Math.exp(drift + 0.1 * noise());
    return { second, arrivals: 100, failed: 0, concurrency: 1, p50, p95: 3 * p50, p99: 5 * p50 };
  });
  const quantiles = { mean: 1, p50: 1, p90: 1, p95: 1, p99: 1, p999: 1 };
  return {
    format: 'headroom-load-1',
    profile: 'users',
    target: 'http://127.0.0.1:1',
    startedAt: '2026-01-01T00:00:00Z',
    seconds,
    connections: 1,
    seed: 1,
    arrivalRate: 100,
    concurrency: 1,
    requests: 100 * seconds,
    failed: 0,
    failures: {},
    latency: quantiles,
    serviceTime: quantiles,
    cachedLatency: quantiles,
    kinds: [],
    perSecond,
  };
}

const verdicts = (factor: number) =>
  Array.from({ length: 40 }, (_, pair) => changesSince(run(2 * pair + 1), run(2 * pair + 2, factor))[1]?.verdict);
const count = (all: readonly (string | undefined)[], wanted: string) => all.filter((one) => one === wanted).length;

test('equal runs are rarely told apart', () => {
  expect(count(verdicts(1), 'same')).toBeGreaterThanOrEqual(38);
});

test('a service that became a quarter slower is found out', () => {
  expect(count(verdicts(1.25), 'worse')).toBeGreaterThanOrEqual(38);
});

test('one that became a quarter faster is praised, by how much', () => {
  expect(count(verdicts(0.75), 'better')).toBeGreaterThanOrEqual(38);
  const [p50] = changesSince(run(1), run(1, 0.75));
  expect(p50?.improvementPercent).toBeCloseTo(25, 10);
});

test.each<[string, LoadResult, string]>([
  ['another profile', { ...run(1), profile: 'spike' }, 'the earlier run has profile spike, this one users'],
  ['another seed', { ...run(1), seed: 2 }, 'the earlier run has seed 2, this one 1'],
  ['too little', run(1, 1, 29), 'only 29 seconds have answers in both runs; 30 are needed'],
])('does not compare with %s', (_what, baseline, message) => {
  expect(() => changesSince(baseline, run(2))).toThrow(message);
});
