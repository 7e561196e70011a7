import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { testStack } from '../testing';
import { cached, cluster, nodes, serverless } from './cache-fixture';

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
