import { type Bottleneck, bottleneckOf, type Saturation } from '../../../analysis/capacity/bottleneck';
import { type Projection, projectUse } from '../../../analysis/capacity/projection';
import { isTooLittle, type Point, type TooLittleData } from '../../../analysis/capacity/resource-use';
import { Random } from '../../../analysis/rehearsal/queueing/random';
import { between, DAY_MS, dailyLoad, growing, HOUR_MS, normal, resource, START_MS } from './generator';

const CASES = 200;

/** The answer, where there must be one. */
function known<Answer extends object>(answer: Answer | TooLittleData): Answer {
  if (isTooLittle(answer)) throw new Error(answer.tooLittle);
  return answer as Answer;
}

/** What hours of load make of a resource with this demand per request and this idle share. */
function used(load: readonly Point[], demand: number, idle: number, random: Random): readonly Point[] {
  return load.map(({ ms, value }) => {
    const wild = random.uniform() < 0.02 ? between(random, 1.5, 3) : 1;
    return { ms, value: (idle + demand * value) * wild * (1 + 0.08 * normal(random)) };
  });
}

interface BottleneckCase {
  readonly load: readonly Point[];
  readonly resources: readonly ReturnType<typeof resource>[];
  readonly name: string;
  readonly requestsPerSecond: number;
}

/** Three to six resources of which one is full at 80 % of the load of the next, and two that do not follow the load. */
function bottleneckCase(seed: number): BottleneckCase {
  const random = new Random(seed);
  const first = between(random, 100, 2_000);
  const load = dailyLoad(random, 14, first * between(random, 0.1, 0.4));
  const count = 3 + random.below(4);
  const bottleneck = random.below(count);
  const resources = Array.from({ length: count }, (_, index) => {
    const usable = between(random, 0.6, 0.9);
    const idle = between(random, 0, 0.2);
    const full = index === bottleneck ? first : first * between(random, 1.25, 6);
    return resource(`resource_${index}`, used(load, (usable - idle) / full, idle, random), { usable });
  });
  const flat = (type: string, share: number) =>
    resource(
      type,
      load.map(({ ms }) => ({ ms, value: share * (1 + 0.02 * normal(random)) })),
    );
  return {
    load,
    resources: [...resources, flat('memory', 0.68), flat('disk', 0.4)],
    name: `resource_${bottleneck}`,
    requestsPerSecond: first,
  };
}

describe('the bottleneck', () => {
  const cases = Array.from({ length: CASES }, (_, index) => bottleneckCase(index + 1));
  const answers = cases.map(({ load, resources }) => bottleneckOf(load, resources));
  const rankedIn = (index: number): readonly Saturation[] => {
    const answer = answers[index];
    return answer === undefined || isTooLittle(answer) ? [] : answer.ranked;
  };

  test(`is named in 95 % of ${CASES} cases with a known one`, () => {
    const right = cases.filter(({ name }, index) => rankedIn(index)[0]?.resource.type === name);
    expect(right.length / CASES).toBeGreaterThanOrEqual(0.95);
  });

  test('is full at the load at which it was made to be, within 10 %', () => {
    const near = cases.filter(({ name, requestsPerSecond }, index) => {
      const found = rankedIn(index).find(({ resource: { type } }) => type === name);
      return Math.abs((found?.requestsPerSecond ?? 0) / requestsPerSecond - 1) <= 0.1;
    });
    expect(near.length / CASES).toBeGreaterThanOrEqual(0.95);
  });

  test('is never something that does not follow the load, however full it is', () => {
    const types = cases.flatMap((_, index) => rankedIn(index).map(({ resource: { type } }) => type));
    expect(types.filter((type) => type === 'memory' || type === 'disk')).toEqual([]);
  });

  test('follows the utilisation law: 4 ms of one core in 70 % of its time are 175 requests per second', () => {
    const load = dailyLoad(new Random(1), 3, 50);
    const cpu = resource(
      'cpu',
      load.map(({ ms, value }) => ({ ms, value: 0.004 * value })),
    );
    const { ranked } = known<Bottleneck>(bottleneckOf(load, [cpu]));
    expect(ranked[0].requestsPerSecond).toBeCloseTo(175, 6);
    expect(ranked[0]).toMatchObject({
      demand: expect.closeTo(0.004, 9),
      idle: expect.closeTo(0, 9),
      correlation: expect.closeTo(1, 9),
    });
  });

  test.each([
    ['too few hours', dailyLoad(new Random(1), 1, 50), '24 hours of load are known, 48 are needed'],
    [
      'the same load all day',
      dailyLoad(new Random(1), 3, 50).map(({ ms }, hour) => ({ ms, value: 50 + (hour % 2) })),
      'busy hours have 1.02 times the load of quiet ones, 1.5 are needed',
    ],
  ])('is not named with %s', (_, load, reason) => {
    const cpu = resource(
      'cpu',
      load.map(({ ms, value }) => ({ ms, value: value / 1_000 })),
    );
    expect(bottleneckOf(load, [cpu])).toEqual({ tooLittle: reason });
  });

  test('is not named when nothing follows the load', () => {
    const load = dailyLoad(new Random(1), 3, 50);
    const flat = resource(
      'memory',
      load.map(({ ms }) => ({ ms, value: 0.9 })),
    );
    expect(bottleneckOf(load, [flat])).toEqual({ tooLittle: 'no resource is used more when there is more load' });
  });
});

describe.each(['compound', 'linear'] as const)('%s growth', (kind) => {
  const cases = Array.from({ length: CASES / 2 }, (_, index) => growing(index + 1, kind));
  const projections = cases.map(({ use }) => known<Projection>(projectUse(use)));

  test('reaches the ceiling on the day of its parameters, within 10 % of the time from the first day on', () => {
    const near = cases.filter(({ reachedMs }, index) => {
      const expected = projections[index]?.reached?.expected.getTime() ?? 0;
      return Math.abs(expected - reachedMs) <= 0.1 * (reachedMs - START_MS);
    });
    expect(near.length / cases.length).toBeGreaterThanOrEqual(0.95);
  });

  test('is within its interval nearly always', () => {
    const within = cases.filter(({ reachedMs }, index) => {
      const { earliest, latest } = projections[index]?.reached ?? {};
      return (
        earliest !== undefined &&
        latest !== undefined &&
        earliest.getTime() <= reachedMs &&
        reachedMs <= latest.getTime()
      );
    });
    expect(within.length / cases.length).toBeGreaterThan(0.8);
  });
});

describe('a projection', () => {
  const flat = (days: number) =>
    resource(
      'service_cpu',
      Array.from({ length: 24 * days }, (_, hour) => ({
        ms: START_MS + hour * HOUR_MS,
        value: 0.3 + 0.02 * normal(new Random(hour + 1)),
      })),
    );

  test('names no day for what does not grow', () => {
    const projection = known<Projection>(projectUse(flat(90)));
    expect(projection.reached).toBeUndefined();
    expect(Math.abs(projection.perMonth)).toBeLessThan(0.02);
  });

  test('says so when there is too little data', () => {
    expect(projectUse(flat(27))).toEqual({ tooLittle: '27 whole days of service_cpu are known, 28 are needed' });
    const nights = flat(40);
    const half = { ...nights, points: nights.points.filter((_, hour) => hour % 2 === 0) };
    expect(projectUse(half)).toEqual({ tooLittle: '0 whole days of service_cpu are known, 28 are needed' });
  });

  test('names no day that is further away than anybody can see', () => {
    const slow = resource(
      'service_cpu',
      Array.from({ length: 24 * 40 }, (_, hour) => ({
        ms: START_MS + hour * HOUR_MS,
        value: 0.1 + 0.00001 * Math.floor(hour / 24),
      })),
    );
    expect(known<Projection>(projectUse(slow)).reached).toBeUndefined();
  });

  test('of 1 % a day is 34.8 % a month, and 0.1 is 0.7 after log(7) / log(1.01) days', () => {
    const exact = resource(
      'service_cpu',
      Array.from({ length: 24 * 60 }, (_, hour) => ({
        ms: START_MS + hour * HOUR_MS,
        value: 0.1 * 1.01 ** Math.floor(hour / 24),
      })),
    );
    const { growth, perMonth, reached } = known<Projection>(projectUse(exact));
    expect({ growth, perMonth }).toEqual({ growth: 'compound', perMonth: expect.closeTo(1.01 ** 30 - 1, 6) });
    const days = ((reached?.expected.getTime() ?? 0) - START_MS) / DAY_MS;
    expect(days).toBeCloseTo(Math.log(7) / Math.log(1.01), 0);
  });
});
