import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ConnectionPool, type ConnectionPoolProps } from '../../../lib/constructs/database/connection-pool';
import { testDatabase } from './fixtures';

function pooled(props: Partial<ConnectionPoolProps> = {}) {
  const { stack, vpc, vpcSubnets, database } = testDatabase();
  const pool = new ConnectionPool(stack, 'Pool', { database, vpc, vpcSubnets, maxConnectionsPercent: 80, ...props });
  return { stack, vpc, database, pool };
}

describe('by default', () => {
  const template = Template.fromStack(pooled().stack);

  test('clients and pool log in with IAM over TLS: there is no secret', () => {
    template.hasResourceProperties('AWS::RDS::DBProxy', {
      DefaultAuthScheme: 'IAM_AUTH',
      RequireTLS: true,
      Auth: Match.absent(),
    });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  });

  test('the role of the pool may log in to the cluster as each of the two users', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('PoolRole') }],
      PolicyDocument: {
        Statement: [
          {
            Action: 'rds-db:connect',
            Effect: 'Allow',
            Resource: ['/app_ro', '/app_rw'].map((user) => ({
              'Fn::Join': [
                '',
                Match.arrayWith([{ 'Fn::GetAtt': [Match.stringLikeRegexp('Cluster'), 'DBClusterResourceId'] }, user]),
              ],
            })),
          },
        ],
      },
    });
  });

  test('there is an endpoint for the writer and one that only reads', () => {
    template.hasResourceProperties('AWS::RDS::DBProxyEndpoint', { TargetRole: 'READ_ONLY' });
  });

  test('a share of the connections, half of it idle; 5 s for a free one; 30 min for silent clients; no pinning filter', () => {
    template.hasResourceProperties('AWS::RDS::DBProxyTargetGroup', {
      ConnectionPoolConfigurationInfo: {
        MaxConnectionsPercent: 80,
        MaxIdleConnectionsPercent: 40,
        ConnectionBorrowTimeout: 5,
        SessionPinningFilters: Match.absent(),
        InitQuery: Match.absent(),
      },
    });
    template.hasResourceProperties('AWS::RDS::DBProxy', { IdleClientTimeout: 1800 });
  });

  test.each(['AWS::RDS::DBProxy', 'AWS::RDS::DBProxyTargetGroup', 'AWS::RDS::DBProxyEndpoint'])(
    '%s is not made before writer and readers are ready',
    (type) => {
      const instances = ['Writer', 'Reader1', 'Reader2'];
      for (const instance of instances) {
        template.hasResource(type, { DependsOn: Match.arrayWith([Match.stringLikeRegexp(`Cluster${instance}`)]) });
      }
    },
  );

  test('it reaches the database and nothing else', () => {
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('PoolSecurityGroup'), 'GroupId'] },
      DestinationSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('DatabaseSecurityGroup'), 'GroupId'] },
    });
  });
});

test('takes the chosen limits', () => {
  const { stack } = pooled({
    maxConnectionsPercent: 100,
    maxIdleConnectionsPercent: 0,
    borrowTimeout: Duration.seconds(1),
    idleClientTimeout: Duration.hours(8),
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::RDS::DBProxyTargetGroup', {
    ConnectionPoolConfigurationInfo: {
      MaxConnectionsPercent: 100,
      MaxIdleConnectionsPercent: 0,
      ConnectionBorrowTimeout: 1,
    },
  });
  template.hasResourceProperties('AWS::RDS::DBProxy', { IdleClientTimeout: 28_800 });
});

test('opens port 5432 to the service, and says why', () => {
  const { stack, vpc, pool } = pooled();
  const service = new ec2.SecurityGroup(stack, 'Service', { vpc });
  pool.connections.allowDefaultPortFrom(service, 'Web tasks reach the database through the pool');
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    Description: 'Web tasks reach the database through the pool',
    FromPort: 5432,
    ToPort: 5432,
    SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('Service'), 'GroupId'] },
  });
});

test('lets a role log in through this pool as one user', () => {
  const { stack, pool } = pooled();
  const role = new iam.Role(stack, 'Task', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  pool.grantConnect(role, 'app_ro');
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('Task') }],
    PolicyDocument: {
      Statement: [
        { Action: 'rds-db:connect', Effect: 'Allow', Resource: Match.objectLike({ 'Fn::Join': Match.anyValue() }) },
      ],
    },
  });
});

test('fails at synthesis when the clients that signed up hold more connections than it may open', () => {
  const { stack, pool } = pooled();
  pool.addClients({ name: 'service', processes: 10, connections: 16 });
  pool.addClients({ name: 'api', processes: 600, connections: 2 });
  expect(() => Template.fromStack(stack)).toThrow(
    'connections must fit into the pool, got service 10 × 16 + api 600 × 2 = 1360 of 1335 ' +
      '(80 % of max_connections 1669 at db.r8g.large)',
  );
});

test('names stay within the 60 characters that RDS allows, however deep the pool is', () => {
  const { stack, vpc, vpcSubnets, database } = testDatabase();
  const deep = new Construct(stack, 'A'.repeat(60));
  new ConnectionPool(new Construct(deep, 'B'.repeat(60)), 'Pool', {
    database,
    vpc,
    vpcSubnets,
    maxConnectionsPercent: 80,
  });
  const template = Template.fromStack(stack);
  const [proxy] = Object.values(template.findResources('AWS::RDS::DBProxy'));
  const [endpoint] = Object.values(template.findResources('AWS::RDS::DBProxyEndpoint'));
  expect(proxy?.Properties.DBProxyName).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,59}$/);
  expect(endpoint?.Properties.DBProxyEndpointName).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,59}$/);
});

describe('metrics', () => {
  const { stack, pool } = pooled();
  const name = { Ref: expect.stringContaining('Pool') };

  test.each([
    ['ClientConnections', 'Sum', pool.metricClientConnections()],
    ['ClientConnectionsSetupFailedAuth', 'Sum', pool.metricClientConnectionsSetupFailedAuth()],
    ['DatabaseConnectionsCurrentlySessionPinned', 'Sum', pool.metricPinnedConnections()],
    ['DatabaseConnectionsBorrowLatency', 'Average', pool.metricBorrowLatency()],
    ['QueryDatabaseResponseLatency', 'Average', pool.metricQueryDatabaseResponseLatency()],
  ])('%s is about the whole proxy, as %s', (metricName, statistic, metric) => {
    expect(metric).toMatchObject({ namespace: 'AWS/RDS', metricName, statistic });
    expect(Stack.of(stack).resolve(metric.dimensions)).toEqual({ ProxyName: name });
  });

  test.each([
    ['DatabaseConnections', pool.metricDatabaseConnections('READ_ONLY')],
    ['DatabaseConnectionsCurrentlyBorrowed', pool.metricBorrowedConnections('READ_ONLY')],
  ])('%s is about the instances behind one endpoint', (metricName, metric) => {
    expect(metric).toMatchObject({ metricName, statistic: 'Sum' });
    const dimensions = { ProxyName: name, TargetGroup: 'default', TargetRole: 'READ_ONLY' };
    expect(Stack.of(stack).resolve(metric.dimensions)).toEqual(dimensions);
  });

  test('utilization is what is borrowed of what is allowed', () => {
    const { expression, usingMetrics } = pool.metricUtilization('READ_WRITE');
    expect(expression).toBe('100 * borrowedWriter / allowedWriter');
    expect(usingMetrics['borrowedWriter']).toMatchObject({ metricName: 'DatabaseConnectionsCurrentlyBorrowed' });
    expect(usingMetrics['allowedWriter']).toMatchObject({ metricName: 'MaxDatabaseConnectionsAllowed' });
  });
});

test.each([
  [{ maxConnectionsPercent: 0 }, '`maxConnectionsPercent` must be between 1 and 100, got 0'],
  [{ maxConnectionsPercent: 101 }, '`maxConnectionsPercent` must be between 1 and 100, got 101'],
  [{ maxIdleConnectionsPercent: 81 }, '`maxIdleConnectionsPercent` must be between 0 and 80, got 81'],
  [{ borrowTimeout: Duration.seconds(0) }, '`borrowTimeout (seconds)` must be between 1 and 300, got 0'],
  [{ borrowTimeout: Duration.seconds(301) }, '`borrowTimeout (seconds)` must be between 1 and 300, got 301'],
  [{ idleClientTimeout: Duration.hours(9) }, '`idleClientTimeout (seconds)` must be between 1 and 28800, got 32400'],
])('fails when %p', (props, message) => {
  expect(() => pooled(props)).toThrow(message);
});
