import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { context } from '../../../cdk.json';
import { testDataTier } from './fixtures';

/** A data tier in one stack and a client in another. */
function connected(processes = 10) {
  const app = new App({ context });
  const { access, stack, vpc } = testDataTier(app);
  const client = new Stack(app, 'Client');
  const connectable = new ec2.SecurityGroup(client, 'Tasks', { vpc });
  const grantee = new iam.Role(client, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  access.connect({ name: 'service', connectable, grantee, processes, connectionsPerEndpoint: 8 });
  return { access, stack, client };
}

test.each([
  [5432, 'service reaches the database through the pool'],
  [6379, 'service shares the cache'],
])("port %d opens to the client's security group, from the client's stack", (port, Description) => {
  const { client } = connected();
  Template.fromStack(client).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    Description,
    FromPort: port,
    ToPort: port,
    SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('Tasks'), 'GroupId'] },
  });
});

test('the data stack does not know its clients', () => {
  const { stack, client } = connected();
  expect(stack.dependencies).not.toContain(client);
});

test('the client may log in as both users of the database and as the user of the cache', () => {
  const [policy] = Object.values(Template.fromStack(connected().client).findResources('AWS::IAM::Policy'));
  const actions = policy?.Properties.PolicyDocument.Statement.map(
    ({ Action, Resource }: { Action: string; Resource: unknown[] }) => [Action, Resource.length],
  );
  expect(actions).toEqual([
    ['rds-db:connect', 2],
    ['elasticache:Connect', 2],
  ]);
});

test('the process is told hosts, names and that IAM lets it in, by the names that the service reads', () => {
  const { access } = connected();
  expect(access.environment({ connectionsPerEndpoint: 8 })).toEqual({
    DATABASE_HOST: expect.any(String),
    DATABASE_PORT: '5432',
    DATABASE_READERS: expect.stringMatching(/:5432$/),
    DATABASE_NAME: 'app',
    DATABASE_USER: 'app_rw',
    DATABASE_READER_USER: 'app_ro',
    DATABASE_AUTHENTICATION: 'iam',
    DATABASE_TLS: 'on',
    DATABASE_POOL_MAX: '8',
    CACHE_URL: expect.stringMatching(/^rediss:\/\/.+:6379$/),
    CACHE_NAME: expect.any(String),
    CACHE_USER: expect.stringMatching(/^[a-z][a-z0-9-]{0,39}$/),
  });
});

test('fails when the client holds more connections than the pool may open, both endpoints counted', () => {
  // 84 × 16 = 1344 of 1669 × 80 %
  const { stack } = connected(84);
  expect(() => Template.fromStack(stack)).toThrow('got service 84 × 16 = 1344 of 1335');
});
