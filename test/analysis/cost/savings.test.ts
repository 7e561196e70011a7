import {
  type EstimateOptions,
  type Evidence,
  estimate,
  PRICE_BOOK,
  readUtilisation,
  type Saving,
  savingsOf,
  usageFrom,
} from '../../../analysis/cost';
import { FARGATE_SIZES } from '../../../analysis/cost/savings/fargate-sizes';
import { rightSizing } from '../../../analysis/cost/savings/right-sizing';
import { withoutContradictions } from '../../../analysis/cost/savings/savings';
import { Scene } from '../../../analysis/cost/savings/scene';
import { loadTemplate, writeTemplate } from '../template/write-template';
import { PLATFORM, TODAY } from './sample';

function savings(resources: object, usage: unknown = {}, evidence: Evidence = {}): readonly Saving[] {
  const options: EstimateOptions = { usage: usageFrom(usage, 'the test'), today: TODAY };
  return savingsOf(loadTemplate({ Resources: resources }), options, evidence);
}

function sceneOf(resources: object, usage: unknown): Scene {
  const assembly = loadTemplate({ Resources: resources });
  const options: EstimateOptions = { usage: usageFrom(usage, 'the test'), today: TODAY };
  return new Scene(assembly, estimate(assembly, options), estimate(assembly, { ...options, scale: 0 }), PRICE_BOOK);
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

test.each<[string, object, number, string | undefined, number | undefined]>([
  // A quarter of 1 vCPU at 70 % needs 0.36, so half a vCPU; the memory is not known and stays.
  [
    'CPU only',
    { cpuP95: 0.25 },
    2,
    'Tasks of 0.5 vCPU and 2 GB (1:4) instead of 1 vCPU and 2 GB (1:2)',
    2 * 730 * 0.5 * 0.03238,
  ],
  [
    'both',
    { cpuP95: 0.1, memoryMax: 0.3 },
    2,
    'Tasks of 0.25 vCPU and 1 GB (1:4) instead of 1 vCPU and 2 GB (1:2)',
    2 * 730 * (0.75 * 0.03238 + 0.00356),
  ],
  // Two of three always run at half the size; the third becomes two with half the CPU and all the memory each.
  [
    'tasks that come and go',
    { cpuP95: 0.25 },
    3,
    'Tasks of 0.5 vCPU and 2 GB (1:4) instead of 1 vCPU and 2 GB (1:2)',
    730 * (0.03238 - 2 * 0.00356),
  ],
  ['busy tasks', { cpuP95: 0.6, memoryMax: 0.3 }, 2, undefined, undefined],
  ['memory at the least for the CPU', { memoryMax: 0.1 }, 2, undefined, undefined],
])('right size from measured load: %s', (_, load, averageTasks, title, usd) => {
  const scene = sceneOf(PLATFORM, { resources: { Service: { averageTasks } } });
  const [found] = rightSizing(scene, { Service: { ...load, source: 'the test' } });
  expect(found?.title).toBe(title);
  expect(found?.usd.expected).toEqual(usd === undefined ? undefined : expect.closeTo(usd, 6));
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

test('only the sizes of the Fargate table are proposed', () => {
  // The table of the ECS guide has 3, 4, 7, 13, 23, 12 and 12 sizes for 0.25 to 16 vCPU.
  const counts = [256, 512, 1024, 2048, 4096, 8192, 16_384].map(
    (size) => FARGATE_SIZES.filter(({ cpu }) => cpu === size).length,
  );
  expect(counts).toEqual([3, 4, 7, 13, 23, 12, 12]);
  expect(FARGATE_SIZES).toContainEqual({ cpu: 4096, memoryMiB: 30_720 });
});

test('a right size and a plan for the same tasks are never recommended together', () => {
  const found = savings(
    PLATFORM,
    { resources: { Service: { averageTasks: 2 } } },
    { utilisation: { Service: { cpuP95: 0.1, memoryMax: 0.3, source: 'the test' } } },
  );
  expect(named(found, 'right-size')).toMatchObject({
    breakEven: "while 95 % of the time CPU stays below 18 % of today's size and memory below 40 %",
    risk: expect.stringContaining('the test'),
  });
  expect(named(found, 'compute-savings-plan')).toBeUndefined();
  expect(named(found, 'spot')).toBeUndefined();
});

test('with the same ratio, what comes and goes may still run on Spot', () => {
  const load = { cpuP95: 0.3, memoryMax: 0.3, source: 'the test' };
  const found = savings(PLATFORM, {}, { utilisation: { Service: load } });
  // Half of each for the two that always run; the other two of the four cost what they did, and 60 % less on Spot.
  const two = 2 * 730 * (0.03238 + 2 * 0.00356);
  expect(named(found, 'right-size')).toMatchObject({
    title: 'Tasks of 0.5 vCPU and 1 GB (1:2) instead of 1 vCPU and 2 GB (1:2)',
    usd: { expected: expect.closeTo(two / 2, 6) },
  });
  expect(named(found, 'spot')?.usd.expected).toBeCloseTo(two * 0.6, 6);
});

test('a file of loads is checked as a whole, and must be about services that exist', () => {
  const file = (content: string): string => writeTemplate(content, 'utilisation.yaml');
  expect(readUtilisation(file('Service: { cpuP95: 0.3, memoryMax: 0.5 }'))).toMatchObject({
    Service: { cpuP95: 0.3, memoryMax: 0.5 },
  });
  const wrong = file('A: { cpuP95: 30 }\nB: { cpu: 0.3 }\nC: {}');
  expect(() => readUtilisation(wrong)).toThrow('`A.cpuP95` must be a share between 0 and 1, got 30');
  expect(() => readUtilisation(wrong)).toThrow('`B.cpu` is not known: use cpuP95, memoryMax');
  expect(() => readUtilisation(wrong)).toThrow('`C` must have `cpuP95` or `memoryMax`');
  expect(() => readUtilisation('/nowhere.yaml')).toThrow('utilisation file /nowhere.yaml does not exist');
  expect(() => readUtilisation(file('- 1'))).toThrow('must be a map from services to `cpuP95` and `memoryMax`');
  expect(() => readUtilisation(file('a: [1'))).toThrow('is neither YAML nor JSON');
  expect(() => savings(PLATFORM, {}, { utilisation: { Nothing: { cpuP95: 0.1, source: 'the test' } } })).toThrow(
    'utilisation of Nothing: there is no such AWS::ECS::Service, use Web/Service',
  );
});
