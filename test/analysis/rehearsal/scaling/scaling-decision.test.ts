import fc from 'fast-check';
import type { StepScalingPolicy, TargetTrackingPolicy } from '../../../../analysis/rehearsal/scaling/policy-definition';
import {
  ScalingDecider,
  type StepSignal,
  type TargetState,
  type TrackingSignal,
} from '../../../../analysis/rehearsal/scaling/scaling-decision';

const MODEL = {
  scaleInModel: 'proportional',
  stepMetricWindow: 'evaluation-periods',
  trackingCooldownBase: 'before-it',
} as const;

function target(given: Partial<TargetState> = {}): TargetState {
  const desired = given.desired ?? 10;
  return { nowSeconds: 0, minCapacity: 2, maxCapacity: 40, desired, running: desired, deploying: false, ...given };
}

function policy(name: string, given: Partial<StepScalingPolicy> = {}): StepScalingPolicy {
  const steps = [
    { lowerBound: 0, upperBound: 10, adjustment: 2 },
    { lowerBound: 10, adjustment: 3 },
  ];
  return {
    type: 'step',
    name,
    adjustmentType: 'ChangeInCapacity',
    steps,
    cooldownSeconds: 300,
    aggregation: 'Average',
    alarms: [],
    ...given,
  };
}

const scaleIn = (name: string, adjustment: number) => policy(name, { steps: [{ upperBound: 0, adjustment }] });

function signal(of: StepScalingPolicy, threshold: number, ...datapoints: number[]): StepSignal {
  return { policy: of, threshold, datapoints, invoked: true };
}

function tracker(name: string, given: Partial<TargetTrackingPolicy> = {}): TargetTrackingPolicy {
  return {
    type: 'target-tracking',
    name,
    queries: [],
    returns: 'm',
    periodSeconds: 60,
    targetValue: 50,
    scaleOutCooldownSeconds: 300,
    scaleInCooldownSeconds: 300,
    disableScaleIn: false,
    ...given,
  };
}

function tracking(of: TargetTrackingPolicy, value: number | undefined): TrackingSignal {
  const known = value !== undefined;
  return {
    policy: of,
    high: !known ? 'INSUFFICIENT_DATA' : value > of.targetValue ? 'ALARM' : 'OK',
    low: !known ? 'INSUFFICIENT_DATA' : value < 0.9 * of.targetValue ? 'ALARM' : 'OK',
    value,
    invoked: true,
  };
}

const capacity = (decider: ScalingDecider, given: TargetState, steps: StepSignal[], trackers: TrackingSignal[] = []) =>
  decider.decide(given, steps, trackers)?.capacity;

describe('step scaling', () => {
  test('adds what the step says', () => {
    expect(capacity(new ScalingDecider(MODEL), target(), [signal(policy('cpu'), 70, 75)])).toBe(12);
  });

  test('chooses the step by the aggregate of the datapoints, not by the alarm', () => {
    const points = [70, 95];
    const by = (aggregation: StepScalingPolicy['aggregation']) =>
      capacity(new ScalingDecider(MODEL), target(), [signal(policy('cpu', { aggregation }), 70, ...points)]);
    expect([by('Minimum'), by('Average'), by('Maximum')]).toEqual([12, 13, 13]);
  });

  test('can choose the step by the newest datapoint', () => {
    const decider = new ScalingDecider({ ...MODEL, stepMetricWindow: 'latest' });
    expect(capacity(decider, target(), [signal(policy('cpu'), 70, 100, 71)])).toBe(12);
  });

  test('counts from the running tasks, not from the desired ones', () => {
    expect(
      capacity(new ScalingDecider(MODEL), target({ desired: 12, running: 10 }), [signal(policy('cpu'), 70, 85)]),
    ).toBe(13);
    expect(
      capacity(new ScalingDecider(MODEL), target({ desired: 14, running: 10 }), [signal(policy('cpu'), 70, 85)]),
    ).toBeUndefined();
  });

  test('removes from the running tasks, and from the desired ones while the surplus is still there', () => {
    const quiet = [signal(scaleIn('quiet', -1), 30, 20)];
    expect(capacity(new ScalingDecider(MODEL), target({ desired: 12, running: 10 }), quiet)).toBe(9);
    expect(capacity(new ScalingDecider(MODEL), target({ desired: 10, running: 12 }), quiet)).toBe(9);
    const low = [tracking(tracker('cpu'), 25)];
    expect(capacity(new ScalingDecider(MODEL), target({ desired: 12, running: 10 }), [], low)).toBe(5);
    expect(capacity(new ScalingDecider(MODEL), target({ desired: 10, running: 12 }), [], low)).toBe(5);
  });

  test('above the maximum a scale-in first reaches it and a scale-out does nothing', () => {
    const above = target({ desired: 30, maxCapacity: 20 });
    expect(capacity(new ScalingDecider(MODEL), above, [signal(scaleIn('quiet', -1), 30, 20)])).toBe(20);
    expect(capacity(new ScalingDecider(MODEL), above, [signal(policy('cpu'), 70, 95)])).toBeUndefined();
  });

  test('does nothing during its cool-down, and something after it', () => {
    const decider = new ScalingDecider(MODEL);
    expect(capacity(decider, target({ nowSeconds: 0 }), [signal(policy('cpu'), 70, 75)])).toBe(12);
    expect(
      capacity(decider, target({ nowSeconds: 299, desired: 12 }), [signal(policy('cpu'), 70, 75)]),
    ).toBeUndefined();
    expect(capacity(decider, target({ nowSeconds: 300, desired: 12 }), [signal(policy('cpu'), 70, 75)])).toBe(14);
  });

  // API reference of StepScalingPolicyConfiguration: 2 added, then a step of 3 during the cool-down adds 1.
  test('lets a larger scale-out through during its cool-down, less what was added', () => {
    const decider = new ScalingDecider(MODEL);
    expect(capacity(decider, target({ nowSeconds: 0 }), [signal(policy('cpu'), 70, 75)])).toBe(12);
    expect(
      capacity(decider, target({ nowSeconds: 60, desired: 12, running: 10 }), [signal(policy('cpu'), 70, 85)]),
    ).toBe(13);
  });

  test('keeps the cool-down of one policy from holding up another', () => {
    const decider = new ScalingDecider(MODEL);
    expect(capacity(decider, target({ nowSeconds: 0 }), [signal(policy('cpu'), 70, 75)])).toBe(12);
    expect(capacity(decider, target({ nowSeconds: 60, desired: 12 }), [signal(policy('p95'), 0.3, 0.4)])).toBe(14);
  });

  test('blocks scale-in until its cool-down is over', () => {
    const decider = new ScalingDecider(MODEL);
    expect(capacity(decider, target({ nowSeconds: 0 }), [signal(scaleIn('quiet', -1), 30, 20)])).toBe(9);
    expect(
      capacity(decider, target({ nowSeconds: 299, desired: 9 }), [signal(scaleIn('quiet', -1), 30, 20)]),
    ).toBeUndefined();
    expect(capacity(decider, target({ nowSeconds: 300, desired: 9 }), [signal(scaleIn('quiet', -1), 30, 20)])).toBe(8);
  });

  test('a scale-out ends the cool-down of a scale-in', () => {
    const decider = new ScalingDecider(MODEL);
    expect(capacity(decider, target({ nowSeconds: 0 }), [signal(scaleIn('quiet', -1), 30, 20)])).toBe(9);
    expect(capacity(decider, target({ nowSeconds: 60, desired: 9 }), [signal(policy('cpu'), 70, 75)])).toBe(11);
    expect(capacity(decider, target({ nowSeconds: 120, desired: 11 }), [signal(scaleIn('quiet', -1), 30, 20)])).toBe(
      10,
    );
  });

  test('the largest capacity wins, out as well as in', () => {
    expect(
      capacity(new ScalingDecider(MODEL), target(), [signal(policy('a'), 70, 75), signal(policy('b'), 70, 95)]),
    ).toBe(13);
    expect(
      capacity(new ScalingDecider(MODEL), target(), [
        signal(scaleIn('a', -4), 30, 20),
        signal(scaleIn('b', -1), 50, 20),
      ]),
    ).toBe(9);
    expect(
      capacity(new ScalingDecider(MODEL), target(), [signal(policy('a'), 70, 75), signal(scaleIn('b', -4), 30, 20)]),
    ).toBe(12);
  });

  test('does not scale in while a policy in its cool-down still wants out', () => {
    const decider = new ScalingDecider(MODEL);
    expect(capacity(decider, target(), [signal(policy('cpu'), 70, 75)])).toBe(12);
    const both = [signal(policy('cpu'), 70, 75), signal(scaleIn('quiet', -1), 30, 20)];
    expect(capacity(decider, target({ nowSeconds: 60, desired: 11, running: 11 }), both)).toBeUndefined();
  });

  test('stays within the bounds', () => {
    expect(capacity(new ScalingDecider(MODEL), target({ desired: 39 }), [signal(policy('cpu'), 70, 95)])).toBe(40);
    expect(
      capacity(new ScalingDecider(MODEL), target({ desired: 40 }), [signal(policy('cpu'), 70, 95)]),
    ).toBeUndefined();
    expect(capacity(new ScalingDecider(MODEL), target({ desired: 3 }), [signal(scaleIn('quiet', -5), 30, 5)])).toBe(2);
    expect(
      capacity(new ScalingDecider(MODEL), target({ desired: 2 }), [signal(scaleIn('quiet', -5), 30, 5)]),
    ).toBeUndefined();
  });

  test('below the minimum a scale-out first reaches it and a scale-in does nothing', () => {
    expect(
      capacity(new ScalingDecider(MODEL), target({ desired: 1, minCapacity: 8 }), [signal(policy('cpu'), 70, 75)]),
    ).toBe(8);
    expect(
      capacity(new ScalingDecider(MODEL), target({ desired: 5, minCapacity: 8 }), [
        signal(scaleIn('quiet', -1), 30, 20),
      ]),
    ).toBeUndefined();
  });

  test('does not scale in during a deployment, but scales out', () => {
    expect(
      capacity(new ScalingDecider(MODEL), target({ deploying: true }), [signal(scaleIn('quiet', -1), 30, 20)]),
    ).toBeUndefined();
    expect(capacity(new ScalingDecider(MODEL), target({ deploying: true }), [signal(policy('cpu'), 70, 75)])).toBe(12);
  });

  test('does nothing when no step covers the breach', () => {
    const gap = policy('cpu', { steps: [{ lowerBound: 10, adjustment: 2 }] });
    expect(capacity(new ScalingDecider(MODEL), target(), [signal(gap, 70, 75)])).toBeUndefined();
  });
});

describe('target tracking', () => {
  test('scales out in proportion, rounded up', () => {
    expect(capacity(new ScalingDecider(MODEL), target(), [], [tracking(tracker('cpu'), 62)])).toBe(13);
  });

  // ECS CPU is used over reserved: it cannot say more than 100 %, so one decision at most doubles a 50 % target.
  test('a saturated metric adds at most 100 / target', () => {
    expect(capacity(new ScalingDecider(MODEL), target(), [], [tracking(tracker('cpu'), 100)])).toBe(20);
  });

  test('scales in when every tracker is ready, to the largest capacity any of them needs', () => {
    const both = [tracking(tracker('cpu'), 20), tracking(tracker('memory'), 40)];
    expect(capacity(new ScalingDecider(MODEL), target(), [], both)).toBe(8);
  });

  // aws/copilot-cli#4298: memory that never falls keeps the fleet large.
  test('does not scale in while one tracker is not ready', () => {
    const both = [tracking(tracker('cpu'), 5), tracking(tracker('memory'), 48)];
    expect(capacity(new ScalingDecider(MODEL), target(), [], both)).toBeUndefined();
  });

  test('nor while one is only a little below its target, although fewer tasks would do for it', () => {
    // 20 × 46 / 50 = 18.4: 19 tasks would do, and 46 is not below 45.
    const both = [tracking(tracker('cpu'), 5), tracking(tracker('memory'), 46)];
    expect(capacity(new ScalingDecider(MODEL), target({ desired: 20 }), [], both)).toBeUndefined();
  });

  test('a tracker whose scale-in is disabled is not asked', () => {
    const both = [tracking(tracker('cpu'), 20), tracking(tracker('memory', { disableScaleIn: true }), 48)];
    expect(capacity(new ScalingDecider(MODEL), target(), [], both)).toBe(4);
    expect(
      capacity(new ScalingDecider(MODEL), target(), [], [tracking(tracker('m', { disableScaleIn: true }), 5)]),
    ).toBeUndefined();
  });

  test('does nothing, and above all does not scale in, without data', () => {
    expect(capacity(new ScalingDecider(MODEL), target(), [], [tracking(tracker('cpu'), undefined)])).toBeUndefined();
  });

  test('lets only a larger capacity through during its cool-down', () => {
    const decider = new ScalingDecider(MODEL);
    expect(capacity(decider, target({ nowSeconds: 0 }), [], [tracking(tracker('cpu'), 60)])).toBe(12);
    expect(
      capacity(decider, target({ nowSeconds: 60, desired: 12, running: 10 }), [], [tracking(tracker('cpu'), 60)]),
    ).toBeUndefined();
    expect(
      capacity(decider, target({ nowSeconds: 120, desired: 12, running: 10 }), [], [tracking(tracker('cpu'), 90)]),
    ).toBe(18);
  });

  test('does not keep a step policy from scaling in', () => {
    const ready = [signal(scaleIn('quiet', -1), 30, 20)];
    expect(capacity(new ScalingDecider(MODEL), target(), ready, [tracking(tracker('cpu'), 48)])).toBe(9);
  });

  test.each([
    ['proportional', 4],
    ['one-at-a-time', 9],
    ['at-most-10-percent', 9],
  ] as const)('scales in %s to %i', (scaleInModel, expected) => {
    expect(capacity(new ScalingDecider({ ...MODEL, scaleInModel }), target(), [], [tracking(tracker('cpu'), 20)])).toBe(
      expected,
    );
  });
});

describe('a policy whose action is not invoked now', () => {
  const quietly = <T extends StepSignal | TrackingSignal>(given: T): T => ({ ...given, invoked: false });

  test('does not act', () => {
    const decide = (steps: StepSignal[], trackers: TrackingSignal[] = []) =>
      capacity(new ScalingDecider(MODEL), target(), steps, trackers);
    expect(decide([quietly(signal(policy('cpu'), 70, 75))])).toBeUndefined();
    expect(decide([quietly(signal(scaleIn('quiet', -1), 30, 20))])).toBeUndefined();
    expect(decide([], [quietly(tracking(tracker('cpu'), 90))])).toBeUndefined();
    expect(decide([], [quietly(tracking(tracker('cpu'), 20))])).toBeUndefined();
  });

  test('is heard all the same when another removes: what wants more holds it back', () => {
    const wantsOut = quietly(signal(policy('cpu'), 70, 75));
    expect(
      capacity(new ScalingDecider(MODEL), target(), [wantsOut, signal(scaleIn('quiet', -1), 30, 20)]),
    ).toBeUndefined();
  });
});

describe('whatever the signals', () => {
  const step = fc.record({
    at: fc.nat(6000),
    metric: fc.integer({ min: 0, max: 100 }),
    kind: fc.constantFrom('out', 'in', 'track'),
  });

  function play(actions: readonly { at: number; metric: number; kind: string }[]) {
    const decider = new ScalingDecider(MODEL);
    let desired = 10;
    return [...actions]
      .sort((a, b) => a.at - b.at)
      .map(({ at, metric, kind }) => {
        const state = target({ nowSeconds: at, desired });
        const steps =
          kind === 'out'
            ? [signal(policy('out'), 70, Math.max(70, metric))]
            : [signal(scaleIn('in', -1), 30, Math.min(30, metric))];
        const decision =
          kind === 'track'
            ? decider.decide(state, [], [tracking(tracker('t'), metric)])
            : decider.decide(state, steps, []);
        const from = desired;
        desired = decision?.capacity ?? desired;
        return { at, from, to: desired, policy: decision?.policy };
      });
  }

  test('capacity stays between minimum and maximum', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (actions) => {
        for (const { to } of play(actions)) expect(to >= 2 && to <= 40).toBe(true);
      }),
    );
  });

  test('no scale-in happens inside its own cool-down unless a scale-out came between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (actions) => {
        let last = Number.NEGATIVE_INFINITY;
        for (const { at, from, to, policy: by } of play(actions)) {
          if (to > from) last = Number.NEGATIVE_INFINITY;
          if (to < from && by === 'in') {
            expect(at - last).toBeGreaterThanOrEqual(300);
            last = at;
          }
        }
      }),
    );
  });

  test('a higher metric never leads to a smaller tracked capacity', () => {
    fc.assert(
      fc.property(fc.integer({ min: 51, max: 99 }), fc.integer({ min: 0, max: 40 }), (metric, more) => {
        const low = capacity(new ScalingDecider(MODEL), target(), [], [tracking(tracker('t'), metric)]) ?? 10;
        const high = capacity(new ScalingDecider(MODEL), target(), [], [tracking(tracker('t'), metric + more)]) ?? 10;
        expect(high).toBeGreaterThanOrEqual(low);
      }),
    );
  });
});
