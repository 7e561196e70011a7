import type { Statistic } from '../../../../analysis/rehearsal/alarms/alarm-definition';
import { LatencyHistogram } from '../../../../analysis/rehearsal/queueing/latency-histogram';
import { gauge, MetricStore } from '../../../../analysis/rehearsal/simulation/metric-store';

const store = (delay = 0) => new MetricStore({ delaySeconds: () => delay, historySeconds: 600 });
const window = (statistic: Statistic, startSeconds: number, endSeconds: number) =>
  ({ measure: 'response-time', statistic, resolutionSeconds: 60, startSeconds, endSeconds }) as const;

test.each<[Statistic, number]>([
  ['Sum', 16],
  ['SampleCount', 4],
  ['Average', 4],
  ['Minimum', 1],
  ['Maximum', 9],
])('%s over three minutes of which one is missing', (statistic, expected) => {
  const metrics = store();
  metrics.put('response-time', 60, 0, { sum: 10, count: 2, min: 1, max: 9 });
  metrics.put('response-time', 60, 120, { sum: 6, count: 2, min: 2, max: 4 });
  expect(metrics.read(window(statistic, 0, 180), 180)).toBe(expected);
  expect(metrics.read(window(statistic, 60, 120), 180)).toBeUndefined();
});

test('a datapoint is seen when its interval and its delay are over', () => {
  const metrics = store(120);
  metrics.put('response-time', 60, 0, gauge(7));
  expect(metrics.read(window('Average', 0, 60), 179)).toBeUndefined();
  expect(metrics.read(window('Average', 0, 60), 180)).toBe(7);
});

test('resolutions and measures are apart', () => {
  const metrics = store();
  metrics.put('cpu', 20, 40, gauge(50));
  metrics.put('cpu', 60, 0, gauge(30));
  const cpu = (resolutionSeconds: number, startSeconds: number) =>
    metrics.read({ measure: 'cpu', statistic: 'Average', resolutionSeconds, startSeconds, endSeconds: 60 }, 60);
  expect([cpu(20, 40), cpu(60, 0)]).toEqual([50, 30]);
  expect(metrics.read(window('Average', 0, 60), 60)).toBeUndefined();
});

test('what is older than the history is gone, not taken for something newer', () => {
  const metrics = store();
  metrics.put('response-time', 60, 0, gauge(7));
  // Ten minutes of history and sixteen more.
  const later = 26 * 60;
  expect(metrics.read(window('Average', later, later + 60), later + 60)).toBeUndefined();
});

describe('a percentile', () => {
  function latencies(...values: number[]): LatencyHistogram {
    const histogram = new LatencyHistogram();
    for (const value of values) histogram.record(value);
    return histogram;
  }

  test('is in seconds, of one minute or of several together', () => {
    const metrics = store();
    metrics.putLatencies(0, latencies(...Array.from({ length: 100 }, () => 100)));
    metrics.putLatencies(60, latencies(...Array.from({ length: 100 }, () => 900)));
    const p50 = (from: number, to: number) => metrics.read(window('p50', from, to), 120) ?? Number.NaN;
    expect(p50(0, 60)).toBeCloseTo(0.1, 2);
    expect(p50(60, 120)).toBeCloseTo(0.9, 2);
    expect(metrics.read(window('p40', 0, 120), 120)).toBeCloseTo(0.1, 2);
    expect(metrics.read(window('p60', 0, 120), 120)).toBeCloseTo(0.9, 2);
    // Asked again, with other latencies in the minute.
    metrics.putLatencies(0, latencies(500));
    expect(p50(0, 60)).toBeCloseTo(0.5, 2);
  });

  test('of a minute without answers is missing', () => {
    const metrics = store();
    metrics.putLatencies(0, latencies());
    expect(metrics.read(window('p95', 0, 60), 60)).toBeUndefined();
    expect(metrics.read(window('p95', 60, 120), 120)).toBeUndefined();
  });
});
