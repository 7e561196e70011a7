import path from 'node:path';
import { connectCache } from '../../../runtime/cache';
import type { DataTier } from '../../local';
import { type EdgeServer, startEdgeServer } from '../../local/edge-server';
import { type LocalFunction, startFunction } from '../../local/lambda-runtime';
import { type LambdaServer, startLambdaServer } from '../../local/lambda-server';
import { eventually } from '../../runtime/support/eventually';
import { environmentOf, startServiceData } from '../../service/rig/local-service';

jest.setTimeout(180_000);

const FUNCTION = 'headroom-test-edge-warmer';
const ADDRESSES = { 'us-east-1': '127.0.0.1', 'us-west-2': '127.0.0.2', 'eu-west-1': '127.0.0.3' } as const;
const ELSEWHERE = ['us-west-2', 'eu-west-1'] as const;
type Region = keyof typeof ADDRESSES;

let tier: DataTier;
let edges: Record<Region, EdgeServer>;
let elsewhere: Record<string, LocalFunction>;
let lambda: LambdaServer;
let warmer: LocalFunction;

/** Where a function runs: its resolver knows the edge near it. */
const placed = (region: Region) => ({
  AWS_REGION: region,
  NODE_OPTIONS: `--require ${path.resolve('test/local/resolve-to.cjs')}`,
  RESOLVE_TO: ADDRESSES[region],
});

/** The warmer of the primary region, seven requests in a run. */
const startWarmer = (monthlyRequests: number): LocalFunction =>
  startFunction('cache-warmer', {
    environment: {
      ...environmentOf(tier),
      ...placed('us-east-1'),
      DATABASE_USER: 'app_rw',
      METRICS_NAMESPACE: 'Headroom/Test',
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
      WARM_EDGE_ORIGIN: `http://cdn.test:${edges['us-east-1'].port}`,
      WARM_EDGE_REGIONS: ELSEWHERE.join(),
      WARM_EDGE_FUNCTION: FUNCTION,
      WARM_EDGE_MAX_REQUESTS: '7',
      WARM_EDGE_MONTHLY_REQUESTS: String(monthlyRequests),
    },
    memory: 512,
    timeout: 60_000,
  });

beforeAll(async () => {
  tier = await startServiceData({ replicas: 1, items: 50, events: 20 });
  const home = await startEdgeServer(ADDRESSES['us-east-1']);
  const west = await startEdgeServer(ADDRESSES['us-west-2'], home.port);
  const europe = await startEdgeServer(ADDRESSES['eu-west-1'], home.port);
  edges = { 'us-east-1': home, 'us-west-2': west, 'eu-west-1': europe };
  elsewhere = Object.fromEntries(
    ELSEWHERE.map((region) => [
      `${region}:${FUNCTION}`,
      startFunction('edge-warmer', { environment: placed(region), timeout: 240_000 }),
    ]),
  );
  lambda = await startLambdaServer(elsewhere);
  warmer = startWarmer(1_000);
});

afterAll(async () => {
  await Promise.all([warmer, ...Object.values(elsewhere ?? {})].map((fn) => fn?.stop()));
  await lambda?.stop();
  await Promise.all(Object.values(edges ?? {}).map((edge) => edge.stop()));
  await tier?.stop();
});

/** Runs the warmer; the metrics that it has written by region, such as `us-west-2 miss` to 2. */
async function warm(by = warmer): Promise<Record<string, number>> {
  const before = by.log.length;
  await by.call({ warm: 'all' });
  const lines = by.log.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
  return Object.fromEntries(
    lines.flatMap(({ _aws, region, result = 'failures', ...metrics }) => {
      if (_aws === undefined || region === undefined) return [];
      const value = metrics['cache_warming_edge_requests_total'] ?? metrics['cache_warming_region_failures_total'];
      return [[`${String(region)} ${String(result)}`, Number(value)] as const];
    }),
  );
}

/** Requests that have reached an edge, and those that the month was charged. */
async function requests(): Promise<{ readonly made: number; readonly spent: number }> {
  const [row] = await tier.primary.query('SELECT coalesce(sum(requests), 0)::int AS spent FROM cdn_warm_requests');
  return { made: Object.values(edges).reduce((sum, { asked }) => sum + asked.length, 0), spent: row?.['spent'] };
}

async function flushCache(): Promise<void> {
  const connection = await connectCache({ url: tier.cache.url, replyTimeoutMs: 10_000 });
  await connection.client().flushAll();
  await connection.close();
}

test('each region leaves answers at its own edge, within one budget for all', async () => {
  expect(await warm()).toEqual({ 'us-east-1 miss': 3, 'us-west-2 miss': 2, 'eu-west-1 miss': 2 });
  const { asked } = edges['us-east-1'];
  // What is declared comes first, and the catalogue is the first of it (service/src/warming/warm-classes.ts).
  expect(asked[0]).toBe('/api/items');
  expect(edges['us-west-2'].asked).toEqual(asked.slice(0, 2));
  expect(edges['eu-west-1'].asked).toEqual(asked.slice(0, 2));
  expect(await requests()).toEqual({ made: 7, spent: 7 });
});

test('after a flush the warmer has everything to do again, and knows what it has spent', async () => {
  await flushCache();
  expect(await warm()).toEqual({ 'us-east-1 hit': 3, 'us-west-2 hit': 2, 'eu-west-1 hit': 2 });
  expect(await requests()).toEqual({ made: 14, spent: 14 });
});

test('a region that does not report has spent its share, and the others go on', async () => {
  const before = await requests();
  lambda.fail({ status: 500, code: 'ServiceException' });
  const counted = await warm();
  expect(counted).toMatchObject({ 'us-east-1 hit': 3 });
  // Which of the two calls comes first is chance.
  expect(
    Object.entries(counted)
      .map(([name, count]) => `${name.split(' ')[1]} ${count}`)
      .sort(),
  ).toEqual(['failures 1', 'hit 2', 'hit 3', 'unknown 2']);
  expect(warmer.log.filter((line) => line.includes('the CDN was not warmed from a region'))).toHaveLength(1);
  expect(await requests()).toEqual({ made: before.made + 5, spent: before.spent + 7 });
});

test('what is left of the month is shared too, and then nobody asks', async () => {
  const before = await requests();
  const thrifty = startWarmer(before.spent + 3);
  try {
    expect(await warm(thrifty)).toEqual({ 'us-east-1 hit': 1, 'us-west-2 hit': 1, 'eu-west-1 hit': 1 });
    const calls = lambda.calls.length;
    expect(await warm(thrifty)).toEqual({});
    expect(lambda.calls).toHaveLength(calls);
    expect(await requests()).toEqual({ made: before.made + 3, spent: before.spent + 3 });
  } finally {
    await thrifty.stop();
  }
});

test('a function that dies while it asks has spent its share', async () => {
  const before = await requests();
  const west = edges['us-west-2'];
  const asked = west.asked.length;
  west.fallSilent();
  const counting = warm();
  await eventually(() => west.asked.length === asked + 2);
  await elsewhere[`us-west-2:${FUNCTION}`]?.stop();
  expect(await counting).toEqual({
    'us-east-1 hit': 3,
    'us-west-2 unknown': 2,
    'us-west-2 failures': 1,
    'eu-west-1 hit': 2,
  });
  expect(await requests()).toEqual({ made: before.made + 7, spent: before.spent + 7 });
});
