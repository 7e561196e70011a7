import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { testStack } from '../testing';
import { testDatabase } from './fixtures';

const serverless = { kind: 'serverless', minAcu: 1, maxAcu: 8, autoPauseAfter: 'never' } as const;

describe('by default', () => {
  const { stack } = testDatabase();
  const template = Template.fromStack(stack);

  test('storage, history and master password are encrypted with a key of its own that rotates and stays', () => {
    const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('DatabaseKey'), 'Arn'] };
    template.hasResourceProperties('AWS::RDS::DBCluster', {
      StorageEncrypted: true,
      KmsKeyId: key,
      PerformanceInsightsKmsKeyId: key,
      MasterUserSecret: { KmsKeyId: key },
    });
    template.hasResource('AWS::KMS::Key', {
      Properties: { EnableKeyRotation: true },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('RDS makes and rotates the master password, which appears nowhere', () => {
    template.hasResourceProperties('AWS::RDS::DBCluster', {
      ManageMasterUserPassword: true,
      MasterUserPassword: Match.absent(),
    });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  });

  test('a deploy cannot lose it', () => {
    template.hasResource('AWS::RDS::DBCluster', {
      Properties: { DeletionProtection: true, DeleteAutomatedBackups: false, BackupRetentionPeriod: 7 },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('everyone logs in over TLS, with IAM where they can', () => {
    template.hasResourceProperties('AWS::RDS::DBCluster', { EnableIAMDatabaseAuthentication: true });
    template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
      Parameters: Match.objectLike({ 'rds.force_ssl': '1' }),
    });
  });

  test('slow statements are logged with their plans, endless ones are cut off', () => {
    template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
      Family: 'aurora-postgresql17',
      Parameters: Match.objectLike({
        shared_preload_libraries: 'pg_stat_statements,auto_explain',
        log_min_duration_statement: '50',
        'auto_explain.log_min_duration': '50',
        statement_timeout: '30000',
        lock_timeout: '5000',
        idle_in_transaction_session_timeout: '60000',
        'rds.enable_plan_management': Match.absent(),
      }),
    });
    template.hasResourceProperties('AWS::RDS::DBCluster', { EnableCloudwatchLogsExports: ['postgresql'] });
  });

  test('writer and readers have the same size, the first reader takes over', () => {
    const instances = Object.entries(template.findResources('AWS::RDS::DBInstance'));
    const tiers = instances.map(([id, { Properties }]) => [id, Properties.DBInstanceClass, Properties.PromotionTier]);
    expect(tiers).toEqual([
      [expect.stringContaining('Writer'), 'db.r8g.large', 0],
      [expect.stringContaining('Reader1'), 'db.r8g.large', 1],
      [expect.stringContaining('Reader2'), 'db.r8g.large', 2],
    ]);
  });

  test('a reader that is no longer wanted goes, the writer stays', () => {
    const policies = Object.values(template.findResources('AWS::RDS::DBInstance')).map((each) => each.DeletionPolicy);
    expect(policies).toEqual(['Retain', 'Delete', 'Delete']);
  });

  test('no instance is public, and none upgrades itself', () => {
    template.allResourcesProperties('AWS::RDS::DBInstance', {
      PubliclyAccessible: false,
      AutoMinorVersionUpgrade: false,
    });
  });

  test('nobody reaches it until someone is let in', () => {
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Database instances',
      SecurityGroupIngress: Match.absent(),
    });
  });
});

describe('with everything chosen', () => {
  const { stack } = testDatabase({
    capacity: { kind: 'serverless', minAcu: 0, maxAcu: 16, autoPauseAfter: Duration.minutes(30) },
    readers: 3,
    storage: 'io-optimized',
    backupRetention: Duration.days(35),
    insights: 'advanced',
    deletionProtection: false,
    removal: 'snapshot',
    planManagement: true,
    thresholds: {
      slowQuery: Duration.millis(200),
      statementTimeout: Duration.seconds(5),
      lockTimeout: Duration.seconds(1),
      idleInTransactionTimeout: Duration.seconds(10),
    },
  });
  const template = Template.fromStack(stack);

  test('serverless instances share one range and may pause', () => {
    template.hasResourceProperties('AWS::RDS::DBCluster', {
      ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 16, SecondsUntilAutoPause: 1800 },
    });
    template.allResourcesProperties('AWS::RDS::DBInstance', { DBInstanceClass: 'db.serverless' });
  });

  test('the reader that takes over follows the capacity of the writer, the others have their own', () => {
    const tiers = Object.values(template.findResources('AWS::RDS::DBInstance')).map(
      (each) => each.Properties.PromotionTier,
    );
    expect(tiers).toEqual([0, 1, 2, 2]);
  });

  test('advanced insights keep 15 months, on the cluster and on every instance', () => {
    template.hasResourceProperties('AWS::RDS::DBCluster', {
      DatabaseInsightsMode: 'advanced',
      PerformanceInsightsRetentionPeriod: 465,
    });
    template.allResourcesProperties('AWS::RDS::DBInstance', { PerformanceInsightsRetentionPeriod: 465 });
  });

  test('the chosen storage, retention, thresholds and plan management arrive', () => {
    template.hasResource('AWS::RDS::DBCluster', {
      Properties: { StorageType: 'aurora-iopt1', BackupRetentionPeriod: 35, DeletionProtection: false },
      DeletionPolicy: 'Snapshot',
      UpdateReplacePolicy: 'Snapshot',
    });
    template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
      Parameters: Match.objectLike({
        log_min_duration_statement: '200',
        statement_timeout: '5000',
        lock_timeout: '1000',
        idle_in_transaction_session_timeout: '10000',
        'rds.enable_plan_management': '1',
      }),
    });
  });
});

test('a given key is used and none is made', () => {
  const given = testStack();
  const encryptionKey = new kms.Key(given.stack, 'OwnKey');
  expect(testDatabase({ encryptionKey }, given).database.encryptionKey).toBe(encryptionKey);
  Template.fromStack(given.stack).resourceCountIs('AWS::KMS::Key', 1);
});

test('opens the database port to whom it is let in, and says why', () => {
  const { stack, vpc, database } = testDatabase();
  const client = new ec2.SecurityGroup(stack, 'Client', { vpc });
  database.connections.allowDefaultPortFrom(client, 'Migrations log in to the writer');
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    Description: 'Migrations log in to the writer',
    FromPort: { 'Fn::GetAtt': [Match.stringLikeRegexp('Cluster'), 'Endpoint.Port'] },
    IpProtocol: 'tcp',
  });
});

test('lets a role log in as one user of this cluster', () => {
  const { stack, database } = testDatabase();
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  database.grantConnect(role, 'app_rw');
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        {
          Action: 'rds-db:connect',
          Effect: 'Allow',
          Resource: {
            'Fn::Join': ['', Match.arrayWith([{ 'Fn::GetAtt': [Match.anyValue(), 'DBClusterResourceId'] }, '/app_rw'])],
          },
        },
      ],
    },
  });
});

test('lets a role read the master password, and decrypt it', () => {
  const { stack, database } = testDatabase();
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  database.masterSecret.grantRead(role);
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        {
          Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [Match.anyValue(), 'MasterUserSecret.SecretArn'] },
        },
      ],
    },
  });
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Action: 'kms:Decrypt' })]) },
  });
});

describe('refuses', () => {
  const refused = (props: Parameters<typeof testDatabase>[0]) => () => testDatabase(props);

  test.each([0, 36])('fails when backups are kept for %d days', (days) => {
    expect(refused({ backupRetention: Duration.days(days) })).toThrow(
      `\`backupRetention (days)\` must be between 1 and 35, got ${days}`,
    );
  });

  test('fails when the floor of the capacity is above its ceiling', () => {
    expect(refused({ capacity: { ...serverless, minAcu: 9 } })).toThrow(
      '`capacity.minAcu` must not be above `capacity.maxAcu`, got 9 and 8',
    );
  });

  test('fails when the capacity is not within what Aurora offers', () => {
    expect(refused({ capacity: { ...serverless, minAcu: -1, maxAcu: 257 } })).toThrow(
      /`capacity.minAcu` must be between 0 and 256, got -1\n.*`capacity.maxAcu` must be between 1 and 256, got 257/,
    );
  });

  test('fails when the capacity is not a multiple of half a unit', () => {
    expect(refused({ capacity: { ...serverless, minAcu: 0.7 } })).toThrow(
      '`capacity.minAcu` and `capacity.maxAcu` must be multiples of 0.5, got 0.7',
    );
  });

  test('fails when a database with a floor above 0 is to pause', () => {
    expect(refused({ capacity: { ...serverless, autoPauseAfter: Duration.minutes(10) } })).toThrow(
      "`capacity.minAcu` must be 0 for a database that pauses, got 1; or set `capacity.autoPauseAfter` to 'never'",
    );
  });

  test('fails when a floor of 0 does not say when to pause', () => {
    expect(refused({ capacity: { ...serverless, minAcu: 0 } })).toThrow(
      "`capacity.autoPauseAfter` must be a duration when `capacity.minAcu` is 0, got 'never'; or raise the floor to 0.5",
    );
  });

  test.each([299, 86_401])('fails when it is to pause after %d seconds', (seconds) => {
    expect(refused({ capacity: { ...serverless, minAcu: 0, autoPauseAfter: Duration.seconds(seconds) } })).toThrow(
      `\`capacity.autoPauseAfter (seconds)\` must be between 300 and 86400, got ${seconds}`,
    );
  });

  test.each([-1, 16])('fails with %d readers', (readers) => {
    expect(refused({ readers })).toThrow(`\`readers\` must be between 0 and 15, got ${readers}`);
  });

  test('fails when it is protected and yet to be deleted', () => {
    expect(refused({ removal: 'snapshot' })).toThrow(
      "`removal` must be 'retain' while `deletionProtection` is on, got 'snapshot': CloudFormation could not delete the database",
    );
  });

  test('fails when slow statements are cut off before they count as slow', () => {
    const thresholds = { slowQuery: Duration.seconds(5), statementTimeout: Duration.seconds(5) };
    expect(refused({ thresholds })).toThrow(
      '`thresholds.slowQuery` must be shorter than `thresholds.statementTimeout`, got 5000 ms and 5000 ms',
    );
  });

  test('fails when a threshold is nothing at all', () => {
    expect(refused({ thresholds: { slowQuery: Duration.millis(0) } })).toThrow(
      '`thresholds.slowQuery (ms)` must be between 1 and 2147483647, got 0',
    );
  });

  test('fails with every problem at once', () => {
    expect(refused({ readers: 16, backupRetention: Duration.days(36) })).toThrow(/readers.*\n.*backupRetention/);
  });
});
