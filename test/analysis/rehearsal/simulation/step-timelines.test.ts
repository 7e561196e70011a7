import type { AlarmDefinition, Measure } from '../../../../analysis/rehearsal/alarms/alarm-definition';
import type { ScalingPolicy } from '../../../../analysis/rehearsal/scaling/policy-definition';
import { alarm, CPU_OUT, play, QUIET, step } from './timeline';

describe('hand-worked timelines of the required triggers', () => {
  test('CPU above 70 % for five minutes adds one task in minute 5, then one every cool-down', () => {
    expect(play({ policies: [CPU_OUT], start: 2, minutes: 21, metric: () => 80 })).toEqual([
      '5 cpu: 2 → 3',
      '10 cpu: 3 → 4',
      '15 cpu: 4 → 5',
      '20 cpu: 5 → 6',
    ]);
  });

  test('four minutes above are not five', () => {
    expect(
      play({ policies: [CPU_OUT], start: 2, minutes: 20, metric: (_, minute) => (minute % 5 === 4 ? 60 : 80) }),
    ).toEqual([]);
  });

  test('metrics that are two minutes late make it act two minutes later', () => {
    const metric = (_: Measure, minute: number) => (minute < 5 ? 10 : 80);
    expect(play({ policies: [CPU_OUT], start: 2, minutes: 14, metric })).toEqual(['10 cpu: 2 → 3']);
    expect(play({ policies: [CPU_OUT], start: 2, minutes: 14, metric, delaySeconds: 120 })).toEqual(['12 cpu: 2 → 3']);
  });

  test('below 30 % for ten minutes takes one task, then one every cool-down, down to the minimum', () => {
    expect(play({ policies: [QUIET], start: 5, minutes: 30, metric: () => 10 })).toEqual([
      '10 quiet: 5 → 4',
      '15 quiet: 4 → 3',
      '20 quiet: 3 → 2',
    ]);
  });

  test('stops at the maximum', () => {
    expect(play({ policies: [CPU_OUT], start: 9, minutes: 30, metric: () => 95 })).toEqual(['5 cpu: 9 → 10']);
  });

  test('stops when the added task brings the load down', () => {
    const metric = (_: Measure, __: number, running: number) => 240 / running;
    expect(play({ policies: [CPU_OUT], start: 3, minutes: 30, metric })).toEqual(['5 cpu: 3 → 4']);
  });

  test('an action repeats once a minute: without a cool-down every minute adds one', () => {
    const eager = step('cpu', 1, alarm({ evaluationPeriods: 1, datapointsToAlarm: 1 }), { cooldownSeconds: 0 });
    expect(play({ policies: [eager], start: 2, minutes: 3, metric: () => 80, launchSeconds: 0 })).toEqual([
      '1 cpu: 2 → 3',
      '2 cpu: 3 → 4',
      '3 cpu: 4 → 5',
    ]);
  });

  test('three breaching minutes and silence raise the alarm once they are five minutes old, and it ends with the data', () => {
    const metric = (_: Measure, minute: number) => (minute >= 3 && minute < 13 ? undefined : 80);
    // Minute 5 by the premature-alarm rule; from minute 10 on all is missing; minutes 14–18 have data again.
    expect(play({ policies: [CPU_OUT], start: 2, minutes: 19, metric })).toEqual(['5 cpu: 2 → 3', '18 cpu: 3 → 4']);
  });

  test('a missing minute is stepped over while five real ones are in the evaluation range, even if it counts as breaching', () => {
    const on = alarm({ treatMissingData: 'breaching' });
    const metric = (_: Measure, minute: number) => (minute < 5 ? 10 : minute === 7 ? undefined : 80);
    // Minutes 5, 6, 8, 9 and 10 breach: all there at the end of minute 10.
    expect(play({ policies: [step('cpu', 1, on)], start: 2, minutes: 12, metric })).toEqual(['11 cpu: 2 → 3']);
  });

  test('3 of 5 fires in minute 5 although two minutes were quiet', () => {
    const on = alarm({ datapointsToAlarm: 3 });
    const metric = (_: Measure, minute: number) => (minute % 2 === 0 ? 90 : 60);
    expect(play({ policies: [step('cpu', 1, on)], start: 2, minutes: 5, metric })).toEqual(['5 cpu: 2 → 3']);
  });

  test('an alarm of 3 in 5 whose mean is below the threshold selects no step, and nothing happens', () => {
    const on = alarm({ datapointsToAlarm: 3 });
    const metric = (_: Measure, minute: number) => (minute % 2 === 0 ? 90 : 10);
    expect(play({ policies: [step('cpu', 1, on)], start: 2, minutes: 10, metric })).toEqual([]);
  });

  test('scale-in by metric math acts only in minutes in which every metric is low', () => {
    const quiet = alarm({
      name: 'quiet',
      queries: [
        { id: 'cpu', measure: 'cpu', statistic: 'Average', resolutionSeconds: 60 },
        { id: 'mem', measure: 'memory', statistic: 'Average', resolutionSeconds: 60 },
        { id: 'low', expression: 'IF(cpu < 30 AND mem < 50, 1, 0)' },
      ],
      returns: 'low',
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      evaluationPeriods: 10,
      datapointsToAlarm: 10,
    });
    const down = step('quiet', -1, quiet);
    const inBoth = { ...down, steps: [{ lowerBound: 0, adjustment: -1 }] } as ScalingPolicy;
    const metric = (measure: Measure, minute: number) => (measure === 'cpu' ? 10 : minute < 5 ? 60 : 40);
    expect(play({ policies: [inBoth], start: 3, minutes: 20, metric, measures: ['cpu', 'memory'] })).toEqual([
      '15 quiet: 3 → 2',
    ]);
  });

  test('a 5-minute period slides: it fires when its mean is above, not at the next fifth minute', () => {
    const on = alarm({ periodSeconds: 300, evaluationPeriods: 1, datapointsToAlarm: 1 });
    const metric = (_: Measure, minute: number) => (minute < 6 ? 60 : 90);
    // Minutes 2–6 have a mean of 66, minutes 3–7 of 72.
    expect(play({ policies: [step('cpu', 1, on)], start: 2, minutes: 9, metric })).toEqual(['8 cpu: 2 → 3']);
  });

  test('a wall-clock window waits for the multiple of its period', () => {
    const on = alarm({
      periodSeconds: 300,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      evaluationWindow: 'wall-clock',
    });
    const metric = (_: Measure, minute: number) => (minute < 6 ? 60 : 90);
    expect(play({ policies: [step('cpu', 1, on)], start: 2, minutes: 12, metric })).toEqual(['10 cpu: 2 → 3']);
  });

  // Step adjustments of the Application Auto Scaling guide: out from 50 by 0, 10 and 30 %, in below 50 by 0, 10 and 30 %.
  test("the guide's percentages: 10, 11, 14, 13 and 10 tasks", () => {
    const on = (name: string, comparison: AlarmDefinition['comparison']) =>
      alarm({ name, comparison, threshold: 50, evaluationPeriods: 1, datapointsToAlarm: 1 });
    const percent = { adjustmentType: 'PercentChangeInCapacity', cooldownSeconds: 60 } as const;
    const out = step('out', 1, on('high', 'GreaterThanOrEqualToThreshold'), {
      ...percent,
      steps: [
        { lowerBound: 0, upperBound: 10, adjustment: 0 },
        { lowerBound: 10, upperBound: 20, adjustment: 10 },
        { lowerBound: 20, adjustment: 30 },
      ],
    });
    const down = step('in', -1, on('low', 'LessThanOrEqualToThreshold'), {
      ...percent,
      steps: [
        { lowerBound: -10, upperBound: 0, adjustment: 0 },
        { lowerBound: -20, upperBound: -10, adjustment: -10 },
        { upperBound: -20, adjustment: -30 },
      ],
    });
    const values = [60, 50, 70, 50, 40, 50, 30, 50];
    const metric = (_: Measure, minute: number) => values[minute];
    expect(play({ policies: [out, down], start: 10, max: 20, minutes: 8, metric, launchSeconds: 0 })).toEqual([
      '1 out: 10 → 11',
      '3 out: 11 → 14',
      '5 in: 14 → 13',
      '7 in: 13 → 10',
    ]);
  });

  test('a larger step comes through the cool-down, counted from before it', () => {
    const steps = [
      { lowerBound: 0, upperBound: 15, adjustment: 1 },
      { lowerBound: 15, adjustment: 3 },
    ];
    const metric = (_: Measure, minute: number) => (minute < 5 ? 75 : 95);
    // The mean of five minutes passes 85 in minute 8: 2 + 3. From minute 13 on the cool-down is over: 5 + 3.
    expect(play({ policies: [step('cpu', 1, alarm(), { steps })], start: 2, minutes: 14, metric })).toEqual([
      '5 cpu: 2 → 3',
      '8 cpu: 3 → 5',
      '13 cpu: 5 → 8',
    ]);
  });

  test('an exact capacity is reached once', () => {
    const one = alarm({ evaluationPeriods: 1, datapointsToAlarm: 1 });
    const exact = step('exact', 8, one, { adjustmentType: 'ExactCapacity', cooldownSeconds: 60 });
    expect(play({ policies: [exact], start: 3, minutes: 10, metric: () => 95 })).toEqual(['1 exact: 3 → 8']);
  });

  test('25 % of four and of six are one task, and two by the minimum adjustment magnitude', () => {
    const one = alarm({ evaluationPeriods: 1, datapointsToAlarm: 1 });
    const given = { adjustmentType: 'PercentChangeInCapacity', minAdjustmentMagnitude: 2 } as const;
    expect(play({ policies: [step('cpu', 25, one, given)], start: 4, minutes: 7, metric: () => 80 })).toEqual([
      '1 cpu: 4 → 6',
      '6 cpu: 6 → 8',
    ]);
  });

  test('a tenth of 25, 23, 21 and 19 tasks goes, rounded down', () => {
    const quiet = { ...QUIET, adjustmentType: 'PercentChangeInCapacity', steps: [{ upperBound: 0, adjustment: -10 }] };
    const policies = [quiet as ScalingPolicy];
    expect(play({ policies, start: 25, max: 30, minutes: 25, metric: () => 10 })).toEqual([
      '10 quiet: 25 → 23',
      '15 quiet: 23 → 21',
      '20 quiet: 21 → 19',
      '25 quiet: 19 → 18',
    ]);
  });

  test('of two policies the larger acts, and the cool-down of each is its own', () => {
    const requests = step('requests', 4, alarm({ measure: 'request-count-per-target', threshold: 100 }));
    const metric = (measure: Measure) => (measure === 'cpu' ? 80 : 200);
    const measures: Measure[] = ['cpu', 'request-count-per-target'];
    expect(play({ policies: [CPU_OUT, requests], start: 2, minutes: 12, metric, measures })).toEqual([
      '5 requests: 2 → 6',
      '6 cpu: 6 → 7',
      '10 requests: 7 → 10',
    ]);
  });

  test('nothing is removed while a deployment runs, and tasks are added all the same', () => {
    const deploying = (minute: number) => minute >= 8 && minute < 20.5;
    expect(play({ policies: [QUIET], start: 5, minutes: 26, metric: () => 10, deploying })).toEqual([
      '21 quiet: 5 → 4',
      '26 quiet: 4 → 3',
    ]);
    expect(play({ policies: [CPU_OUT], start: 2, minutes: 5, metric: () => 80, deploying: () => true })).toEqual([
      '5 cpu: 2 → 3',
    ]);
  });

  test('an alarm without any data may be in ALARM, and has no value that selects a step', () => {
    const on = alarm({ treatMissingData: 'breaching' });
    expect(play({ policies: [step('cpu', 1, on)], start: 2, minutes: 20, metric: () => undefined })).toEqual([]);
  });

  test('a gap that does not breach keeps an alarm of 5 in 5 waiting until five real minutes are in its range', () => {
    const on = alarm({ treatMissingData: 'notBreaching' });
    const metric = (_: Measure, minute: number) => (minute === 2 ? undefined : 80);
    // Minutes 0, 1, 3, 4 and 5.
    expect(play({ policies: [step('cpu', 1, on)], start: 2, minutes: 8, metric })).toEqual(['6 cpu: 2 → 3']);
  });
});
