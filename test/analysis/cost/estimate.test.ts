import { CostInputError, diffEstimates, estimate, perRequest, readUsage, usageFrom } from '../../../analysis/cost';
import { loadTemplate, writeTemplate } from '../template/write-template';
import { byMeter, PLATFORM, priced, TODAY } from './sample';

const task = (cpu = '1024', memory = '2048', more = {}): object => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: { Cpu: cpu, Memory: memory, ...more },
});
const service = (properties: object): Parameters<typeof priced>[0] => ({
  Task: task() as { Type: string },
  Cluster: { Type: 'AWS::ECS::Cluster' },
  Service: {
    Type: 'AWS::ECS::Service',
    Properties: { TaskDefinition: { Ref: 'Task' }, Cluster: { Ref: 'Cluster' }, ...properties },
  },
});

// 1 vCPU and 2 GB for 730 h on x86: 730 × 0.04048 and 1460 × 0.004445.
const TASK = { vcpu: 29.5504, gb: 6.4897 };

describe('joins', () => {
  test('a service without a launch type takes the default strategy of its cluster', () => {
    const resources = {
      ...service({ DesiredCount: 2 }),
      Association: {
        Type: 'AWS::ECS::ClusterCapacityProviderAssociations',
        Properties: {
          Cluster: { Ref: 'Cluster' },
          CapacityProviders: [],
          DefaultCapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
        },
      },
    };
    const spot = byMeter(priced(resources));
    // AWS states up to 70 % off; 60 % is expected.
    expect(spot['fargate.vcpu.x86 (Spot)']).toBeCloseTo(2 * TASK.vcpu * 0.4, 6);
    expect(spot['fargate.vcpu.x86']).toBeUndefined();
  });

  test('the base of a strategy is filled before the weights are applied', () => {
    const strategy = [
      { CapacityProvider: 'FARGATE', Base: 2, Weight: 1 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 3 },
    ];
    const costs = byMeter(priced(service({ DesiredCount: 10, CapacityProviderStrategy: strategy })));
    // 2 + 8/4 on demand, 6 on Spot.
    expect(costs['fargate.vcpu.x86']).toBeCloseTo(4 * TASK.vcpu, 6);
    expect(costs['fargate.vcpu.x86 (Spot)']).toBeCloseTo(6 * TASK.vcpu * 0.4, 6);
  });

  test('a service on instances is free, one that says nothing is unpriced', () => {
    expect(priced(service({ LaunchType: 'EC2' })).counts).toMatchObject({ unpriced: 0 });
    const unknown = priced(service({})).resources.find(({ type }) => type === 'AWS::ECS::Service');
    expect(unknown).toMatchObject({
      status: 'unpriced',
      reason: 'neither `LaunchType` nor a capacity provider is set',
    });
  });

  test('a larger task costs more: its definition is read', () => {
    const large = {
      ...service({ LaunchType: 'FARGATE' }),
      Task: task('4 vCPU', '8 GB', { EphemeralStorage: { SizeInGiB: 100 } }) as { Type: string },
    };
    const costs = byMeter(priced(large));
    expect(costs['fargate.vcpu.x86']).toBeCloseTo(4 * TASK.vcpu, 6);
    expect(costs['fargate.gb.x86']).toBeCloseTo(4 * TASK.gb, 6);
    // 80 GB above the free 20, 730 h, 0.000111.
    expect(costs['fargate.ephemeral']).toBeCloseTo(80 * 730 * 0.000111, 6);
  });

  test('a proxy is billed by the vCPUs of its targets', () => {
    const { Database, Writer, Reader } = PLATFORM;
    const costs = byMeter(
      priced({
        ...(Database && Writer && Reader ? { Database, Writer, Reader } : {}),
        Proxy: { Type: 'AWS::RDS::DBProxy' },
        Targets: {
          Type: 'AWS::RDS::DBProxyTargetGroup',
          Properties: { DBProxyName: { Ref: 'Proxy' }, DBClusterIdentifiers: [{ Ref: 'Database' }] },
        },
      }),
    );
    // Two instances of 2 vCPU, 730 h, 0.015.
    expect(costs['rdsproxy.vcpu']).toBeCloseTo(43.8, 6);
  });

  test('an I/O-Optimized cluster pays for dearer instances and storage, and for no I/O', () => {
    const resources = {
      Database: {
        Type: 'AWS::RDS::DBCluster',
        Properties: { Engine: 'aurora-postgresql', StorageType: 'aurora-iopt1' },
      },
      Writer: {
        Type: 'AWS::RDS::DBInstance',
        Properties: { DBClusterIdentifier: { Ref: 'Database' }, DBInstanceClass: 'db.r6g.large' },
      },
    };
    const costs = byMeter(priced(resources, { resources: { Database: { storageGb: 100, backupGb: 0 } } }));
    expect(costs['aurora.instance.ioopt.db.r6g.large']).toBeCloseTo(246.74, 2);
    expect(costs['aurora.storage.ioopt']).toBeCloseTo(22.5, 6);
    expect(costs).not.toHaveProperty('aurora.io');
  });

  test('an engine version out of standard support costs extended support', () => {
    const cluster = (version: string): Parameters<typeof priced>[0] => ({
      Database: { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql', EngineVersion: version } },
      Writer: {
        Type: 'AWS::RDS::DBInstance',
        Properties: { DBClusterIdentifier: { Ref: 'Database' }, DBInstanceClass: 'db.r6g.large' },
      },
    });
    // 2 vCPU, 730 h, 0.10.
    expect(byMeter(priced(cluster('12.9')))['aurora.extendedsupport.y1']).toBeCloseTo(146, 6);
    expect(byMeter(priced(cluster('16.6')))).not.toHaveProperty('aurora.extendedsupport.y1');
  });

  test('provisioned concurrency is billed as configured, and its requests at its own rate', () => {
    const costs = byMeter(
      priced(
        {
          Function: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 1024, Architectures: ['arm64'] } },
          Alias: {
            Type: 'AWS::Lambda::Alias',
            Properties: {
              FunctionName: { Ref: 'Function' },
              ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
            },
          },
        },
        { resources: { Function: { invocations: 1e6, durationMs: 100 } } },
      ),
    );
    expect(costs['lambda.pc.arm']).toBeCloseTo(2 * 730 * 3600 * 3.3334e-6, 6);
    expect(costs['lambda.pc.duration.arm']).toBeCloseTo(100_000 * 7.7778e-6, 6);
  });
});

describe('load balancer capacity units', () => {
  const balancer = {
    Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Scheme: 'internal' } },
  };
  const lcu = (inputs: object): number => {
    const none = {
      processedGb: 0,
      newConnectionsPerSecond: 0,
      activeConnectionsPerMinute: 0,
      ruleEvaluationsPerSecond: 0,
    };
    return (
      priced(balancer, { resources: { Balancer: { ...none, ...inputs } } }).lines.find(
        ({ meter }) => meter === 'alb.lcu',
      )?.quantity.expected ?? Number.NaN
    );
  };

  test.each([
    ['25 new connections per second', { newConnectionsPerSecond: 25 }],
    ['3,000 active connections per minute', { activeConnectionsPerMinute: 3000 }],
    ['one GB per hour', { processedGb: 730 }],
    ['1,000 rule evaluations per second', { ruleEvaluationsPerSecond: 1000 }],
  ])('%s are one LCU', (_, inputs) => {
    expect(lcu(inputs)).toBeCloseTo(730, 6);
  });

  test('an hour is billed for the dimension that needs most, so the mean would be too little', () => {
    // Half of the hours need 4 LCU for bytes, the other half 4 for connections; the means would say 2.
    expect(lcu({ processedGb: [4, 0], newConnectionsPerSecond: [0, 100] })).toBeCloseTo(4 * 730, 6);
  });
});

test('an alarm on a band is three metrics, one under a minute is dearer, a gateway endpoint is free', () => {
  const alarm = (properties: object): unknown =>
    byMeter(priced({ Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: properties } }));
  const band = [
    { Id: 'm', MetricStat: { Period: 60 } },
    { Id: 'b', Expression: 'ANOMALY_DETECTION_BAND(m)' },
  ];
  expect(alarm({ Metrics: band, ThresholdMetricId: 'b' })).toEqual({ 'cw.alarm.standard': expect.closeTo(0.3, 9) });
  expect(alarm({ MetricName: 'x', Period: 10 })).toEqual({ 'cw.alarm.highres': expect.closeTo(0.3, 9) });
  expect(priced({ Endpoint: { Type: 'AWS::EC2::VPCEndpoint' } }).counts).toEqual({ priced: 0, free: 1, unpriced: 0 });
});

test('what AWS gives for nothing is taken off only when asked for', () => {
  const usage = { resources: { Function: { invocations: 2e6, durationMs: 100 } } };
  const fn = { Function: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 1024 } } };
  expect(byMeter(priced(fn, usage))['lambda.request']).toBeCloseTo(0.4, 9);
  // One million requests and 400,000 GB-seconds a month; 200,000 are used.
  expect(byMeter(priced(fn, usage, { freeTier: true }))).toEqual({
    'lambda.request': expect.closeTo(0.2, 9),
    'lambda.gbsecond.x86': 0,
  });
});

test('tiers count over the whole bill, not per resource', () => {
  const api = { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } };
  const usage = { resources: { 'AWS::ApiGatewayV2::Api': { requests: 250e6, payloadKb: 1 } } };
  // 300 million at 1.00, 200 million at 0.90.
  expect(priced({ A: api, B: api }, usage).total.expected).toBeCloseTo(480, 6);
});

test('an unknown type, an unresolved property and a missing price are unpriced, each with its reason', () => {
  const { resources, counts, total } = priced({
    New: { Type: 'AWS::Quantum::Computer' },
    Later: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: { 'Fn::GetAtt': ['New', 'Size'] } } },
    Rare: {
      Type: 'AWS::ElastiCache::ReplicationGroup',
      Properties: { Engine: 'valkey', CacheNodeType: 'cache.x99.huge' },
    },
    Custom: { Type: 'Custom::Thing' },
  });
  expect(counts).toEqual({ priced: 0, free: 1, unpriced: 3 });
  expect(resources.slice(0, 3).map(({ reason }) => reason)).toEqual([
    'no rule for AWS::Quantum::Computer',
    expect.stringContaining('`MemorySize` is unresolved: a text that is known only after deployment: Size of Web/New'),
    'no price for elasticache.valkey.node.cache.x99.huge in us-east-1',
  ]);
  expect(total.expected).toBe(0);
});

test('quantities say whether they come from the template, from usage or from an assumption', () => {
  const { lines } = priced(
    { Nat: { Type: 'AWS::EC2::NatGateway' }, Other: { Type: 'AWS::EC2::NatGateway' } },
    { resources: { Nat: { processedGb: 5 } } },
  );
  expect(lines.map(({ quantity: { origin, why } }) => `${origin}: ${why}`)).toEqual([
    'template: 1 gateway, 730 h',
    'usage: GB processed from the test',
    'template: 1 gateway, 730 h',
    'assumption: GB processed: GB per passed request',
  ]);
});

test('the traffic of the objectives in a template is what is assumed', () => {
  const assembly = loadTemplate({ Metadata: { 'Headroom::Objectives': { requestsPerHour: 1000 } }, Resources: {} });
  expect(estimate(assembly).requests).toBe(730_000);
  expect(estimate(assembly, { usage: usageFrom({ traffic: { requests: 5 } }, 'the test') }).requests).toBe(5);
});

test('the cost per request is the whole bill or one million more, and the floor is what is left without any', () => {
  const resources = { Nat: { Type: 'AWS::EC2::NatGateway' } };
  const options = {
    usage: usageFrom({ traffic: { requests: 10e6 }, resources: { Nat: { processedGb: 100 } } }, 'the test'),
    today: TODAY,
  };
  const assembly = loadTemplate({ Resources: resources });
  const result = perRequest(assembly, estimate(assembly, options), options);
  // 32.85 for the hours; 100 GB at 0.045 for ten million requests.
  expect(result.fixedFloor.expected).toBeCloseTo(32.85, 6);
  expect(result.averagePerMillion?.expected).toBeCloseTo(3.735, 6);
  expect(result.marginalPerMillion).toBeCloseTo(0.45, 6);
  const idle = usageFrom({ traffic: { requests: 0 } }, 'the test');
  expect(perRequest(assembly, estimate(assembly, { usage: idle }), { usage: idle })).toMatchObject({
    averagePerMillion: undefined,
    marginalPerMillion: undefined,
  });
});

test('a difference says what changed and why', () => {
  const nat = { Type: 'AWS::EC2::NatGateway' };
  const usage = { resources: { 'AWS::EC2::NatGateway': { processedGb: 0 } } };
  const [one, two] = [priced({ A: nat }, usage), priced({ A: nat, B: nat }, usage)];
  const diff = diffEstimates(one, two);
  expect(diff.total.expected).toBeCloseTo(32.85, 6);
  expect(diff.changes[0]).toMatchObject({
    id: 'Web/B nat.hour',
    change: 'added',
    component: 'network',
    why: '1 gateway, 730 h',
  });
  const larger = diffEstimates(
    priced(service({ LaunchType: 'FARGATE', DesiredCount: 1 })),
    priced(service({ LaunchType: 'FARGATE', DesiredCount: 2 })),
  );
  expect(larger.changes[0]).toMatchObject({
    change: 'quantity',
    why: '730 → 1460 vCPU-hour (2 tasks of 1 vCPU and 2 GB, 730 h)',
  });
  const unknown = diffEstimates(one, priced({ A: nat, X: { Type: 'AWS::Quantum::Computer' } }, usage));
  expect(unknown.newlyUnpriced).toEqual(['Web/X: no rule for AWS::Quantum::Computer']);
});

describe('bad input', () => {
  const nat = loadTemplate({ Resources: { Nat: { Type: 'AWS::EC2::NatGateway' } } });
  const withUsage = (usage: unknown) => (): unknown => estimate(nat, { usage: usageFrom(usage, 'usage.yaml') });

  test.each<[string, () => unknown, string]>([
    [
      'a region without prices',
      () => estimate(nat, { region: 'moon-north-1' }),
      'region moon-north-1 has no prices: the price book has us-east-1, us-west-2, eu-west-1',
    ],
    [
      'a template without a region',
      () => estimate(loadTemplate({ Resources: {} }, {})),
      'Web can go to any region: say whose prices apply, with --region',
    ],
    [
      'negative usage',
      withUsage({ resources: { Nat: { processedGb: -1 } } }),
      '`Nat.processedGb` must be a number of at least 0, { low, expected, high } in ascending order, or a list of hourly numbers, got -1',
    ],
    [
      'a spread that falls',
      withUsage({ resources: { Nat: { processedGb: { low: 2, expected: 1, high: 3 } } } }),
      'in ascending order',
    ],
    ['usage of nothing', withUsage({ resources: { Gone: { processedGb: 1 } } }), '`Gone` matches no resource of'],
    [
      'usage that no rule knows',
      withUsage({ resources: { Nat: { gigs: 1 } } }),
      '`Nat.gigs` is not known for AWS::EC2::NatGateway: use processedGb',
    ],
    [
      'hours where a month belongs',
      withUsage({ resources: { Nat: { processedGb: [1, 2] } } }),
      '`Nat.processedGb` takes one figure, not a list',
    ],
    [
      'negative traffic',
      withUsage({ traffic: { requests: -5 } }),
      '`traffic.requests` must be a number of at least 0, got -5',
    ],
    [
      'traffic that is not known',
      withUsage({ traffic: { clicks: 5 } }),
      '`traffic.clicks` is not known: use requests, ',
    ],
    [
      'a section that is not known',
      withUsage({ resource: {} }),
      '`resource` is not known: use `traffic` and `resources`',
    ],
    ['a list', withUsage([]), 'usage.yaml must be a map with `traffic` and `resources`'],
    ['a file that is not there', () => readUsage('/nowhere.yaml'), 'usage file /nowhere.yaml does not exist'],
    ['a file that is no YAML', () => readUsage(writeTemplate('a: [', 'usage.yaml')), 'is neither YAML nor JSON'],
  ])('fails on %s', (_, act, message) => {
    expect(act).toThrow(CostInputError);
    expect(act).toThrow(message);
  });

  test('lists every problem at once', () => {
    expect(withUsage({ resources: { Nat: { a: -1, b: 'x' } }, more: 1 })).toThrow(
      /`more`.*\n.*`Nat\.a`.*\n.*`Nat\.b`/u,
    );
  });
});
