import { Recorder } from '../../../../analysis/rehearsal/simulation/recorder';

const STATE = { running: 2, desired: 2, cpuPercent: 10, readers: 0 };

interface Minute {
  /** Latency of the requests that are answered in time. */
  readonly ms: number;
  readonly count: number;
  /** Answered after half a second. */
  readonly slow?: number;
  readonly lost?: number;
}

/** Minutes, one after the other. */
function record(minutes: readonly Minute[]) {
  const recorder = new Recorder(200);
  minutes.forEach(({ ms, count, slow = 0, lost = 0 }, minute) => {
    for (let index = 0; index < count; index++) recorder.minute.record(ms);
    for (let index = 0; index < slow; index++) recorder.minute.record(500);
    recorder.failedInMinute = lost;
    recorder.endMinute(60 * minute, 60, STATE);
  });
  const given = { seed: 1, taskHours: 1, readerHours: 0, hitRatio: undefined, databaseQueries: 0 };
  return recorder.outcome({ ...given, durationSeconds: 60 * minutes.length });
}

const calm = (count: number): Minute => ({ ms: 50, count });

test('a minute is bad when more than 5 % of its requests are slow or not answered', () => {
  expect(record([{ ...calm(95), slow: 5 }]).badMinutes).toBe(0);
  expect(record([{ ...calm(94), slow: 6 }]).badMinutes).toBe(1);
  expect(record([{ ...calm(95), slow: 3, lost: 3 }]).badMinutes).toBe(1);
  expect(record([{ ...calm(0) }]).badMinutes).toBe(0);
});

test('the longest run of bad minutes is how long it took', () => {
  const bad = { ...calm(50), slow: 50 };
  const { badMinutes, longestBadMinutes } = record([bad, calm(100), bad, bad, bad, calm(100), bad]);
  expect([badMinutes, longestBadMinutes]).toEqual([5, 3]);
});

test('the worst window is five minutes, wherever they begin', () => {
  const minutes = Array.from({ length: 12 }, () => calm(100));
  // 30 of the 500 requests of minutes 4 to 8, and of every window around minute 6, are slow.
  const { worstWindow } = record(minutes.with(6, { ...calm(70), slow: 30 }));
  expect(worstWindow).toMatchObject({ atSeconds: 120, seconds: 300 });
  expect(Math.abs(worstWindow.p95Ms / 500 - 1)).toBeLessThan(0.01);
  // 25 of 500 are exactly the 5 % that may be.
  expect(record(minutes.with(6, { ...calm(75), slow: 25 })).worstWindow.p95Ms).toBeLessThan(51);
});

test('unanswered requests are slower than every answer', () => {
  const minutes = Array.from({ length: 6 }, () => calm(100));
  expect(record(minutes.with(5, { ...calm(70), lost: 30 })).worstWindow.p95Ms).toBe(Number.POSITIVE_INFINITY);
});

test('a p95 of fewer than 200 requests is none: the window grows until it has them', () => {
  // Ten requests a minute: 20 minutes have 200, of which ten may be slow.
  const minutes = Array.from({ length: 30 }, () => calm(10));
  const fewSlow = record(minutes.with(29, { ...calm(0), slow: 10 })).worstWindow;
  expect(fewSlow.p95Ms).toBeLessThan(51);
  const more = record(minutes.with(28, { ...calm(9), slow: 1 }).with(29, { ...calm(0), slow: 10 })).worstWindow;
  expect(more).toMatchObject({ atSeconds: 600, seconds: 1200 });
  expect(Math.abs(more.p95Ms / 500 - 1)).toBeLessThan(0.01);
});

test('a scale-in that is taken back within ten minutes is a flap', () => {
  const flaps = (between: number) => {
    const recorder = new Recorder(200);
    recorder.record({ atSeconds: 0, kind: 'scale-in', text: '' });
    recorder.record({ atSeconds: between, kind: 'scale-out', text: '' });
    recorder.record({ atSeconds: between + 1, kind: 'scale-out', text: '' });
    recorder.endMinute(0, 60, STATE);
    const given = { seed: 1, taskHours: 1, readerHours: 0, hitRatio: undefined, databaseQueries: 0 };
    return recorder.outcome({ ...given, durationSeconds: 60 }).flaps;
  };
  expect([flaps(600), flaps(601)]).toEqual([1, 0]);
});

test('a long rehearsal merges its rows two by two, the worst of each pair staying in sight', () => {
  const recorder = new Recorder(200);
  const minutes = 3000;
  for (let minute = 0; minute < minutes; minute++) {
    recorder.minute.record(minute === 101 ? 900 : 50);
    recorder.failedInMinute = minute === 100 ? 1 : 0;
    recorder.endMinute(60 * minute, 60, { running: minute === 101 ? 2 : 5, desired: 5, cpuPercent: 10, readers: 3 });
  }
  const given = { seed: 1, taskHours: 1, readerHours: 0, hitRatio: undefined, databaseQueries: 0 };
  const { rows } = recorder.outcome({ ...given, durationSeconds: 60 * minutes });
  expect(rows.length).toBeLessThan(2880);
  expect(rows.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(60 * minutes);
  const pair = rows.find(({ atSeconds }) => atSeconds === 6000);
  expect(pair).toMatchObject({ seconds: 120, requests: 3, failed: 1, slow: 1, running: 2, desired: 5 });
  expect(Math.abs((pair?.p99Ms ?? 0) / 900 - 1)).toBeLessThan(0.01);
});
