import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { NodeCapacity, ServerlessCapacity } from '../../../lib/constructs/cache/cache-capacity';
import { ValkeyCache, type ValkeyCacheProps } from '../../../lib/constructs/cache/valkey-cache';
import { testStack } from '../testing';

const nodes: NodeCapacity = {
  kind: 'nodes',
  nodeType: 'cache.r7g.large',
  shards: 1,
  replicasPerShard: 1,
  clusterMode: false,
  automaticFailover: true,
  scaling: 'fixed',
  maxmemoryPolicy: 'allkeys-lfu',
};
const scaling = { maxShards: 6, maxReplicasPerShard: 3, cpuPercent: 60 };
const cluster: NodeCapacity = { ...nodes, shards: 2, clusterMode: true, scaling };
const serverless: ServerlessCapacity = {
  kind: 'serverless',
  dataGb: { min: 1, max: 10 },
  ecpuPerSecond: { min: 1000, max: 20_000 },
};

function cached(props: Partial<ValkeyCacheProps> = {}, { stack, vpc, vpcSubnets } = testStack()) {
  const defaults = { capacity: nodes, snapshotRetention: Duration.days(7) };
  const cache = new ValkeyCache(stack, 'Cache', { vpc, vpcSubnets, ...defaults, ...props });
  return { stack, vpc, cache };
}

describe('nodes', () => {
  const template = Template.fromStack(cached().stack);

  test('a primary and a replica in another zone that takes over', () => {
    template.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      Engine: 'valkey',
      EngineVersion: '8.2',
      CacheNodeType: 'cache.r7g.large',
      ClusterMode: 'disabled',
      NumCacheClusters: 2,
      NumNodeGroups: Match.absent(),
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
    });
  });

  test('encrypted with a key of its own on disk, and with TLS on the way', () => {
    template.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      AtRestEncryptionEnabled: true,
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('CacheKey'), 'Arn'] },
      TransitEncryptionEnabled: true,
      TransitEncryptionMode: 'required',
    });
    template.hasResource('AWS::KMS::Key', { Properties: { EnableKeyRotation: true }, DeletionPolicy: 'Retain' });
  });

  test('a user logs in with IAM: there is no password and no default user', () => {
    const [user] = Object.values(template.findResources('AWS::ElastiCache::User'));
    expect(user?.Properties).toMatchObject({ Engine: 'valkey', AuthenticationMode: { Type: 'iam' } });
    expect(user?.Properties.UserId).toBe(user?.Properties.UserName);
    expect(user?.Properties.UserId).toMatch(/^[a-z][a-z0-9-]{0,39}$/);
    template.hasResourceProperties('AWS::ElastiCache::UserGroup', {
      Engine: 'valkey',
      UserGroupId: Match.stringLikeRegexp('^[a-z][a-z0-9-]{0,39}$'),
      UserIds: [{ Ref: Match.stringLikeRegexp('CacheUsersUser') }],
    });
    template.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      UserGroupIds: [{ Ref: Match.stringLikeRegexp('CacheUsers') }],
      AuthToken: Match.absent(),
    });
  });

  test('a deploy leaves a snapshot at least, and changes shards in place', () => {
    template.hasResource('AWS::ElastiCache::ReplicationGroup', {
      Properties: { SnapshotRetentionLimit: 7 },
      DeletionPolicy: 'Snapshot',
      UpdateReplacePolicy: 'Snapshot',
      UpdatePolicy: { UseOnlineResharding: true },
    });
  });

  test('slow commands are logged as JSON', () => {
    template.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      LogDeliveryConfigurations: [
        Match.objectLike({ LogType: 'slow-log', LogFormat: 'json', DestinationType: 'cloudwatch-logs' }),
      ],
    });
  });

  test('memory that is full makes room as chosen', () => {
    template.hasResourceProperties('AWS::ElastiCache::ParameterGroup', {
      CacheParameterGroupFamily: 'valkey8',
      Properties: { 'cluster-enabled': 'no', 'maxmemory-policy': 'allkeys-lfu' },
    });
  });

  test('nobody reaches it until someone is let in', () => {
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('it scales only by choice', () => {
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });
});

describe('a cluster that scales', () => {
  const template = Template.fromStack(cached({ capacity: cluster }).stack);

  test('has shards with replicas each', () => {
    template.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      ClusterMode: 'enabled',
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
      NumCacheClusters: Match.absent(),
    });
    template.hasResourceProperties('AWS::ElastiCache::ParameterGroup', {
      Properties: Match.objectLike({ 'cluster-enabled': 'yes' }),
    });
  });

  test.each([
    ['NodeGroups', 2, 6, 'ElastiCachePrimaryEngineCPUUtilization'],
    ['Replicas', 1, 3, 'ElastiCacheReplicaEngineCPUUtilization'],
  ])('%s follow the CPU between %d and %d', (dimension, MinCapacity, MaxCapacity, metric) => {
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      ServiceNamespace: 'elasticache',
      ScalableDimension: `elasticache:replication-group:${dimension}`,
      MinCapacity,
      MaxCapacity,
      RoleARN: {
        'Fn::Join': [
          '',
          Match.arrayWith([Match.stringLikeRegexp('AWSServiceRoleForApplicationAutoScaling_ElastiCacheRG$')]),
        ],
      },
    });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: Match.objectLike({
        PredefinedMetricSpecification: { PredefinedMetricType: metric },
        TargetValue: 60,
      }),
    });
  });
});

describe('serverless', () => {
  const template = Template.fromStack(cached({ capacity: serverless }).stack);

  test('between the bounds, encrypted with a key of its own, with the same users', () => {
    template.hasResource('AWS::ElastiCache::ServerlessCache', {
      Properties: {
        Engine: 'valkey',
        MajorEngineVersion: '8',
        ServerlessCacheName: Match.stringLikeRegexp('^[a-z][a-z0-9-]{0,39}$'),
        CacheUsageLimits: {
          DataStorage: { Minimum: 1, Maximum: 10, Unit: 'GB' },
          ECPUPerSecond: { Minimum: 1000, Maximum: 20_000 },
        },
        KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('CacheKey'), 'Arn'] },
        UserGroupId: { Ref: Match.stringLikeRegexp('CacheUsers') },
        SnapshotRetentionLimit: 7,
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    template.resourceCountIs('AWS::ElastiCache::ReplicationGroup', 0);
  });
});

test.each([
  ['nodes', nodes, 6379],
  ['a cluster', cluster, 6379],
  ['a serverless cache, with its port for reads,', serverless, 6380],
])('the port of %s opens to the service, and says why', (_kind, capacity, ToPort) => {
  const { stack, vpc, cache } = cached({ capacity });
  const service = new ec2.SecurityGroup(stack, 'Service', { vpc });
  cache.connections.allowDefaultPortFrom(service, 'Web tasks share the cache');
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    Description: 'Web tasks share the cache',
    FromPort: 6379,
    ToPort,
    SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('Service'), 'GroupId'] },
  });
});

test.each([
  ['nodes', nodes, 'PrimaryEndPoint.Address', 'ReaderEndPoint.Address'],
  ['a cluster', cluster, 'ConfigurationEndPoint.Address', 'ConfigurationEndPoint.Address'],
  ['a serverless cache', serverless, 'Endpoint.Address', 'ReaderEndpoint.Address'],
])('%s is reached at a host and a port that is a number', (_kind, capacity, host, readerHost) => {
  const { stack, cache } = cached({ capacity });
  const { server } = cache;
  expect(server.port).toBe(6379);
  expect(stack.resolve(server.host)).toEqual({ 'Fn::GetAtt': [expect.any(String), host] });
  expect(stack.resolve(server.readerHost)).toEqual({ 'Fn::GetAtt': [expect.any(String), readerHost] });
});

test.each([
  ['nodes', nodes, { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(':replicationgroup:$')])] }],
  ['a serverless cache', serverless, { 'Fn::GetAtt': [Match.anyValue(), 'ARN'] }],
])('a role that may log in to %s may use the cache and its user, and no other', (_kind, capacity, resource) => {
  const { stack, cache } = cached({ capacity });
  const role = new iam.Role(stack, 'Task', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  cache.grantConnect(role);
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        {
          Action: 'elasticache:Connect',
          Effect: 'Allow',
          Resource: Match.arrayWith([{ 'Fn::GetAtt': [Match.stringLikeRegexp('CacheUsersUser'), 'Arn'] }]),
        },
      ],
    },
  });
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(policy?.Properties.PolicyDocument.Statement[0].Resource).toHaveLength(2);
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [Match.objectLike({ Resource: Match.arrayWith([resource]) })] },
  });
});

test('a given key is used and none is made', () => {
  const given = testStack();
  const encryptionKey = new kms.Key(given.stack, 'OwnKey');
  expect(cached({ encryptionKey }, given).cache.encryptionKey).toBe(encryptionKey);
  Template.fromStack(given.stack).resourceCountIs('AWS::KMS::Key', 1);
});

describe('metrics', () => {
  const of = (capacity: ValkeyCacheProps['capacity']) => cached({ capacity });

  test('the hit ratio counts every node, and a lost one as nothing', () => {
    const { expression, usingMetrics } = of(nodes).cache.metricHitRatio();
    const hits = '(FILL(hits1, 0) + FILL(hits2, 0))';
    expect(expression).toBe(`100 * ${hits} / (${hits} + (FILL(misses1, 0) + FILL(misses2, 0)))`);
    expect(usingMetrics['hits1']).toMatchObject({ metricName: 'CacheHits', statistic: 'Sum' });
    expect(usingMetrics['misses2']).toMatchObject({ metricName: 'CacheMisses', statistic: 'Sum' });
  });

  test.each([
    ['nodes', nodes, ['-001', '-002']],
    ['a cluster', cluster, ['-0001-001', '-0001-002', '-0002-001', '-0002-002']],
  ])('%s are found by the names that ElastiCache gives them', (_kind, capacity, suffixes) => {
    const { stack, cache } = of(capacity);
    const metrics = Object.values(cache.metricEvictions().usingMetrics) as cloudwatch.Metric[];
    const group = { Ref: expect.stringContaining('CacheNodes') };
    expect(metrics.map(({ dimensions }) => stack.resolve(dimensions))).toEqual(
      suffixes.map((suffix) => ({ CacheClusterId: { 'Fn::Join': ['', [group, suffix]] } })),
    );
  });

  test.each([
    ['EngineCPUUtilization', of(nodes).cache.metricCpuUtilization()],
    ['DatabaseMemoryUsageCountedForEvictPercentage', of(nodes).cache.metricMemoryUtilization()],
    ['CurrConnections', of(nodes).cache.metricCurrConnections()],
    ['ReplicationLag', of(nodes).cache.metricReplicationLag()],
    ['SwapUsage', of(nodes).cache.metricSwapUsage()],
  ])('%s is that of the worst node', (metricName, { expression, usingMetrics }) => {
    expect(expression).toBe('MAX([m1, m2])');
    expect(Object.values(usingMetrics)[0]).toMatchObject({ metricName, statistic: 'Maximum' });
  });

  test('a serverless cache is busy and full as a share of its ceilings', () => {
    const { cache } = of(serverless);
    expect(cache.metricCpuUtilization().expression).toBe('100 * used / (PERIOD(used) * 20000)');
    expect(cache.metricMemoryUtilization().expression).toBe('100 * used / (10000000000)');
    expect(cache.metricThrottledCommands().usingMetrics['m1']).toMatchObject({ metricName: 'ThrottledCmds' });
    expect(cache.metricHitRatio().expression).toBe('100 * (FILL(hits1, 0)) / ((FILL(hits1, 0)) + (FILL(misses1, 0)))');
  });

  test("a caller's options win", () => {
    expect(of(nodes).cache.metricEvictions({ label: 'mine' }).label).toBe('mine');
  });
});

describe('refuses', () => {
  const withNodes = (change: Partial<NodeCapacity>) => ({ capacity: { ...nodes, ...change } });
  const withCluster = (change: Partial<NodeCapacity>) => ({ capacity: { ...cluster, ...change } });
  const withServerless = (change: Partial<ServerlessCapacity>) => ({ capacity: { ...serverless, ...change } });

  test.each<[string, Partial<ValkeyCacheProps>, string]>([
    [
      'it is to speak without TLS',
      { transitEncryption: false },
      '`transitEncryption` must be true, got false: tokens and data would cross the network in clear',
    ],
    [
      'it is to fail over without a replica',
      withNodes({ replicasPerShard: 0 }),
      '`capacity.replicasPerShard` must be at least 1 with `capacity.automaticFailover`, got 0: there is nothing to fail over to',
    ],
    [
      'a cluster cannot fail over',
      withCluster({ automaticFailover: false }),
      '`capacity.automaticFailover` must be true with `capacity.clusterMode`: ElastiCache has no cluster without it',
    ],
    [
      'a cluster that does not scale is to have two replicas',
      withCluster({ scaling: 'fixed', replicasPerShard: 2 }),
      '`capacity.replicasPerShard` must be 1 in a cluster that does not scale, got 2: CloudFormation replaces a cluster',
    ],
    [
      'there are shards without a cluster',
      withNodes({ shards: 2 }),
      '`capacity.clusterMode` must be true for more than one shard, got 2 shards; or use one larger node',
    ],
    ['there are too many shards', withCluster({ shards: 501 }), '`capacity.shards` must be between 1 and 500, got 501'],
    [
      'there are too many replicas',
      withNodes({ replicasPerShard: 6 }),
      '`capacity.replicasPerShard` must be between 0 and 5, got 6',
    ],
    [
      'it is to scale without being a cluster',
      withNodes({ scaling }),
      "`capacity.scaling` must be 'fixed' without `capacity.clusterMode`: only clusters scale",
    ],
    [
      'its nodes are too small to scale',
      withCluster({ nodeType: 'cache.t4g.micro' }),
      '`capacity.scaling` needs a node type of the m or r families, large or larger, got cache.t4g.micro',
    ],
    [
      'it is to scale below where it starts',
      withCluster({ scaling: { ...scaling, maxShards: 1 } }),
      '`capacity.scaling.maxShards` must be between 2 and 500, got 1',
    ],
    [
      'its replicas are to scale below where they start',
      withCluster({ scaling: { ...scaling, maxReplicasPerShard: 0 } }),
      '`capacity.scaling.maxReplicasPerShard` must be between 1 and 5, got 0',
    ],
    [
      'its target is one that ElastiCache does not take',
      withCluster({ scaling: { ...scaling, cpuPercent: 71 } }),
      '`capacity.scaling.cpuPercent` must be between 35 and 70, got 71',
    ],
    [
      'the floor of the data is above its ceiling',
      withServerless({ dataGb: { min: 11, max: 10 } }),
      '`capacity.dataGb.min` must not be above `capacity.dataGb.max`, got 11 and 10',
    ],
    [
      'the ceiling of the data is above what AWS has',
      withServerless({ dataGb: { min: 1, max: 5001 } }),
      '`capacity.dataGb.max` must be between 1 and 5000, got 5001',
    ],
    [
      'the processing units are below what AWS has',
      withServerless({ ecpuPerSecond: { min: 999, max: 2000 } }),
      '`capacity.ecpuPerSecond.min` must be between 1000 and 15000000, got 999',
    ],
    [
      'snapshots are kept for too long',
      { snapshotRetention: Duration.days(36) },
      '`snapshotRetention (days)` must be between 0 and 35, got 36',
    ],
  ])('fails when %s', (_title, props, message) => {
    expect(() => cached(props)).toThrow(message);
  });

  test('fails with every problem at once', () => {
    expect(() => cached({ ...withNodes({ shards: 0 }), transitEncryption: false })).toThrow(
      /capacity.shards.*\n.*transitEncryption/,
    );
  });
});
