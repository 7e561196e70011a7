import { byMeter, PLATFORM, priced, service, task } from './sample';

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
