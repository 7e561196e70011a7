import type { Measure, Statistic } from '../../../../analysis/rehearsal/alarms/alarm-definition';
import { LatencyHistogram } from '../../../../analysis/rehearsal/queueing/latency-histogram';
import { MetricStore } from '../../../../analysis/rehearsal/simulation/metric-store';
import { MetricsPublisher } from '../../../../analysis/rehearsal/simulation/metrics-publisher';

function published(zeros = false) {
  const store = new MetricStore({ delaySeconds: () => 0, historySeconds: 600 });
  const read = (measure: Measure, statistic: Statistic = 'Average', resolutionSeconds = 60, endSeconds = 60) =>
    store.read({ measure, statistic, resolutionSeconds, startSeconds: endSeconds - resolutionSeconds, endSeconds }, 60);
  return { publisher: new MetricsPublisher(store, zeros), read };
}

function answers(count: number, ms: number): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (let index = 0; index < count; index++) histogram.record(ms);
  return histogram;
}

describe('the load balancer', () => {
  test('counts every request, answered or not, and divides by the healthy targets', () => {
    const { publisher, read } = published();
    publisher.publishBalancer(60, { latencies: answers(90, 200), unanswered: 10, healthy: 4, running: 5 });
    expect(read('request-count', 'Sum')).toBe(100);
    expect(read('request-count-per-target', 'Sum')).toBe(25);
    expect(read('target-errors', 'Sum')).toBe(10);
    expect(read('healthy-hosts')).toBe(4);
    expect(read('running-tasks')).toBe(5);
    // Seconds, of those that were answered.
    expect(read('response-time')).toBeCloseTo(0.2, 6);
    expect(read('response-time', 'SampleCount')).toBe(90);
    expect(read('response-time', 'p95')).toBeCloseTo(0.2, 2);
  });

  test('knows the fastest and the slowest answer', () => {
    const { publisher, read } = published();
    const latencies = answers(90, 200);
    latencies.record(50);
    latencies.record(4000);
    publisher.publishBalancer(60, { latencies, unanswered: 0, healthy: 1, running: 1 });
    expect(read('response-time', 'Minimum')).toBeCloseTo(0.05, 3);
    expect(Math.abs((read('response-time', 'Maximum') ?? 0) / 4 - 1)).toBeLessThan(0.01);
  });

  test('says nothing of what did not happen', () => {
    const { publisher, read } = published();
    publisher.publishBalancer(60, { latencies: answers(0, 0), unanswered: 0, healthy: 2, running: 2 });
    expect(read('request-count', 'Sum')).toBeUndefined();
    expect(read('request-count-per-target', 'Sum')).toBeUndefined();
    expect(read('target-errors', 'Sum')).toBeUndefined();
    expect(read('response-time')).toBeUndefined();
    expect(read('healthy-hosts')).toBe(2);
  });

  test('reports zero requests per target where that is assumed', () => {
    const { publisher, read } = published(true);
    publisher.publishBalancer(60, { latencies: answers(0, 0), unanswered: 0, healthy: 2, running: 2 });
    expect(read('request-count-per-target', 'Sum')).toBe(0);
  });

  test('has errors and no response time in a minute in which nothing was answered', () => {
    const { publisher, read } = published();
    publisher.publishBalancer(60, { latencies: answers(0, 0), unanswered: 7, healthy: 0, running: 0 });
    expect(read('request-count-per-target', 'Sum')).toBe(7);
    expect(read('response-time')).toBeUndefined();
  });
});

describe('ECS', () => {
  /** Two tasks at 10 and 30 % for the first twenty seconds, at 50 and 70 % after them. */
  function play(lost: (now: number) => boolean) {
    const { publisher, read } = published();
    for (let second = 0; second < 60; second++) {
      const base = second < 20 ? 10 : 50;
      publisher.task(base, 40);
      publisher.task(base + 20, 60);
      publisher.publishTasks(second + 1, lost(second + 1));
    }
    return { publisher, read };
  }

  test('publishes the mean of the tasks every minute and every twenty seconds', () => {
    const { publisher, read } = play(() => false);
    expect(read('cpu')).toBeCloseTo((20 + 60 + 60) / 3, 6);
    expect([20, 40, 60].map((end) => read('cpu', 'Average', 20, end))).toEqual([20, 60, 60]);
    expect([read('cpu', 'Minimum'), read('cpu', 'Maximum'), read('memory')]).toEqual([10, 70, 50]);
    expect(publisher.cpuPercent).toBeCloseTo(140 / 3, 6);
  });

  test('what is lost on the way is not made up for in the next interval', () => {
    const { read } = play((now) => now === 20);
    expect([20, 40].map((end) => read('cpu', 'Average', 20, end))).toEqual([undefined, 60]);
  });

  test('has nothing to say of no task', () => {
    const { publisher, read } = published();
    publisher.publishTasks(60, false);
    expect(read('cpu')).toBeUndefined();
  });
});
