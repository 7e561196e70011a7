import { ArnFormat, Duration, Names, Stack, Validations } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { BACKUP_TAG } from '../../shared/recoverability';
import { assertNoProblems, integerInRange } from '../../shared/validation';
import { acknowledgeResource, spelledArn } from '../../shared/wildcards';
import { RESTORE_TEST } from '../backup/backup-events';
import { AUDITOR, AUDITOR_ENVIRONMENT } from '../backup/manifest-writer';
import { POSTGRES_PORT } from '../database/database-settings';
import { PlatformFunction } from '../function/platform-function';
import type { ReplicaBucket } from '../storage/replica-bucket';
import type { RecoveryNetwork } from './recovery-network';
import { RestoreValidation } from './restore-validation';

/** What an environment decides about its restore tests. */
export interface RestoreTestSettings {
  /** How often the newest copy is restored. */
  readonly every: 'week' | 'month';

  /**
   * How long the restored database stays for whoever looks into it, 1 to 168 hours: a restore that nobody looks into
   * proves that a file exists.
   */
  readonly validateWithin: Duration;
}

export interface RestoreTestingProps extends RestoreTestSettings {
  /** Value of the tag `environment`: only this environment's database is restored. */
  readonly environment: string;

  /** Where the copies are. */
  readonly vault: backup.IBackupVault;

  /** Where the restored database lives. */
  readonly network: RecoveryNetwork;

  /** Holds the manifests. */
  readonly manifests: ReplicaBucket;

  /** Region whose alarms and dashboards hear of the result. */
  readonly reportTo: string;

  /** Tables whose rows come and go, such as `public.outbox`. */
  readonly disposableTables: readonly string[];
}

const SCHEDULES: Readonly<Record<RestoreTestSettings['every'], string>> = {
  week: 'cron(0 6 ? * SUN *)',
  month: 'cron(0 6 1 * ? *)',
};

/** Days back in which a copy must have been made to be tested. */
export const SELECTION_DAYS: Readonly<Record<RestoreTestSettings['every'], number>> = { week: 7, month: 31 };

/** Restores the newest copy of the database on schedule, has it compared with its manifest, and lets it go again. */
export class RestoreTesting extends Construct {
  /** The comparison, for its metrics. */
  public readonly validator: PlatformFunction;

  public constructor(scope: Construct, id: string, props: RestoreTestingProps) {
    super(scope, id);
    assertNoProblems(this, restoreTestProblems(props));
    const databases = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.network.vpc,
      description: 'Restored databases',
      allowAllOutbound: false,
    });
    this.addSelection(props, databases);
    this.validator = this.addValidator(props);
    databases.addIngressRule(
      ec2.Peer.securityGroupId(this.validatorGroup()),
      ec2.Port.tcp(POSTGRES_PORT),
      'The validator looks into restored databases',
    );
    const validation = new RestoreValidation(this, 'Validation', { validator: this.validator });
    new events.Rule(this, 'Restored', {
      description: 'A restore test has restored a database',
      eventPattern: {
        source: ['aws.backup'],
        detailType: ['Restore Job State Change'],
        // Only restores of a test have it; nobody wants a database deleted that was restored in earnest.
        detail: { status: ['COMPLETED'], resourceType: ['Aurora'], restoreTestingPlanArn: events.Match.exists() },
      },
      targets: [new targets.SfnStateMachine(validation.stateMachine)],
    });
    this.report(props.reportTo);
  }

  private validatorGroup(): string {
    return this.validator.connections.securityGroups.map(({ securityGroupId }) => securityGroupId)[0] ?? '';
  }

  private addSelection(props: RestoreTestingProps, databases: ec2.ISecurityGroup): void {
    const { every, validateWithin, vault, network, environment } = props;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName(RESTORE_POLICY)],
    });
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${RESTORE_POLICY}]`,
      reason: 'the policy that AWS keeps for exactly this service, which learns to restore what it could not before',
    });
    // Letters, digits and underscores only: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html
    const restoreTestingPlanName = Names.uniqueResourceName(this, { maxLength: 50, separator: '_' });
    const plan = new backup.CfnRestoreTestingPlan(this, 'Plan', {
      restoreTestingPlanName,
      scheduleExpression: SCHEDULES[every],
      startWindowHours: 2,
      recoveryPointSelection: {
        algorithm: 'LATEST_WITHIN_WINDOW',
        includeVaults: [vault.backupVaultArn],
        recoveryPointTypes: ['SNAPSHOT'],
        selectionWindowDays: SELECTION_DAYS[every],
      },
    });
    const selection = new backup.CfnRestoreTestingSelection(this, 'Selection', {
      restoreTestingPlanName,
      restoreTestingSelectionName: 'aurora',
      protectedResourceType: 'Aurora',
      protectedResourceArns: ['*'],
      protectedResourceConditions: {
        stringEquals: [
          { key: `aws:ResourceTag/${BACKUP_TAG.key}`, value: BACKUP_TAG.value },
          { key: 'aws:ResourceTag/environment', value: environment },
        ],
      },
      iamRoleArn: role.roleArn,
      validationWindowHours: validateWithin.toHours(),
      restoreMetadataOverrides: {
        dbSubnetGroupName: network.subnetGroup.subnetGroupName,
        vpcSecurityGroupIds: Stack.of(this).toJsonString([databases.securityGroupId]),
        enableIAMDatabaseAuthentication: 'true',
      },
    });
    selection.addResourceDependency(plan);
  }

  private addValidator({ network, manifests, disposableTables }: RestoreTestingProps): PlatformFunction {
    const validator = new PlatformFunction(this, 'Validator', {
      name: 'restore-validation',
      description: 'Compares a restored database with its manifest',
      timeout: Duration.minutes(15),
      reservedConcurrency: 1,
      network,
      environment: {
        ...AUDITOR_ENVIRONMENT,
        // The restored database is named by each event.
        DATABASE_HOST: 'localhost',
        MANIFEST_BUCKET: manifests.bucket.bucketName,
        DISPOSABLE_TABLES: disposableTables.join(','),
      },
    });
    manifests.allowRead(validator.role, 'manifests');
    const logIn = new iam.Policy(this, 'LogIn', {
      statements: [
        new iam.PolicyStatement({
          actions: ['rds-db:connect'],
          resources: [
            Stack.of(this).formatArn({
              service: 'rds-db',
              resource: 'dbuser',
              resourceName: `*/${AUDITOR}`,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          ],
        }),
      ],
    });
    logIn.attachToRole(validator.role);
    acknowledgeResource(
      logIn,
      spelledArn(this, 'rds-db', `dbuser:*/${AUDITOR}`),
      'a restored database has an id that nobody knows before; the user can only read',
    );
    return validator;
  }

  /** Alarms see metrics of their own region only, so the result goes where they are. */
  private report(region: string): void {
    const bus = events.EventBus.fromEventBusArn(
      this,
      'PrimaryBus',
      Stack.of(this).formatArn({ service: 'events', region, resource: 'event-bus', resourceName: 'default' }),
    );
    new events.Rule(this, 'Report', {
      description: 'The primary region hears of restore tests',
      eventPattern: { source: [RESTORE_TEST.source] },
      targets: [new targets.EventBus(bus)],
    });
  }
}

const RESTORE_POLICY = 'service-role/AWSBackupServiceRolePolicyForRestores';

/** What is wrong with the settings, each in one sentence. */
export function restoreTestProblems({ validateWithin }: RestoreTestSettings): string[] {
  return integerInRange('validateWithin (hours)', validateWithin.toHours({ integral: false }), 1, 168);
}
