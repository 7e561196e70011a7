import { forecastCapacity, forecastRps } from '../../../../analysis/rehearsal/scaling/forecast';
import type { PredictivePolicy } from '../../../../analysis/rehearsal/scaling/policy-definition';
import { ServerlessCapacity } from '../../../../analysis/rehearsal/scaling/serverless-capacity';

test('Serverless v2 waits, grows by a tenth per second, and shrinks slower', () => {
  const speed = { serverlessGrowth: 0.1, serverlessDelay: 5, serverlessShrinkSlowdown: 10 };
  const capacity = new ServerlessCapacity({ minAcu: 2, maxAcu: 64 }, speed);
  const up = Array.from({ length: 60 }, () => capacity.second(20));
  expect(up.slice(0, 5)).toEqual([2, 2, 2, 2, 2]);
  expect(up[5]).toBe(2.5);
  expect(up.at(-1)).toBe(20);
  expect(capacity.second(2)).toBe(20);
  const down = Array.from({ length: 20 }, () => capacity.second(2));
  expect(down.at(-1)).toBeGreaterThan(10);
});

test('Serverless v2 stays between its bounds', () => {
  const speed = { serverlessGrowth: 0.3, serverlessDelay: 0, serverlessShrinkSlowdown: 1 };
  const capacity = new ServerlessCapacity({ minAcu: 1, maxAcu: 4 }, speed);
  for (let second = 0; second < 30; second++) capacity.second(1000);
  expect(capacity.second(1000)).toBe(4);
  for (let second = 0; second < 30; second++) capacity.second(0);
  expect(capacity.second(0)).toBe(1);
});

describe('forecast', () => {
  const weeks = Array.from({ length: 3 * 168 }, (_, hour) => Math.floor(hour / 168) * 10 + 10);
  const policy: PredictivePolicy = {
    type: 'predictive',
    name: 'p',
    mode: 'ForecastAndScale',
    requestsPerSecondPerTask: 5,
    schedulingBufferSeconds: 300,
    maxCapacityBreach: 'HonorMaxCapacity',
  };

  test('stand-ins see this hour, the last week or the mean of the weeks', () => {
    expect(forecastRps('perfect-hour', weeks, 400)).toBe(30);
    expect(forecastRps('same-hour-last-week', weeks, 400)).toBe(20);
    expect(forecastRps('mean-of-last-weeks', weeks, 400)).toBe(15);
    expect(forecastRps('same-hour-last-week', weeks, 100)).toBeUndefined();
  });

  test('capacity for the next hour is there before it starts', () => {
    const hours = [10, 100];
    expect(forecastCapacity(policy, 'perfect-hour', hours, 3299)).toBe(2);
    expect(forecastCapacity(policy, 'perfect-hour', hours, 3300)).toBe(20);
    expect(forecastCapacity({ ...policy, mode: 'ForecastOnly' }, 'perfect-hour', hours, 3300)).toBe(0);
  });
});
