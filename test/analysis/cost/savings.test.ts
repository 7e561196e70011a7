import { type EstimateOptions, type Evidence, type Saving, savingsOf, usageFrom } from '../../../analysis/cost';
import { withoutContradictions } from '../../../analysis/cost/savings/savings';
import { loadTemplate } from '../template/write-template';
import { PLATFORM, TODAY } from './sample';

function savings(resources: object, usage: unknown = {}, evidence: Evidence = {}): readonly Saving[] {
  const options: EstimateOptions = { usage: usageFrom(usage, 'the test'), today: TODAY };
  return savingsOf(loadTemplate({ Resources: resources }), options, evidence);
}

const named = (found: readonly Saving[], id: string): Saving | undefined =>
  found.find((saving) => saving.id.startsWith(id));

const cluster = (size: string, count = 3, properties = {}): Record<string, object> => ({
  Database: { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql', ...properties } },
  ...Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `Instance${index}`,
      { Type: 'AWS::RDS::DBInstance', Properties: { DBClusterIdentifier: { Ref: 'Database' }, DBInstanceClass: size } },
    ]),
  ),
});

test('I/O-Optimized pays above the I/O that costs more than its dearer instances and storage', () => {
  const with_ = (ioMillions: number): Saving | undefined =>
    named(
      savings(cluster('db.r6g.large'), { resources: { Database: { ioMillions, storageGb: 100 } } }),
      'io-optimized',
    );
  // Three instances: 3 × 730 × (0.338 - 0.26) = 170.82; 100 GB × 0.125 = 12.50; at 0.20 per million that is 916.6 million.
  expect(with_(1000)).toMatchObject({
    breakEven: 'above 917 million I/O per month',
    usd: { expected: expect.closeTo(200 - 183.32, 6) },
  });
  expect(with_(900)).toBeUndefined();
});

test('an interface endpoint pays above 209 GB per month and zone', () => {
  const resources = {
    Nat: { Type: 'AWS::EC2::NatGateway' },
    Endpoint: { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Interface', SubnetIds: ['a'] } },
  };
  const with_ = (processedGb: number): Saving | undefined =>
    named(savings(resources, { resources: { Endpoint: { processedGb } } }), 'endpoint');
  // 7.30 / (0.045 - 0.01).
  expect(with_(208)).toMatchObject({ breakEven: 'below 209 GB per month through it' });
  expect(with_(209)).toBeUndefined();
});

test('a NAT gateway less saves its hours and its address', () => {
  const nat = { Type: 'AWS::EC2::NatGateway' };
  expect(named(savings({ A: nat, B: nat }), 'fewer-nat')?.usd.expected).toBeCloseTo(36.5, 6);
  expect(named(savings({ A: nat }), 'fewer-nat')).toBeUndefined();
});

test('a commitment covers what runs without any traffic, and nothing of Spot', () => {
  const found = savings(PLATFORM);
  // Two of two to ten tasks: 2 × 730 × (0.03238 + 2 × 0.00356) × 22 %.
  expect(named(found, 'compute-savings-plan')?.usd.expected).toBeCloseTo(2 * 730 * (0.03238 + 2 * 0.00356) * 0.22, 6);
  // The other two of the four expected ones may go to Spot at 60 % off.
  expect(named(found, 'spot')?.usd.expected).toBeCloseTo(2 * 730 * (0.03238 + 2 * 0.00356) * 0.6, 6);
});

test('workers go to Spot as a whole, and then no plan is recommended for them', () => {
  const { ServiceTarget: _scaling, ...others } = PLATFORM;
  const found = savings({
    ...others,
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: { TaskDefinition: { Ref: 'Task' }, LaunchType: 'FARGATE', DesiredCount: 2 },
    },
  });
  expect(named(found, 'spot')?.title).toBe('Spot for the workers');
  expect(named(found, 'compute-savings-plan')).toBeUndefined();
});

test('idle readers are named only with evidence, and are then not reserved as well', () => {
  const resources = cluster('db.r6g.large', 4);
  expect(named(savings(resources), 'idle-readers')).toBeUndefined();
  const found = savings(resources, {}, { readerUtilisation: 0.2 });
  // Three readers at 20 %: one carries it below 70 %; two can go.
  expect(named(found, 'idle-readers')).toMatchObject({
    title: '1 instead of 3 readers',
    usd: { expected: expect.closeTo(2 * 189.8, 6) },
  });
  expect(named(found, 'aurora-reserved')?.resources).toHaveLength(2);
  expect(named(savings(resources, {}, { readerUtilisation: 0.65 }), 'idle-readers')).toBeUndefined();
});

test('a serverless floor above the smallest is paid while nothing happens', () => {
  const scaling = { ServerlessV2ScalingConfiguration: { MinCapacity: 2, MaxCapacity: 8 } };
  const found = named(savings(cluster('db.serverless', 1, scaling)), 'serverless-floor');
  // 1.5 of 2 ACU, 730 h, 0.12; half of the time is expected.
  expect(found?.usd).toMatchObject({
    expected: expect.closeTo((1.5 * 730 * 0.12) / 2, 6),
    high: expect.closeTo(1.5 * 730 * 0.12, 6),
  });
});

test('a point of hit ratio is worth the database work that it takes away', () => {
  const found = savings(
    cluster('db.r6g.large', 1),
    { resources: { Database: { ioMillions: 100, storageGb: 0 } } },
    { cacheHitRatio: 0.9 },
  );
  // The tenth that misses costs 20 USD, so the nine tenths that hit would cost 180.
  expect(named(found, 'cache-hit-ratio')?.title).toContain('which avoids 180.00 USD of I/O already');
  // One point of the ten that miss: a tenth of 100 million I/O at 0.20.
  expect(named(found, 'cache-hit-ratio')?.usd.expected).toBeCloseTo(2, 6);
});

test('Graviton and long retention', () => {
  const fn = { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 1024 } };
  const usage = { resources: { Function: { invocations: 1e6, durationMs: 1000 }, Logs: { ingestedGb: 100 } } };
  const found = savings(
    { Function: fn, Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 365 } } },
    usage,
  );
  expect(named(found, 'graviton')?.usd.expected).toBeCloseTo(1e6 * (1.66667e-5 - 1.33334e-5), 6);
  // 100 GB for twelve months at 15 %, 0.03, of which 275 of 365 days go.
  expect(named(found, 'log-retention')?.usd.expected).toBeCloseTo(100 * 12 * 0.15 * 0.03 * (275 / 365), 6);
});

test('of two savings on the same thing the larger one stands', () => {
  const saving = (id: string, expected: number, ...claims: readonly string[]): Saving => ({
    id,
    title: id,
    usd: { low: 0, expected, high: expected },
    breakEven: '',
    risk: '',
    resources: [],
    change: '',
    claims,
  });
  const found = withoutContradictions([
    saving('a', 1, 'x'),
    saving('b', 5, 'x', 'y'),
    saving('c', 2, 'y'),
    saving('d', 1, 'z'),
  ]);
  expect(found.map(({ id }) => id)).toEqual(['b', 'd']);
});
