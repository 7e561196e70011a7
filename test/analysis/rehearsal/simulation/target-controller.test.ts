import type { AlarmDefinition, Measure } from '../../../../analysis/rehearsal/alarms/alarm-definition';
import { Random } from '../../../../analysis/rehearsal/queueing/random';
import type { ScalableTargetDefinition, ScalingPolicy } from '../../../../analysis/rehearsal/scaling/policy-definition';
import { gauge, MetricStore } from '../../../../analysis/rehearsal/simulation/metric-store';
import { DEFAULT_PARAMETERS } from '../../../../analysis/rehearsal/simulation/parameters';
import { type ControlEvent, TargetController } from '../../../../analysis/rehearsal/simulation/target-controller';

/** A random source whose alarms all look at the start of their minute. */
class AtTheMinute extends Random {
  public override below(): number {
    return 0;
  }
}

interface Timeline {
  readonly policies: readonly ScalingPolicy[];
  readonly min?: number;
  readonly max?: number;
  readonly schedules?: ScalableTargetDefinition['schedules'];
  readonly start: number;
  readonly minutes: number;
  /** Datapoint of a minute, given the running tasks; undefined publishes nothing. */
  readonly metric: (measure: Measure, minute: number, running: number) => number | undefined;
  readonly launchSeconds?: number;
}

/** Plays a timeline without queues: tasks run `launchSeconds` after they are wanted. Returns `minute: from → to` rows. */
function play(timeline: Timeline, measures: readonly Measure[] = ['cpu'], delaySeconds = 0): string[] {
  const store = new MetricStore({ delaySeconds: () => delaySeconds, historySeconds: 3600 });
  const definition = {
    name: 'service',
    minCapacity: timeline.min ?? 2,
    maxCapacity: timeline.max ?? 10,
    policies: timeline.policies,
    schedules: timeline.schedules ?? [],
  };
  const controller = new TargetController(definition, store, DEFAULT_PARAMETERS, new AtTheMinute(1), 0, {
    model: 'perfect-hour',
    hourlyRps: [],
  });
  const events: ControlEvent[] = [];
  let desired = timeline.start;
  const wantedAt: number[] = new Array<number>(timeline.minutes * 60 + 1).fill(timeline.start);
  for (let second = 0; second <= timeline.minutes * 60; second++) {
    const running = Math.min(desired, wantedAt[Math.max(0, second - 1 - (timeline.launchSeconds ?? 30))] ?? desired);
    if (second > 0 && second % 60 === 0) {
      for (const measure of measures) {
        const value = timeline.metric(measure, second / 60 - 1, running);
        if (value !== undefined) store.put(measure, 60, second - 60, gauge(value));
      }
    }
    desired = controller.second(second, { desired, running, deploying: false }, (event) => events.push(event));
    wantedAt[second] = desired;
  }
  return events
    .filter(({ kind }) => kind === 'scale-out' || kind === 'scale-in')
    .map(({ atSeconds, text }) => `${atSeconds / 60} ${text}`);
}

function alarm(given: Partial<AlarmDefinition> & { readonly measure?: Measure } = {}): AlarmDefinition {
  const { measure = 'cpu', ...rest } = given;
  return {
    name: 'alarm',
    queries: [{ id: 'm', measure, statistic: 'Average', resolutionSeconds: 60 }],
    returns: 'm',
    periodSeconds: 60,
    comparison: 'GreaterThanThreshold',
    threshold: 70,
    evaluationPeriods: 5,
    datapointsToAlarm: 5,
    treatMissingData: 'missing',
    ...rest,
  };
}

function step(name: string, adjustment: number, on: AlarmDefinition, cooldownSeconds = 300): ScalingPolicy {
  const bound = adjustment > 0 ? { lowerBound: 0 } : { upperBound: 0 };
  const steps = [{ ...bound, adjustment }];
  return {
    type: 'step',
    name,
    adjustmentType: 'ChangeInCapacity',
    steps,
    cooldownSeconds,
    aggregation: 'Average',
    alarms: [on],
  };
}

function track(
  targetValue: number,
  given: Partial<Extract<ScalingPolicy, { type: 'target-tracking' }>> = {},
): ScalingPolicy {
  return {
    type: 'target-tracking',
    name: 'tracker',
    queries: [{ id: 'm', measure: 'cpu', statistic: 'Average', resolutionSeconds: 60 }],
    returns: 'm',
    periodSeconds: 60,
    targetValue,
    scaleOutCooldownSeconds: 300,
    scaleInCooldownSeconds: 300,
    disableScaleIn: false,
    ...given,
  };
}

const CPU_OUT = step('cpu', 1, alarm());
const QUIET = step(
  'quiet',
  -1,
  alarm({
    name: 'quiet',
    comparison: 'LessThanThreshold',
    threshold: 30,
    evaluationPeriods: 10,
    datapointsToAlarm: 10,
  }),
);

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
    expect(play({ policies: [CPU_OUT], start: 2, minutes: 14, metric }, ['cpu'], 120)).toEqual(['12 cpu: 2 → 3']);
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
    const eager = step('cpu', 1, alarm({ evaluationPeriods: 1, datapointsToAlarm: 1 }), 0);
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
    expect(play({ policies: [inBoth], start: 3, minutes: 20, metric }, ['cpu', 'memory'])).toEqual(['15 quiet: 3 → 2']);
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
});

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
});

describe('scheduled actions', () => {
  const schedules = [
    { name: 'morning', schedule: 'cron(10 0 * * ? *)', minCapacity: 6 },
    { name: 'evening', schedule: 'cron(20 0 * * ? *)', minCapacity: 2, maxCapacity: 4 },
  ];

  test('raise the capacity to the new minimum at once, and lower it to the new maximum', () => {
    const definition = { name: 's', minCapacity: 2, maxCapacity: 10, policies: [], schedules };
    const store = new MetricStore({ delaySeconds: () => 0, historySeconds: 600 });
    const controller = new TargetController(definition, store, DEFAULT_PARAMETERS, new Random(1), 0, {
      model: 'perfect-hour',
      hourlyRps: [],
    });
    let desired = 2;
    const at: Record<number, number> = {};
    for (let second = 0; second <= 1260; second++) {
      desired = controller.second(second, { desired, running: desired, deploying: false }, () => {});
      at[second] = desired;
    }
    expect([at[599], at[600], at[1199], at[1200]]).toEqual([2, 6, 6, 4]);
  });

  test('ignore cool-downs', () => {
    const metric = () => 80;
    const rows = play({ policies: [CPU_OUT], start: 2, minutes: 12, schedules, metric });
    // In minute 10 three tasks run and one more is fewer than the new minimum; a minute later six run.
    expect(rows).toEqual(['5 cpu: 2 → 3', '11 cpu: 6 → 7']);
  });
});
