import fc from 'fast-check';
import { COMPONENTS, diffEstimates, type Estimate, estimate, PRICE_BOOK, savingsOf } from '../../../analysis/cost';
import { costOf } from '../../../analysis/cost/prices/tiers';
import { inputsOf } from '../../../analysis/cost/rules/rules';
import { loadTemplate } from '../template/write-template';
import { PLATFORM, priced, TODAY } from './sample';

const BOUNDS = ['low', 'expected', 'high'] as const;
const assembly = loadTemplate({ Resources: PLATFORM });

function cost(usage: Readonly<Record<string, Readonly<Record<string, number>>>>, requests = 1e6): Estimate {
  return priced(PLATFORM, { traffic: { requests }, resources: usage });
}

/** Any usage: a resource, one of its inputs and two figures in ascending order. */
const anyUsage = fc
  .constantFrom(
    ...Object.entries(PLATFORM).flatMap(([id, { Type }]) =>
      Object.keys(inputsOf(Type)).map((input) => [id, input] as const),
    ),
  )
  .chain(([id, input]) =>
    fc
      .tuple(fc.double({ min: 0, max: 1e8, noNaN: true }), fc.double({ min: 0, max: 1e8, noNaN: true }))
      .map(([a, b]) => ({
        id,
        input,
        less: Math.min(a, b),
        more: Math.max(a, b),
      })),
  );

test('the total is the sum of the lines and of the components, whatever the usage', () => {
  fc.assert(
    fc.property(anyUsage, ({ id, input, more }) => {
      const result = cost({ [id]: { [input]: more } });
      for (const bound of BOUNDS) {
        const lines = result.lines.reduce((sum, { usd }) => sum + (usd?.[bound] ?? Number.NaN), 0);
        const components = COMPONENTS.reduce((sum, name) => sum + result.components[name][bound], 0);
        const resources = result.resources.reduce((sum, { usd }) => sum + usd[bound], 0);
        for (const sum of [lines, components, resources]) expect(sum / result.total[bound]).toBeCloseTo(1, 9);
      }
    }),
    { numRuns: 60 },
  );
});

test('no usage makes the bill smaller by growing', () => {
  fc.assert(
    fc.property(anyUsage, ({ id, input, less, more }) => {
      const [small, large] = [less, more].map((figure) => cost({ [id]: { [input]: figure } }).total);
      for (const bound of BOUNDS)
        expect(large?.[bound]).toBeGreaterThanOrEqual((small?.[bound] ?? Number.NaN) * (1 - 1e-12));
    }),
    { numRuns: 120 },
  );
});

test('more traffic never costs less', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e10, noNaN: true }),
      fc.double({ min: 0, max: 1e10, noNaN: true }),
      (a, b) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)].map((requests) => cost({}, requests).total.expected);
        expect(large).toBeGreaterThanOrEqual((small ?? Number.NaN) * (1 - 1e-12));
      },
    ),
    { numRuns: 60 },
  );
});

test('low is never above expected, nor expected above high', () => {
  for (const { usd } of cost({}).lines) {
    expect(usd?.low).toBeLessThanOrEqual(usd?.expected ?? Number.NaN);
    expect(usd?.expected).toBeLessThanOrEqual(usd?.high ?? Number.NaN);
  }
});

test('every graduated price is continuous at its bounds and never falls', () => {
  for (const region of PRICE_BOOK.regions) {
    for (const meter of Object.keys(PRICE_BOOK.meters)) {
      const tiers = PRICE_BOOK.tiers(meter, region) ?? [];
      for (const { upTo } of tiers) {
        if (upTo === undefined) continue;
        const [before, at, after] = [upTo * (1 - 1e-9), upTo, upTo * (1 + 1e-9)].map((quantity) =>
          costOf(quantity, tiers),
        );
        expect(before).toBeLessThanOrEqual(at ?? Number.NaN);
        expect(after).toBeGreaterThanOrEqual(at ?? Number.NaN);
        expect((after ?? Number.NaN) - (before ?? Number.NaN)).toBeLessThan(upTo * 1e-8);
      }
    }
  }
});

test('a change from something to itself costs nothing, and backwards it costs the opposite', () => {
  const [a, b] = [cost({}), cost({ Service: { averageTasks: 7 }, Nat: { processedGb: 900 } })];
  expect(diffEstimates(a, a)).toMatchObject({ changes: [], total: { low: 0, expected: 0, high: 0 } });
  const [there, back] = [diffEstimates(a, b), diffEstimates(b, a)];
  expect(there.total.expected).toBeCloseTo(-back.total.expected, 9);
  expect(there.total.expected).toBeGreaterThan(0);
  expect(there.changes.reduce((sum, { usd }) => sum + (usd?.expected ?? 0), 0)).toBeCloseTo(there.total.expected, 9);
});

test('renaming every logical id changes nothing', () => {
  const renamed = JSON.parse(
    Object.keys(PLATFORM).reduce(
      (text, id) => text.replaceAll(`"${id}"`, `"Renamed${id}X"`),
      JSON.stringify({ Resources: PLATFORM }),
    ),
  ) as unknown;
  const before = estimate(assembly, { today: TODAY });
  const after = estimate(loadTemplate(renamed), { today: TODAY });
  expect(after.counts).toEqual(before.counts);
  for (const bound of BOUNDS) expect(after.total[bound]).toBeCloseTo(before.total[bound], 9);
});

test('tasks cost k times as much when there are k times as many', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), (count) => {
      const of = (tasks: number): number => {
        const { ServiceTarget: _fixed, ...resources } = PLATFORM;
        const service = {
          Type: 'AWS::ECS::Service',
          Properties: { TaskDefinition: { Ref: 'Task' }, LaunchType: 'FARGATE', DesiredCount: tasks },
        };
        return (
          priced({ ...resources, Service: service }).resources.find(({ address }) => address.endsWith('/Service'))?.usd
            .expected ?? 0
        );
      };
      expect(of(count)).toBeCloseTo(count * of(1), 6);
    }),
    { numRuns: 20 },
  );
});

test('without its price a line is unpriced, and everything else costs what it did', () => {
  const before = cost({});
  for (const meter of new Set(before.lines.map((line) => line.meter))) {
    const after = priced(PLATFORM, { traffic: { requests: 1e6 } }, { prices: PRICE_BOOK.without(meter, 'us-east-1') });
    const missing = after.lines.filter(({ usd }) => usd === null);
    expect(missing.map((line) => line.meter)).toEqual(
      before.lines.filter((line) => line.meter === meter).map((line) => line.meter),
    );
    expect(after.counts.unpriced).toBeGreaterThan(0);
    const others = before.lines
      .filter((line) => line.meter !== meter)
      .reduce((sum, { usd }) => sum + (usd?.expected ?? 0), 0);
    expect(after.total.expected).toBeCloseTo(others, 6);
  }
});

test('every resource has exactly one status', () => {
  const { resources, counts } = cost({});
  expect(new Set(resources.map(({ address }) => address)).size).toBe(Object.keys(PLATFORM).length);
  expect(counts.priced + counts.free + counts.unpriced).toBe(resources.length);
});

test('savings never claim the same thing twice, and never more than the bill', () => {
  const savings = savingsOf(assembly, { today: TODAY }, { readerUtilisation: 0.1, cacheHitRatio: 0.9 });
  const claims = savings.flatMap((saving) => saving.claims);
  expect(new Set(claims).size).toBe(claims.length);
  const sum = savings.reduce((total, { usd }) => total + usd.expected, 0);
  expect(sum).toBeLessThan(estimate(assembly, { today: TODAY }).total.expected);
});
