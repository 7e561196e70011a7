import { query, trackingPolicy } from '../../../../analysis/rehearsal/policies/building-blocks';
import { Random } from '../../../../analysis/rehearsal/queueing/random';
import { DatabaseTier } from '../../../../analysis/rehearsal/simulation/database-tier';
import { MetricStore } from '../../../../analysis/rehearsal/simulation/metric-store';
import { DEFAULT_PARAMETERS } from '../../../../analysis/rehearsal/simulation/parameters';
import { simulate } from '../../../../analysis/rehearsal/simulation/simulate';
import type { DatabaseModel } from '../../../../analysis/rehearsal/simulation/simulation-input';
import { steady } from '../../../../analysis/rehearsal/traffic/traffic';
import { input, service } from './inputs';

const MODEL: DatabaseModel = { query: { kind: 'fixed', meanMs: 10 }, parallelPerReader: 2, readers: 2 };

function tier(given: Partial<DatabaseModel> = {}, tasks = 2): DatabaseTier {
  return new DatabaseTier({ ...MODEL, ...given }, new Random(1), DEFAULT_PARAMETERS, undefined, tasks);
}

/** Latencies of `count` queries that arrive at the same time. */
function together(database: DatabaseTier, count: number, atMs = 0): number[] {
  const latencies: number[] = [];
  for (let index = 0; index < count; index++) database.submit(atMs, atMs);
  database.serveUntil(atMs + 1, (latencyMs) => latencies.push(Math.round(latencyMs)));
  return latencies;
}

test('two readers that do two at once answer four queries in the time of one', () => {
  expect(together(tier(), 6)).toEqual([10, 10, 10, 10, 20, 20]);
});

test('fewer connections than the readers could use are the bound', () => {
  expect(together(tier({ connectionsPerTask: 1 }, 2), 4)).toEqual([10, 10, 20, 20]);
  expect(together(tier({ connectionsPerTask: 8 }, 2), 4)).toEqual([10, 10, 10, 10]);
});

test('more tasks bring more connections', () => {
  const database = tier({ connectionsPerTask: 1 }, 1);
  database.second(1, 4);
  expect(together(database, 5, 2000)).toEqual([10, 10, 10, 10, 20]);
});

test('publishes the share of the readers that was busy, and the connections that were in use', () => {
  const store = new MetricStore({ delaySeconds: () => 0, historySeconds: 600 });
  const database = tier({ query: { kind: 'fixed', meanMs: 400 } });
  // In every second two queries of 400 ms: 0.8 s of work for four workers is 20 %; at its end none is left.
  for (let second = 0; second < 60; second++) {
    together(database, 2, second * 1000 + 100);
    database.second(second + 1, 2);
  }
  database.publish(60, store);
  const read = (measure: 'reader-cpu' | 'reader-connections') =>
    store.read({ measure, statistic: 'Average', resolutionSeconds: 60, startSeconds: 0, endSeconds: 60 }, 60);
  expect(read('reader-cpu')).toBeCloseTo(20, 6);
  expect(read('reader-connections')).toBe(0);
  // Now four of 30 s each: all four workers are busy and two connections per reader are held for 30 of the 60 seconds.
  const slow = tier({ query: { kind: 'fixed', meanMs: 30_000 } });
  together(slow, 4, 0);
  for (let second = 0; second < 60; second++) slow.second(second + 1, 2);
  slow.publish(60, store);
  expect(read('reader-cpu')).toBeCloseTo(50, 6);
  // Looked at at the end of each second: 29 of the 60 times.
  expect(read('reader-connections')).toBeCloseTo((2 * 29) / 60, 6);
});

describe('a Serverless v2 reader', () => {
  const acu = { minAcu: 1, maxAcu: 8 };

  test('of one ACU is a quarter of a vCPU: a query takes four times as long', () => {
    expect(together(tier({ acu, readers: 1 }), 2)).toEqual([40, 80]);
  });

  test('grows to what the load needs after its delay, and not beyond its maximum', () => {
    const database = tier({ acu, readers: 1 });
    // 150 queries of 10 ms a second are 1.5 vCPU, six ACU: two workers of three quarters each.
    let last: number[] = [];
    for (let second = 1; second < 120; second++) {
      for (let at = 0; at < 150; at++)
        database.submit(second * 1000 + (at * 1000) / 150, second * 1000 + (at * 1000) / 150);
      last = [];
      database.serveUntil((second + 1) * 1000, (latencyMs) => last.push(latencyMs));
      database.second(second + 1, 2);
    }
    // At six ACU or a little more, for the queue of the first seconds: 13.3 ms or less each, no wait.
    expect(Math.max(...last)).toBeLessThan(14);
    expect(Math.min(...last)).toBeGreaterThanOrEqual(10);
  });

  test('is slow in the seconds before it has grown', () => {
    const database = { ...MODEL, query: { kind: 'exponential', meanMs: 10 }, readers: 1, acu } as const;
    const small = simulate(input({ database, traffic: steady(100, 900), scaling: service([], 4, 4) }), 1);
    const large = simulate(
      input({
        database: { ...database, acu: { minAcu: 8, maxAcu: 8 } },
        traffic: steady(100, 900),
        scaling: service([], 4, 4),
      }),
      1,
    );
    expect(small.worstWindow.p95Ms).toBeGreaterThan(3 * large.worstWindow.p95Ms);
    expect(small.rows.at(-1)?.p95Ms).toBeLessThan(200);
  });
});

test('readers that are too few are added on their connections', () => {
  const scaling = service([trackingPolicy('readers', query('reader-connections'), 3)], 1, 4);
  const database: DatabaseModel = {
    query: { kind: 'exponential', meanMs: 18 },
    parallelPerReader: 2,
    readers: 1,
    scaling,
  };
  const { rows } = simulate(input({ database, traffic: steady(100, 900) }), 1);
  // Two workers at 90 % hold 2 × 0.9 / (1 - 0.9²) = 9.5 connections on average: three times the target, four readers.
  expect(Math.max(...rows.map(({ readers }) => readers))).toBe(4);
  expect(rows.find(({ readers }) => readers > 1)?.atSeconds).toBeGreaterThanOrEqual(360);
});
