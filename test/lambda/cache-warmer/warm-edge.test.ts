import fc from 'fast-check';
import { type EdgeRegion, NotAskedError, type WarmEdgeOptions, warmEdge } from '../../../lambda/cache-warmer/warm-edge';

const paths = Array.from({ length: 10 }, (_, index) => `/api/items/${index}`);
const options = { maxRequests: 100, monthlyRequests: 1_000, deadline: Number.POSITIVE_INFINITY };

/** How a region takes its share: how many of the paths it asks for, and what it says then. */
interface Conduct {
  readonly asks?: number;
  readonly fails?: 'unknown' | 'not asked';
}

/** Regions that remember what they have asked for, and the month that pays for it. */
class Edges {
  public readonly asked: Record<string, readonly string[]> = {};
  public requests = 0;

  public constructor(public spent = 0) {}

  public warm(conducts: Readonly<Record<string, Conduct>>, budget: Partial<WarmEdgeOptions> = {}, wanted = paths) {
    const regions = Object.entries(conducts).map(([name, conduct]) => this.region(name, conduct));
    const spend = async (requests: number): Promise<number> => {
      this.spent += requests;
      return this.spent;
    };
    return warmEdge(wanted, { regions, spend }, { ...options, ...budget });
  }

  private region(name: string, { asks = Number.POSITIVE_INFINITY, fails }: Conduct): EdgeRegion {
    return {
      name,
      ask: async (share) => {
        if (fails === 'not asked') throw new NotAskedError('refused');
        const asked = share.slice(0, asks);
        this.asked[name] = asked;
        this.requests += asked.length;
        if (fails === 'unknown') throw new Error('no answer');
        return { requests: asked.length, hits: 0, failed: 0, gigabyteSeconds: 1 };
      },
    };
  }
}

test('every region asks for every path, when the budget is large enough', async () => {
  const edges = new Edges();
  const report = await edges.warm({ home: {}, west: {} });
  expect(edges.asked).toEqual({ home: paths, west: paths });
  expect(report).toEqual({
    requests: 20,
    left: 0,
    regions: {
      home: { requests: 10, hits: 0, failed: 0, unknown: 0, gigabyteSeconds: 1 },
      west: { requests: 10, hits: 0, failed: 0, unknown: 0, gigabyteSeconds: 1 },
    },
  });
});

test('regions share a budget that is too small, and each begins with what is wanted most', async () => {
  const edges = new Edges();
  const report = await edges.warm({ home: {}, west: {}, europe: {} }, { maxRequests: 7 });
  expect(edges.asked).toEqual({ home: paths.slice(0, 3), west: paths.slice(0, 2), europe: paths.slice(0, 2) });
  expect(report).toMatchObject({ requests: 7, left: 23 });
  expect(edges.spent).toBe(7);
});

test.each([
  ['the run', { maxRequests: 4 }, 0, 4],
  ['the month', { monthlyRequests: 1_000 }, 997, 3],
  ['a month that is spent', { monthlyRequests: 1_000 }, 1_000, 0],
  ['a month that is overspent', { monthlyRequests: 1_000 }, 5_000, 0],
])(
  'keeps to the budget of %s over all regions, and gives back what it did not use',
  async (_, budget, before, requests) => {
    const edges = new Edges(before);
    const report = await edges.warm({ home: {}, west: {} }, budget);
    expect(report).toMatchObject({ requests, left: 20 - requests });
    expect([edges.requests, edges.spent]).toEqual([requests, before + requests]);
  },
);

test('what a region has not asked for in time is given back', async () => {
  const edges = new Edges();
  const report = await edges.warm({ home: {}, west: { asks: 4 } });
  expect(report).toMatchObject({ requests: 14, left: 6 });
  expect(edges.spent).toBe(14);
});

test('a region that fails half-way has spent its share, and the others go on', async () => {
  const edges = new Edges();
  const report = await edges.warm({ home: {}, west: { asks: 3, fails: 'unknown' }, europe: {} });
  expect(report).toMatchObject({ requests: 30, left: 0 });
  expect(report.regions['west']).toEqual({
    requests: 10,
    hits: 0,
    failed: 0,
    unknown: 10,
    gigabyteSeconds: 0,
    failure: 'Error: no answer',
  });
  expect([edges.requests, edges.spent]).toEqual([23, 30]);
});

test('a region that was not reached has spent nothing', async () => {
  const edges = new Edges();
  const report = await edges.warm({ home: {}, west: { fails: 'not asked' } });
  expect(report.regions['west']).toMatchObject({ requests: 0, unknown: 0, failure: 'NotAskedError: refused' });
  expect([edges.requests, edges.spent]).toEqual([10, 10]);
});

test('nothing is charged when nothing is wanted', async () => {
  const edges = new Edges(990);
  expect(await edges.warm({ home: {}, west: {} }, {}, [])).toMatchObject({ requests: 0, left: 0 });
  expect(edges.spent).toBe(990);
});

test('no run and no month asks for more than its budget, whatever the regions do', async () => {
  const conduct = fc.record(
    { asks: fc.nat(40), fails: fc.constantFrom<'unknown' | 'not asked'>('unknown', 'not asked') },
    { requiredKeys: [] },
  );
  const run = fc.record({
    conducts: fc.dictionary(fc.constantFrom('home', 'west', 'europe', 'asia'), conduct, { minKeys: 1 }),
    wanted: fc.nat(40),
    maxRequests: fc.integer({ min: 1, max: 60 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(run, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 200 }),
      async (runs, monthlyRequests) => {
        const edges = new Edges();
        for (const { conducts, wanted, maxRequests } of runs) {
          const before = edges.requests;
          const most = Array.from({ length: wanted }, (_, index) => `/${index}`);
          await edges.warm(conducts, { maxRequests, monthlyRequests }, most);
          expect(edges.requests - before).toBeLessThanOrEqual(maxRequests);
          // Never less is known to be spent than was asked for.
          expect(edges.spent).toBeGreaterThanOrEqual(edges.requests);
        }
        expect(edges.requests).toBeLessThanOrEqual(monthlyRequests);
        expect(edges.spent).toBeLessThanOrEqual(monthlyRequests);
      },
    ),
  );
});
