import { query, trackingPolicy } from '../../../../analysis/rehearsal/policies/building-blocks';
import { DEFAULT_PARAMETERS } from '../../../../analysis/rehearsal/simulation/parameters';
import { simulate, taskCapacityRps } from '../../../../analysis/rehearsal/simulation/simulate';
import { DEFAULT_SERVICE } from '../../../../analysis/rehearsal/simulation/simulation-input';
import { steady, withSurge } from '../../../../analysis/rehearsal/traffic/traffic';
import { CPU_50, input, service } from './inputs';

const texts = (outcome: ReturnType<typeof simulate>, kind: string) =>
  outcome.events.filter((event) => event.kind === kind).map(({ text }) => text);

test('equal seeds give equal outcomes', () => {
  expect(simulate(input(), 3)).toEqual(simulate(input(), 3));
  expect(simulate(input(), 3).requests).not.toBe(simulate(input(), 4).requests);
});

test('every request is counted once', () => {
  const outcome = simulate(input({ traffic: steady(100, 3600) }), 1);
  // Poisson: 360,000 with a standard deviation of 600.
  expect(Math.abs(outcome.requests - 360_000)).toBeLessThan(3000);
  expect(outcome.rows.reduce((sum, row) => sum + row.requests, 0)).toBe(outcome.requests);
  // The first and the last minute are shorter, because the clock of the metrics is not the trace's.
  expect(outcome.rows.reduce((sum, row) => sum + row.seconds, 0)).toBe(3600);
  for (const row of outcome.rows) expect(Math.abs(row.requests / row.seconds - 100)).toBeLessThan(50);
});

test('a task of 20 ms takes 50 requests per second', () => {
  expect(taskCapacityRps(DEFAULT_SERVICE)).toBeCloseTo(50, 6);
});

test('a fixed fleet below saturation answers everything; above, it refuses the surplus', () => {
  const enough = simulate(input({ scaling: service([], 4, 4) }), 1);
  expect([enough.refused, enough.failed, enough.badMinutes]).toEqual([0, 0, 0]);
  const short = simulate(input({ scaling: service([], 1, 1) }), 1);
  // One task does half of the load: the rest is refused once ten seconds wait in its queue.
  expect(short.refused / short.requests).toBeGreaterThan(0.4);
});

// containers-roadmap#2113, AWS's own benchmark: 363 s to the first scale-out with 60-second metrics, 86 s with 20-second ones.
test.each([
  ['60-second', 60, 363, 386],
  ['20-second', 20, 86, 109],
])('%s metrics trigger and start as AWS published', (_, resolution, triggerSeconds, runningSeconds) => {
  const scaling = service([trackingPolicy('cpu', query('cpu', 'Average', resolution), 60)]);
  // AWS does not publish the load: here it goes from idle to 95 %, so that a minute counts once it is mostly loaded.
  const traffic = withSurge(steady(1, 1200), { startSeconds: 600, rampSeconds: 0, holdSeconds: 600, factor: 95 });
  // AWS gives 23 s for provisioning: no image pull beyond the base, no boot.
  const quick = { ...DEFAULT_PARAMETERS, launch: 23, launchSpread: 0 };
  const seeds = Array.from({ length: 16 }, (__, seed) => seed + 1);
  const triggers = seeds.map((seed) => {
    const outcome = simulate(
      input({ scaling, traffic, parameters: quick, service: { ...DEFAULT_SERVICE, imageMiB: 0 } }),
      seed,
    );
    return (
      (outcome.events.find(({ kind, atSeconds }) => kind === 'scale-out' && atSeconds > 600)?.atSeconds ?? 1e9) - 600
    );
  });
  const mean = triggers.reduce((sum, value) => sum + value, 0) / triggers.length;
  expect(Math.abs(mean / triggerSeconds - 1)).toBeLessThan(0.15);
  expect(Math.abs((mean + 23) / runningSeconds - 1)).toBeLessThan(0.15);
});

test('a deployment at constant load keeps every task it needs, and ends', () => {
  const outcome = simulate(input({ faults: [{ kind: 'deployment', atSeconds: 600 }] }), 1);
  expect(texts(outcome, 'deployment')).toEqual(['deployment begins', 'deployment ends']);
  expect(outcome.refused + outcome.failed).toBe(0);
  expect(outcome.minTasks).toBeGreaterThanOrEqual(4);
});

test('a deployment that may go down to half does lose capacity', () => {
  const half = { minimumHealthyPercent: 50, maximumPercent: 100, healthCheckGraceSeconds: 0, zones: 3 };
  const outcome = simulate(input({ deployment: half, faults: [{ kind: 'deployment', atSeconds: 600 }] }), 1);
  expect(outcome.minTasks).toBeLessThan(4);
});

test('a lost zone fails requests until the health checks notice, and its tasks come back elsewhere', () => {
  const outcome = simulate(
    input({ scaling: service([], 6, 6), faults: [{ kind: 'zone-lost', atSeconds: 600, untilSeconds: 1800 }] }),
    1,
  );
  // Two of six tasks for about two checks of 10 s: a third of 100 requests/s for 10 to 30 s.
  expect(outcome.failed).toBeGreaterThan(200);
  expect(outcome.failed).toBeLessThan(1500);
  expect(outcome.rows.at(-1)?.running).toBe(6);
});

test('lost metrics stop scaling', () => {
  const traffic = withSurge(steady(50, 3600), { startSeconds: 600, rampSeconds: 0, holdSeconds: 3000, factor: 3 });
  const gap = simulate(input({ traffic, faults: [{ kind: 'metric-gap', atSeconds: 500, untilSeconds: 2000 }] }), 1);
  const first = gap.events.find(({ kind, atSeconds }) => kind === 'scale-out' && atSeconds > 500);
  expect(first?.atSeconds).toBeGreaterThan(2000);
});

test('a cache takes its share of the queries, and a flush sends them to the database', () => {
  const database = { query: { kind: 'exponential', meanMs: 5 }, parallelPerReader: 4, readers: 2 } as const;
  const cache = { hitRatio: 0.9 };
  const warm = simulate(input({ database, cache }), 1);
  expect(warm.hitRatio).toBeCloseTo(0.9, 1);
  expect(Math.abs(warm.databaseQueries / warm.requests - 0.1)).toBeLessThan(0.01);
  const flushed = simulate(input({ database, cache, faults: [{ kind: 'cache-flush', atSeconds: 600 }] }), 1);
  expect(flushed.databaseQueries).toBeGreaterThan(1.5 * warm.databaseQueries);
});

test('readers are added when their CPU is high, after the minutes a new one takes', () => {
  const scaling = service([trackingPolicy('readers', query('reader-cpu'), 60)], 1, 4);
  const database = { query: { kind: 'exponential', meanMs: 18 }, parallelPerReader: 2, readers: 1, scaling } as const;
  const outcome = simulate(input({ database, traffic: steady(100, 3600) }), 1);
  const grown = outcome.rows.find((row) => row.readers > 1);
  expect(grown?.atSeconds).toBeGreaterThan(360);
  expect(outcome.rows.at(-1)?.readers).toBeGreaterThan(1);
});

test('a population that waits for its answers asks as much as a slow service answers', () => {
  const users = { count: 1000, thinkSeconds: 5 };
  const traffic = { ...steady(0, 1200), users };
  const fast = simulate(input({ traffic, scaling: service([], 8, 8) }), 1);
  expect(Math.abs(fast.requests / 1200 / 199 - 1)).toBeLessThan(0.05);
  // Three tasks answer 150 a second, and the users wait 1000 / 150 - 5 = 1.7 s for each: nobody is refused.
  const slow = simulate(input({ traffic, scaling: service([], 3, 3) }), 1);
  const second = slow.rows.slice(10);
  const answered =
    second.reduce((sum, row) => sum + row.requests, 0) / second.reduce((sum, row) => sum + row.seconds, 0);
  expect(Math.abs(answered / 150 - 1)).toBeLessThan(0.05);
  expect(slow.refused).toBe(0);
  const waits = second.reduce((sum, row) => sum + (row.p50Ms ?? 0), 0) / second.length;
  expect(Math.abs(waits / 1670 - 1)).toBeLessThan(0.25);
});

describe('what a task does with a request', () => {
  const fixed = { ...DEFAULT_SERVICE, work: { kind: 'fixed', meanMs: 20 } } as const;
  const calm = { traffic: steady(20, 300), scaling: service([], 4, 4) };

  test('waiting comes on top of the work and keeps no worker busy', () => {
    const waiting = { kind: 'fixed', meanMs: 80 } as const;
    const plain = simulate(input({ ...calm, service: fixed }), 1);
    const outcome = simulate(input({ ...calm, service: { ...fixed, waiting } }), 1);
    expect(Math.abs(plain.p50Ms / 20 - 1)).toBeLessThan(0.02);
    expect(Math.abs(outcome.p50Ms / 100 - 1)).toBeLessThan(0.02);
    expect(Math.abs((outcome.rows[2]?.cpuPercent ?? 0) - (plain.rows[2]?.cpuPercent ?? 0))).toBeLessThan(3);
  });

  test('an answer after the time-out of the client is none', () => {
    const outcome = simulate(input({ ...calm, service: { ...fixed, timeoutMs: 19 } }), 1);
    expect(outcome.failed).toBe(outcome.requests);
    expect(simulate(input({ ...calm, service: { ...fixed, timeoutMs: 5000 } }), 1).failed).toBe(0);
  });

  test('CPU is the share of the workers that is busy, and what an idle task takes', () => {
    // 20 requests/s of 20 ms on four tasks: 10 % of each, and 2 % idle; half of it with two workers.
    const cpu = (workersPerTask: number, cpuShare = 1) =>
      simulate(input({ ...calm, service: { ...fixed, workersPerTask, cpuShare } }), 1).rows[2]?.cpuPercent ?? 0;
    expect(Math.abs(cpu(1) - 12)).toBeLessThan(1.5);
    expect(Math.abs(cpu(2) - 7)).toBeLessThan(1);
    expect(Math.abs(cpu(1, 0.5) - 7)).toBeLessThan(1);
  });

  test('memory is what an idle task has, and what its waiting requests take', () => {
    const scaling = service([trackingPolicy('memory', query('memory'), 60)], 2, 6);
    const overload = { traffic: steady(150, 900), scaling, initialTasks: 2 };
    const hungry = { ...fixed, memoryPercentPerRequest: 1, shedAfterMs: 2000 };
    expect(simulate(input({ ...overload, service: hungry }), 1).scaleOuts).toBeGreaterThan(0);
    expect(simulate(input({ ...overload, service: { ...hungry, memoryPercentPerRequest: 0 } }), 1).scaleOuts).toBe(0);
  });
});

test('begins with what half the utilisation of the first minute needs, within the bounds', () => {
  const first = (rps: number) =>
    simulate(input({ traffic: steady(rps, 60), scaling: service([], 2, 6) }), 1).rows[0]?.running;
  // Tasks of 50 requests/s: 100 / 25.
  expect([first(1), first(100), first(1000)]).toEqual([2, 4, 6]);
});

test('burstiness makes the same mean load slower', () => {
  const calm = simulate(input({ scaling: service([], 3, 3) }), 1);
  const bursty = simulate(input({ scaling: service([], 3, 3), burstiness: 0.5 }), 1);
  expect(Math.abs(bursty.requests / calm.requests - 1)).toBeLessThan(0.05);
  expect(bursty.p95Ms).toBeGreaterThan(calm.p95Ms);
});

test('a task that fails its health checks in an overload is replaced, unless checks do not wait in the queue', () => {
  const overload = { traffic: steady(200, 1800), scaling: service([], 2, 2) };
  expect(simulate(input(overload), 1).replacements).toBeGreaterThan(0);
  const apart = { ...DEFAULT_PARAMETERS, healthChecksWaitInQueue: false };
  expect(simulate(input({ ...overload, parameters: apart }), 1).replacements).toBe(0);
});

test('a long rehearsal keeps no more rows than a short one', () => {
  const outcome = simulate(input({ traffic: steady(0.1, 2.5 * 86_400), scaling: CPU_50 }), 1);
  expect(outcome.rows.length).toBeLessThanOrEqual(2880);
  expect(outcome.rows.reduce((sum, row) => sum + row.seconds, 0)).toBe(2.5 * 86_400);
});
