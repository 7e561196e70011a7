import { readWarmRequest } from '../../../lambda/cache-warmer/warm-request';
import { readWarmingSettings } from '../../../lambda/cache-warmer/warming-options';
import { cachePolicies } from '../../../service/src/cache-policies';
import { warmClasses } from '../../../service/src/warming/warm-classes';

test.each([
  [
    { warm: 'all', reason: 'schedule' },
    { reason: 'schedule', keys: 'all' },
  ],
  [{ warm: 'all' }, { reason: 'manual', keys: 'all' }],
  [{ warm: 'trending' }, { reason: 'trending', keys: 'trending' }],
  [{ warm: ['item-5'] }, { reason: 'invalidation', keys: { tags: ['item-5'] } }],
  [{ 'detail-type': 'ECS Deployment State Change' }, { reason: 'deployment', keys: 'all' }],
  [{ 'detail-type': 'RDS DB Cluster Event' }, { reason: 'failover', keys: 'all' }],
])('%j is a request', (event, request) => {
  expect(readWarmRequest(event)).toEqual(request);
});

test.each([
  [undefined, 'none'],
  [{ warm: 'some' }, '"some"'],
  [{ warm: [5] }, '[5]'],
  [null, 'none'],
])('%j is none', (event, got) => {
  expect(() => readWarmRequest(event)).toThrow(`\`warm\` must be 'all', 'trending' or a list of tags, got ${got}`);
});

const classes = Object.keys(warmClasses);

test('what is warmed every five minutes lives longer than that', () => {
  const { options, otherRegions } = readWarmingSettings({}, cachePolicies, classes);
  expect(otherRegions).toEqual([]);
  expect(options).toMatchObject({ everyMs: { all: 300_000, trending: 60_000 }, edge: 'none' });
});

test('fails when a class expires before the next run', () => {
  const read = () => readWarmingSettings({ WARM_EVERY_SECONDS: '540' }, cachePolicies, classes);
  expect(read).toThrow("shorter than the TTL of 'page' less its jitter (540 s), got 540; warm more often");
  expect(read).toThrow("TTL of 'search'");
});

test('edges are warmed where a name is given under which viewers come in', () => {
  const { options, otherRegions } = readWarmingSettings(
    { WARM_EDGE_ORIGIN: 'https://a', WARM_EDGE_REGIONS: 'us-west-2,eu-west-1', WARM_EDGE_FUNCTION: 'f' },
    cachePolicies,
    classes,
  );
  expect(options.edge).toEqual({ maxRequests: 200, monthlyRequests: 1_000_000 });
  expect(otherRegions).toEqual(['us-west-2', 'eu-west-1']);
});

test.each([
  [{ WARM_EDGE_ORIGIN: 'https://a' }, "got 'https://a' and ''"],
  [{ WARM_EDGE_FUNCTION: 'f' }, "got '' and 'f'"],
])('fails when regions are to ask and %j is all that is known', (environment, got) => {
  const read = () => readWarmingSettings({ WARM_EDGE_REGIONS: 'us-west-2', ...environment }, cachePolicies, classes);
  expect(read).toThrow(`WARM_EDGE_REGIONS needs WARM_EDGE_ORIGIN and WARM_EDGE_FUNCTION, ${got}`);
});
