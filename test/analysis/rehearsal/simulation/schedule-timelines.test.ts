import type { PredictivePolicy } from '../../../../analysis/rehearsal/scaling/policy-definition';
import { CPU_OUT, play } from './timeline';

describe('scheduled actions', () => {
  const schedules = [
    { name: 'morning', schedule: 'cron(10 0 * * ? *)', minCapacity: 6 },
    { name: 'evening', schedule: 'cron(20 0 * * ? *)', minCapacity: 2, maxCapacity: 4 },
  ];

  test('raise the capacity to the new minimum at once, and lower it to the new maximum', () => {
    expect(play({ start: 2, minutes: 21, schedules })).toEqual(['10 bounds: 2 → 6', '20 bounds: 6 → 4']);
  });

  test('ignore cool-downs', () => {
    // In minute 10 three tasks run and one more is fewer than the new minimum; a minute later six run.
    expect(play({ policies: [CPU_OUT], start: 2, minutes: 12, schedules, metric: () => 80 })).toEqual([
      '5 cpu: 2 → 3',
      '10 bounds: 3 → 6',
      '11 cpu: 6 → 7',
    ]);
  });

  test('happen once at a date, and at a rate', () => {
    const at = [{ name: 'launch', schedule: 'at(1970-01-01T00:07:00)', minCapacity: 4 }];
    expect(play({ start: 2, minutes: 20, schedules: at })).toEqual(['7 bounds: 2 → 4']);
    const often = [{ name: 'often', schedule: 'rate(15 minutes)', maxCapacity: 3 }];
    expect(play({ start: 5, minutes: 20, schedules: often, startsAt: '1970-01-01T00:01:00Z' })).toEqual([
      '14 bounds: 5 → 3',
    ]);
  });

  // Berlin changed to winter time in the night of 25 October 2026: 8:00 is 6:00 UTC on the 24th and 7:00 UTC on the 25th.
  test('follow summer time in their zone', () => {
    const zone = { timeZone: 'Europe/Berlin' };
    const days = [
      { ...zone, name: 'day', schedule: 'cron(0 8 * * ? *)', minCapacity: 6, maxCapacity: 10 },
      { ...zone, name: 'night', schedule: 'cron(0 20 * * ? *)', minCapacity: 2, maxCapacity: 3 },
    ];
    const hour = 60;
    expect(play({ start: 2, minutes: 27 * hour, schedules: days, startsAt: '2026-10-24T05:00:00Z' })).toEqual([
      `${1 * hour} bounds: 2 → 6`,
      `${13 * hour} bounds: 6 → 3`,
      `${26 * hour} bounds: 3 → 6`,
    ]);
  });
});

describe('a forecast', () => {
  const policy: PredictivePolicy = {
    type: 'predictive',
    name: 'forecast',
    mode: 'ForecastAndScale',
    requestsPerSecondPerTask: 10,
    schedulingBufferSeconds: 300,
    maxCapacityBreach: 'HonorMaxCapacity',
  };
  const forecast = { model: 'perfect-hour', hourlyRps: [10, 200, 50] } as const;
  const played = (given: Partial<PredictivePolicy>) =>
    play({ policies: [{ ...policy, ...given }], min: 1, start: 1, minutes: 150, forecast });

  test('has the tasks of the next hour ready five minutes before it, within the maximum', () => {
    expect(played({})).toEqual(['55 bounds: 1 → 10']);
  });

  test('may go beyond the maximum where it is told to, and back to it when the hour is over', () => {
    expect(played({ maxCapacityBreach: 'IncreaseMaxCapacity' })).toEqual(['55 bounds: 1 → 20', '120 bounds: 20 → 10']);
  });

  test('only forecasts where it is told to', () => {
    expect(played({ mode: 'ForecastOnly' })).toEqual([]);
  });
});
