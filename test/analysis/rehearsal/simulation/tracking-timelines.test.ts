import type { Measure } from '../../../../analysis/rehearsal/alarms/alarm-definition';
import { play, QUIET, track } from './timeline';

describe('hand-worked timelines of target tracking', () => {
  test('three datapoints above scale out in proportion, fifteen below 90 % scale in', () => {
    const metric = (_: Measure, minute: number, running: number) => (minute < 10 ? 300 : 100) / running;
    expect(play({ policies: [track(50)], start: 4, minutes: 40, metric })).toEqual([
      '3 tracker: 4 → 6',
      '25 tracker: 6 → 2',
    ]);
  });

  test('between 90 % and 100 % of the target nothing happens', () => {
    expect(play({ policies: [track(50)], start: 4, minutes: 40, metric: () => 46 })).toEqual([]);
  });

  test('a saturated CPU doubles a 50 % target at each cool-down', () => {
    expect(play({ policies: [track(50)], start: 2, max: 40, minutes: 15, metric: () => 100 })).toEqual([
      '3 tracker: 2 → 4',
      '8 tracker: 4 → 8',
      '13 tracker: 8 → 16',
    ]);
  });

  test('without data there is no scale-in', () => {
    expect(play({ policies: [track(50)], start: 6, minutes: 40, metric: () => undefined })).toEqual([]);
  });

  test('two breaching datapoints with a gap between them are enough when the older is three minutes old', () => {
    const metric = (_: Measure, minute: number) => (minute % 2 === 0 ? 100 : undefined);
    expect(play({ policies: [track(50)], start: 2, minutes: 6, metric })).toEqual(['3 tracker: 2 → 4']);
  });

  test('exactly at the target and exactly at 90 % of it nothing happens, a little below it does', () => {
    expect(play({ policies: [track(50)], start: 10, minutes: 40, metric: () => 50 })).toEqual([]);
    expect(play({ policies: [track(50)], start: 10, minutes: 40, metric: () => 45 })).toEqual([]);
    // 10 × 44.9 / 50 = 8.98, and 9 × 44.9 / 50 = 8.08: nine both times.
    expect(play({ policies: [track(50)], start: 10, minutes: 24, metric: () => 44.9 })).toEqual(['15 tracker: 10 → 9']);
  });

  test("ElastiCache's low alarm is at 75 % of the target", () => {
    const low = { lowAlarmShare: 0.75 };
    expect(play({ policies: [track(50, low)], start: 10, minutes: 40, metric: () => 40 })).toEqual([]);
    expect(play({ policies: [track(50, low)], start: 10, minutes: 18, metric: () => 37 })).toEqual([
      '15 tracker: 10 → 8',
    ]);
  });

  const measures: Measure[] = ['cpu', 'memory'];

  test('any of two trackers adds', () => {
    const metric = (measure: Measure) => (measure === 'cpu' ? 20 : 75);
    const policies = [track(50, { name: 'cpu' }), track(50, { name: 'memory', measure: 'memory' })];
    expect(play({ policies, start: 4, minutes: 9, metric, measures })).toEqual(['3 memory: 4 → 6', '8 memory: 6 → 9']);
  });

  test('both must be low before one removes, unless the other is not asked', () => {
    const metric = (measure: Measure) => (measure === 'cpu' ? 20 : 48);
    const memory = (disableScaleIn: boolean) => track(50, { name: 'memory', measure: 'memory', disableScaleIn });
    const cpu = track(50, { name: 'cpu' });
    expect(play({ policies: [cpu, memory(false)], start: 10, minutes: 40, metric, measures })).toEqual([]);
    expect(play({ policies: [cpu, memory(true)], start: 10, minutes: 22, metric, measures })).toEqual([
      '15 cpu: 10 → 4',
      '20 cpu: 4 → 2',
    ]);
  });

  test('a larger need comes through the cool-down, counted from before it', () => {
    const metric = (_: Measure, minute: number) => (minute < 3 ? 75 : 100);
    expect(play({ policies: [track(50)], start: 2, minutes: 9, metric })).toEqual([
      '3 tracker: 2 → 3',
      '4 tracker: 3 → 4',
      '9 tracker: 4 → 8',
    ]);
  });

  test('a tracker of 20-second metrics acts after a minute', () => {
    const fast = track(50, { periodSeconds: 20 });
    expect(play({ policies: [fast], start: 2, minutes: 7, metric: () => 100, resolution: 20 })).toEqual([
      '1 tracker: 2 → 4',
      '6 tracker: 4 → 8',
    ]);
  });

  test('a tracker that is not ready does not keep a step policy from removing', () => {
    const metric = (measure: Measure) => (measure === 'cpu' ? 10 : 48);
    const policies = [QUIET, track(50, { measure: 'memory' })];
    expect(play({ policies, start: 5, minutes: 16, metric, measures })).toEqual(['10 quiet: 5 → 4', '15 quiet: 4 → 3']);
  });
});
