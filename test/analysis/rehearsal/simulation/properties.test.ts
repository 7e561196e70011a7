import fc from 'fast-check';
import { Fleet } from '../../../../analysis/rehearsal/queueing/fleet';
import { Random } from '../../../../analysis/rehearsal/queueing/random';
import { Station } from '../../../../analysis/rehearsal/queueing/station';
import type { ScalingPolicy } from '../../../../analysis/rehearsal/scaling/policy-definition';
import { alarm, play, step, track } from './timeline';

const percent = fc.integer({ min: 0, max: 100 });
/** Some minutes are missing. */
const minutes = fc.array(fc.option(percent, { nil: undefined, freq: 8 }), { minLength: 60, maxLength: 60 });

const OUT = step('out', 2, alarm({ evaluationPeriods: 2, datapointsToAlarm: 2 }));
const QUIET = step(
  'quiet',
  -1,
  alarm({ name: 'quiet', comparison: 'LessThanThreshold', threshold: 30, evaluationPeriods: 3, datapointsToAlarm: 3 }),
);
const JUMP = step('jump', 8, alarm({ threshold: 90, evaluationPeriods: 1, datapointsToAlarm: 1 }), {
  adjustmentType: 'ExactCapacity',
});
const policySets = fc.subarray<ScalingPolicy>(
  [OUT, QUIET, JUMP, track(50), track(40, { name: 'other', disableScaleIn: true })],
  {
    minLength: 1,
  },
);

interface Action {
  readonly minute: number;
  readonly by: string;
  readonly from: number;
  readonly to: number;
}

/** `12 quiet: 5 → 4` as an object. */
function actions(rows: readonly string[]): Action[] {
  return rows.map((row) => {
    const [, minute, by = '', from, to] = /^([\d.]+) (\S+): (\d+) → (\d+)$/.exec(row) ?? [];
    return { minute: Number(minute), by, from: Number(from), to: Number(to) };
  });
}

const played = (policies: ScalingPolicy[], series: readonly (number | undefined)[], start: number) =>
  actions(play({ policies, start, min: 2, max: 12, minutes: 60, metric: (_, minute) => series[minute] }));

test('capacity never leaves its bounds, whatever the metrics and the policies', () => {
  fc.assert(
    fc.property(policySets, minutes, fc.integer({ min: 2, max: 12 }), (policies, series, start) => {
      for (const { to } of played(policies, series, start)) expect(to >= 2 && to <= 12).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('a step policy never removes twice within its cool-down, unless something was added between', () => {
  fc.assert(
    fc.property(minutes, fc.integer({ min: 2, max: 12 }), (series, start) => {
      let last = Number.NEGATIVE_INFINITY;
      for (const { minute, from, to } of played([OUT, QUIET], series, start)) {
        if (to > from) last = Number.NEGATIVE_INFINITY;
        else {
          expect(minute - last).toBeGreaterThanOrEqual(5);
          last = minute;
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('a step policy never adds twice within its cool-down, unless the second is larger', () => {
  fc.assert(
    fc.property(minutes, fc.integer({ min: 2, max: 12 }), (series, start) => {
      let last: Action | undefined;
      // One step only: nothing larger can come.
      for (const action of played([OUT], series, start)) {
        if (last !== undefined) expect(action.minute - last.minute).toBeGreaterThanOrEqual(5);
        last = action;
      }
    }),
    { numRuns: 60 },
  );
});

test('without any data nothing is added or removed', () => {
  fc.assert(
    fc.property(policySets, fc.integer({ min: 2, max: 12 }), (policies, start) => {
      expect(played(policies, [], start)).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

describe('one more request never makes another one faster', () => {
  const request = fc.record({ gapMs: fc.integer({ min: 0, max: 30 }), workMs: fc.integer({ min: 1, max: 60 }) });
  const requests = fc.array(request, { minLength: 2, maxLength: 40 });

  /** Latencies of all requests but the one that is left out or added. */
  function latencies(
    list: readonly { gapMs: number; workMs: number }[],
    extra: number,
    serve: (at: number, work: number) => number,
    isThere: boolean,
  ) {
    let at = 0;
    return list.flatMap(({ gapMs, workMs }, index) => {
      at += gapMs;
      if (index !== extra) return [serve(at, workMs)];
      if (isThere) serve(at, workMs);
      return [];
    });
  }

  const slower = (more: readonly number[], fewer: readonly number[]) =>
    expect(more.every((latency, index) => latency >= (fewer[index] ?? 0))).toBe(true);

  test.each([1, 3])('in a task of %i workers', (workersPerTask) => {
    const task = () => {
      const options = {
        workersPerTask,
        algorithm: 'round_robin',
        shedAfterMs: Number.POSITIVE_INFINITY,
        refusalMs: 0,
        slowStartSeconds: 0,
      } as const;
      const fleet = new Fleet(options, new Random(1));
      fleet.reset(0, 0);
      fleet.open(0, 0);
      return (at: number, work: number) => fleet.offer(at, work, 0);
    };
    fc.assert(
      fc.property(requests, fc.nat(), (list, pick) => {
        const extra = pick % list.length;
        slower(latencies(list, extra, task(), true), latencies(list, extra, task(), false));
      }),
    );
  });

  test('in the station of the database', () => {
    const station = () => {
      const made = new Station(2);
      return (at: number, work: number) => made.serve(at, work);
    };
    fc.assert(
      fc.property(requests, fc.nat(), (list, pick) => {
        const extra = pick % list.length;
        slower(latencies(list, extra, station(), true), latencies(list, extra, station(), false));
      }),
    );
  });
});
