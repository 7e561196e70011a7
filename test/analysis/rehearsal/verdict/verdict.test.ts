import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serviceFromLoadTest, serviceOfCapacity } from '../../../../analysis/rehearsal/calibration';
import {
  DEFAULT_OBJECTIVES,
  objectivesFrom,
  objectivesIn,
  readObjectives,
} from '../../../../analysis/rehearsal/objectives';
import { playSeeds, type RehearsalPlan } from '../../../../analysis/rehearsal/play/plan';
import { scenarios } from '../../../../analysis/rehearsal/play/scenarios';
import { trafficOf } from '../../../../analysis/rehearsal/play/traffic-spec';
import { PEERS } from '../../../../analysis/rehearsal/policies/peers';
import type { Rehearsal } from '../../../../analysis/rehearsal/rehearse';
import type { Outcome } from '../../../../analysis/rehearsal/simulation/outcome';
import type { Fault } from '../../../../analysis/rehearsal/simulation/simulation-input';
import { shapeOf } from '../../../../analysis/rehearsal/traffic/traffic';
import { compare, dominates, summarizeComparison } from '../../../../analysis/rehearsal/verdict/compare';
import { growthPlan, usableShareOf } from '../../../../analysis/rehearsal/verdict/growth-plan';
import { tuningContenders } from '../../../../analysis/rehearsal/verdict/tune';
import {
  bandOf,
  clock,
  milliseconds,
  percent,
  rankOf,
  verdictOf,
} from '../../../../analysis/rehearsal/verdict/verdict';
import { input } from '../simulation/inputs';

const folder = mkdtempSync(path.join(tmpdir(), 'headroom-verdict-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function outcome(given: Partial<Outcome>): Outcome {
  const [base] = playSeeds({ ...input(), traffic: { kind: 'steady', name: 's', rps: 1, durationSeconds: 60 } }, [1]);
  if (base === undefined) throw new Error('nothing was played');
  return {
    ...base,
    requests: 1000,
    refused: 0,
    failed: 0,
    worstWindow: { atSeconds: 0, seconds: 300, p95Ms: 100 },
    ...given,
  };
}

describe('verdict', () => {
  test('holds when the bad end of the band does', () => {
    const good = Array.from({ length: 20 }, () => outcome({}));
    expect(verdictOf(good, DEFAULT_OBJECTIVES).holds).toBe(true);
  });

  test.each<[string, Partial<Outcome>, string]>([
    ['p95 of every five minutes', { worstWindow: { atSeconds: 5400, seconds: 300, p95Ms: 250 } }, '≤ 200 ms'],
    ['answered requests', { refused: 2 }, '≥ 99.90 %'],
  ])('%s fails when more than one seed in twenty is above it', (objective, given, goal) => {
    const good = Array.from({ length: 18 }, () => outcome({}));
    const { holds, checks } = verdictOf([...good, outcome(given), outcome(given)], DEFAULT_OBJECTIVES);
    expect(holds).toBe(false);
    expect(checks.filter((check) => !check.holds)).toEqual([expect.objectContaining({ objective, goal })]);
  });

  test('an incident may take a fifth of the error budget of four weeks', () => {
    // 0.1 % of 100,000 requests in each of 672 hours: 67,200 requests; a fifth of them: 13,440.
    const lost: Fault[] = [{ kind: 'zone-lost', atSeconds: 0, untilSeconds: 60 }];
    const check = (failed: number) =>
      verdictOf([outcome({ requests: 100_000, failed })], DEFAULT_OBJECTIVES, lost).checks[1];
    expect(check(13_440)).toMatchObject({
      objective: 'error budget of four weeks',
      goal: '≤ 20.00 % spent',
      holds: true,
    });
    expect(check(13_441)).toMatchObject({ holds: false });
    expect(check(672)?.found).toBe('1.00 % (1.00 % to 1.00 %)');
  });

  test('bands are nearest ranks', () => {
    const values = Array.from({ length: 20 }, (_, index) => index + 1);
    expect([0.05, 0.5, 0.95].map((share) => rankOf(values, share))).toEqual([1, 10, 19]);
    expect(bandOf([outcome({ badMinutes: 3 })], 'badMinutes')).toEqual({ low: 3, median: 3, high: 3 });
  });

  test('figures are written for people', () => {
    expect([milliseconds(99.6), milliseconds(12_345), milliseconds(Number.POSITIVE_INFINITY)]).toEqual([
      '100 ms',
      '12.3 s',
      'unanswered',
    ]);
    expect([percent(0.999), percent(0.99999), percent(1)]).toEqual(['99.90 %', '> 99.99 %', '100.00 %']);
    expect([clock(60), clock(5400), clock(90_000)]).toEqual(['00:01', '01:30', '1 d 01:00']);
  });
});

describe('scenarios', () => {
  const all = scenarios(DEFAULT_OBJECTIVES);

  test('take their loads from the objectives', () => {
    const peak = Object.fromEntries(all.map(({ name, traffic }) => [name, shapeOf(trafficOf(traffic)).peakRps]));
    expect(peak['volume-100k']).toBeCloseTo(27.8, 1);
    expect(peak['spike-5x']).toBeCloseTo(5 * 27.8, 0);
    expect(peak['spike-5x-ramp-10m']).toBeCloseTo(5 * 27.8, 0);
    expect(peak['spike-5x-at-peak']).toBeCloseTo(5 * 83.3, 0);
    expect(peak['ten-times']).toBeCloseTo(278, 0);
    expect(peak['ten-times-at-peak']).toBeCloseTo(833.3, 0);
    expect(peak['users-2000']).toBe(400);
    expect(peak['growth']).toBeCloseTo(278, 0);
    expect(peak['users-1000']).toBe(200);
    expect(peak['deploy-at-peak']).toBeCloseTo(83.3, 1);
  });

  test("a day's wave has the stated mean and peak", () => {
    const wave = all.find(({ name }) => name === 'endurance-24h');
    if (wave === undefined) throw new Error('no such scenario');
    const { meanRps, peakRps } = shapeOf(trafficOf(wave.traffic));
    expect(meanRps).toBeCloseTo(27.8, 1);
    expect(peakRps / meanRps).toBeCloseTo(3, 2);
  });

  test('each has a name of its own', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });
});

describe('comparison', () => {
  test('a row is on the front when nobody has fewer of both', () => {
    const row = (badMinutes: number, taskHours: number) => ({ badMinutes, taskHours });
    expect(dominates(row(1, 10), row(2, 10))).toBe(true);
    expect(dominates(row(1, 11), row(2, 10))).toBe(false);
    expect(dominates(row(1, 10), row(1, 10))).toBe(false);
    expect(dominates(row(2, 9), row(1, 10))).toBe(false);
  });

  test('plays every contender on every traffic with every seed, and says when each is done', async () => {
    const plan = { ...input(), traffic: { kind: 'steady', name: 'a', rps: 60, durationSeconds: 300 } } as const;
    const played: string[] = [];
    const play = async (one: RehearsalPlan, seed: number) => {
      played.push(`${one.traffic.name} ${one.scaling.name} ${one.faults.length} ${seed}`);
      return outcome({ seed });
    };
    const done: string[] = [];
    const { traffics, cells } = await compare(
      plan,
      PEERS.slice(0, 2),
      [
        { traffic: plan.traffic, faults: [], burstiness: 0 },
        {
          traffic: { ...plan.traffic, name: 'b', rps: 30 },
          faults: [{ kind: 'cache-flush', atSeconds: 1 }],
          burstiness: 0.5,
        },
      ],
      DEFAULT_OBJECTIVES,
      play,
      [1, 2],
      (cell, count, all) => done.push(`${count}/${all} ${cell.traffic}`),
    );
    expect(cells.map(({ traffic, contender }) => `${traffic} ${contender}`)).toEqual([
      'a CDK CPU 50',
      'a terraform-aws-modules 75/75',
      'b CDK CPU 50',
      'b terraform-aws-modules 75/75',
    ]);
    expect(new Set(played).size).toBe(8);
    // What goes wrong goes wrong for everybody, and only there.
    expect(played.every((one) => one.startsWith('b') === / 1 \d$/.test(one))).toBe(true);
    expect(done).toEqual(['1/4 a', '2/4 a', '3/4 b', '4/4 b']);
    expect(traffics).toEqual([
      { name: 'a', durationSeconds: 300, meanRps: 60, peakRps: 60 },
      { name: 'b', durationSeconds: 300, meanRps: 30, peakRps: 30 },
    ]);
    expect(summarizeComparison(cells)).toHaveLength(2);
  });

  test('tuning tries every combination once', () => {
    const names = tuningContenders(50).map(({ name }) => name);
    expect(names).toHaveLength(4 * 3 * 2 * 2);
    expect(new Set(names).size).toBe(names.length);
  });
});

test('a plan names the nearest ceiling first, with the months until it', () => {
  const limits = {
    maxTasks: 10,
    taskCapacityRps: 100,
    usableShare: 0.8,
    maxReaders: 6,
    readerCapacity: 400,
    hitRatio: 0.9,
    peakRps: 100,
    spikeFactor: 2,
    monthlyGrowth: 0.1,
  };
  const [first, second] = growthPlan(limits);
  // 10 × 100 × 0.8 = 800 at most, 400 before a spike of 2: 4 times today, ln 4 / ln 1.1 = 14.5 months.
  expect(first).toMatchObject({ atPeakRps: 400, growth: 4 });
  expect(first?.months).toBeCloseTo(14.54, 1);
  expect(second).toMatchObject({ atPeakRps: 800, growth: 8 });
  expect(growthPlan({ ...limits, peakRps: 500 })[0]?.months).toBe(0);
  // 6 × 400 × 0.8 queries a second are a tenth of the requests.
  const readers = growthPlan(limits).find(({ ceiling }) => ceiling === '6 database readers');
  expect(readers?.atPeakRps).toBeCloseTo(19_200, 6);
  expect(growthPlan({ ...limits, maxReaders: undefined })).toHaveLength(2);
});

test('the usable share is the highest utilisation at which objectives held, within reason', () => {
  const played = (rps: number, running: number, holds: boolean) =>
    ({ shown: { rows: [{ requests: 60 * rps, seconds: 60, running }] }, verdict: { holds } }) as unknown as Rehearsal;
  // 140 requests/s on two tasks of 100.
  expect(usableShareOf([played(140, 2, true), played(195, 2, false)], 100)).toBeCloseTo(0.7, 6);
  expect(usableShareOf([played(20, 2, true)], 100)).toBe(0.5);
  expect(usableShareOf([played(198, 2, true)], 100)).toBe(0.9);
});

describe('objectives', () => {
  test('are completed with the defaults', () => {
    expect(objectivesFrom('here', { latencyP95Ms: 300 })).toEqual({ ...DEFAULT_OBJECTIVES, latencyP95Ms: 300 });
  });

  test('are read from the first template that states them', () => {
    const file = path.join(folder, 'stated.json');
    writeFileSync(file, JSON.stringify({ Metadata: { 'Headroom::Objectives': { availability: 0.99 } } }));
    const bare = path.join(folder, 'bare.json');
    writeFileSync(bare, '{}');
    expect(objectivesIn([bare, file]).availability).toBe(0.99);
    expect(objectivesIn([bare])).toEqual(DEFAULT_OBJECTIVES);
  });

  test.each([
    [
      { latencyP95Ms: -1, spikeFactor: 'five' },
      'here: `latencyP95Ms` must be a positive number, got -1; `spikeFactor` must be a positive number, got "five"',
    ],
    [[1], 'here: objectives are a map of names to numbers'],
  ])('fail for %j', (stated, message) => {
    expect(() => objectivesFrom('here', stated)).toThrow(message);
  });

  test('fail for a file that is not there', () => {
    expect(() => readObjectives('/nowhere.json')).toThrow('cannot read the objectives /nowhere.json');
  });
});

describe('calibration', () => {
  const file = path.join(folder, 'load-result.json');
  const time = { mean: 12, p50: 10, p90: 20, p95: 30, p99: 60, p999: 90 };

  test('a capacity is the work of one request', () => {
    expect(serviceOfCapacity(100).work).toEqual({ kind: 'lognormal', meanMs: 10, cv: 1 });
  });

  test('what a load test measured beyond the work is waiting', () => {
    writeFileSync(file, JSON.stringify({ format: 'headroom-load-1', serviceTime: time }));
    const { waiting } = serviceFromLoadTest(file, 200);
    expect(waiting).toEqual({
      kind: 'quantiles',
      points: [
        [0, 2.5],
        [0.5, 5],
        [0.9, 15],
        [0.95, 25],
        [0.99, 55],
        [0.999, 85],
        [1, 85],
      ],
    });
  });

  test.each([
    [{ format: 'other' }, 'is no result of `npm run load` (format headroom-load-1)'],
    [
      { format: 'headroom-load-1', serviceTime: { ...time, p95: null } },
      '`serviceTime.p95` must be a number, got null',
    ],
  ])('fails for %j', (content, message) => {
    writeFileSync(file, JSON.stringify(content));
    expect(() => serviceFromLoadTest(file, 100)).toThrow(message);
  });

  test('fails for a file that is not there', () => {
    expect(() => serviceFromLoadTest('/nowhere.json', 100)).toThrow('cannot read the load-test result /nowhere.json');
  });
});
