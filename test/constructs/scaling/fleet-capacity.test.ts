import {
  declaredDemand,
  fleetProblems,
  memoryProblems,
  tasksFor,
} from '../../../lib/constructs/scaling/fleet-capacity';

// 36,000 an hour are 10 requests/s; peaks of three times that are 30.
const traffic = { requestsPerHour: 36_000, peakToMean: 3, spikeFactor: 5, growthFactor: 10 };
const fleet = { minTasks: 2, maxTasks: 10, capacityPerTask: 30 };

test('a spike and growth multiply the daily peak', () => {
  expect(declaredDemand(traffic)).toEqual({ peak: 30, spike: 150, growth: 300 });
});

test('exactly enough is enough', () => {
  expect(fleetProblems(traffic, fleet)).toEqual([]);
  expect(tasksFor(300, 30)).toBe(10);
});

test('rounding errors are no tasks', () => {
  // 0.3 / 0.1 is 2.9999999999999996 and 0.7 / 0.1 is 6.999999999999999 in binary; 0.6 / 0.2 is 2.9999999999999996.
  expect([tasksFor(0.3, 0.1), tasksFor(0.6, 0.2), tasksFor(1.1, 0.1)]).toEqual([3, 3, 11]);
});

test('fails with the arithmetic when ten tasks cannot carry the growth', () => {
  expect(fleetProblems(traffic, { ...fleet, capacityPerTask: 20 })).toEqual([
    '`service.maxTasks` must carry `objectives.traffic.growthFactor`: 36000 requests per hour / 3600 × peak-to-mean 3 × 10 ' +
      '= 300 requests/s, but 10 tasks × 20 requests/s (`scaling.capacityPerTask`) = 200; it takes 15 tasks, or larger ones',
  ]);
});

test('fails for the spike and for the growth, each by itself', () => {
  const problems = fleetProblems(traffic, { ...fleet, maxTasks: 2 });
  expect(problems).toHaveLength(2);
  expect(problems[0]).toContain(
    '`objectives.traffic.spikeFactor`: 36000 requests per hour / 3600 × peak-to-mean 3 × 5 = 150 requests/s, but ' +
      '2 tasks × 30 requests/s (`scaling.capacityPerTask`) = 60; it takes 5 tasks',
  );
});

test('a task must look quiet at rest', () => {
  expect(memoryProblems(512, 100, 50)).toEqual([]);
  expect(memoryProblems(512, 300, 50)).toEqual([
    '`service.memoryMiB` must leave an idle task below `scaling.in.memoryPercentBelow`: 300 MiB ' +
      '(`scaling.baselineMemoryMiB`) of 512 MiB are 59 %, and tasks are removed below 50 %; it takes at least 601 MiB',
  ]);
});
