import { Match, Template } from 'aws-cdk-lib/assertions';
import { DatabaseMigrations } from '../../../lib/constructs/database/database-migrations';
import { testDatabase } from './fixtures';

const { stack, vpc, vpcSubnets, database } = testDatabase();
new DatabaseMigrations(stack, 'Migrations', { database, vpc, vpcSubnets });
const template = Template.fromStack(stack);

test('one function at a time, told where and who, and never the password', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    ReservedConcurrentExecutions: 1,
    Environment: {
      Variables: {
        DATABASE_HOST: { 'Fn::GetAtt': [Match.stringLikeRegexp('DatabaseCluster'), 'Endpoint.Address'] },
        DATABASE_PORT: '5432',
        DATABASE_NAME: 'app',
        DATABASE_TLS: 'on',
        DATABASE_SECRET_ARN: { 'Fn::GetAtt': [Match.anyValue(), 'MasterUserSecret.SecretArn'] },
        NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
      },
    },
  });
});

test('it may read the master secret and nothing else of that kind', () => {
  template.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('MigrationsFunctionRole') }],
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [Match.anyValue(), 'MasterUserSecret.SecretArn'] },
        },
      ]),
    },
  });
});

test('it reaches the writer by its own security group', () => {
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    Description: 'Migrations log in to the writer',
    GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('DatabaseSecurityGroup'), 'GroupId'] },
    SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('MigrationsFunctionSecurityGroup'), 'GroupId'] },
  });
});

test('a deploy runs it when it changed, once the writer is there and lets it in, and waits for the result', () => {
  template.hasResource('Custom::Trigger', {
    Properties: { InvocationType: 'RequestResponse', HandlerArn: { Ref: Match.stringLikeRegexp('CurrentVersion') } },
    DependsOn: Match.arrayWith([
      Match.stringLikeRegexp('DatabaseClusterWriter'),
      Match.stringLikeRegexp('DatabaseSecurityGroupfrom'),
    ]),
  });
});

test('it runs every day for the partitions', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(1 day)',
    Targets: [Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 2 } })],
  });
});
