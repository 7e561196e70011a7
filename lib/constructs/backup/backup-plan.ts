import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { encryptionKey } from '../../shared/encryption-key';
import { BACKUP_TAG } from '../../shared/recoverability';
import { assertNoProblems } from '../../shared/validation';
import { type BackupFrequency, type BackupRule, backupRuleProblems, type Lifecycle } from './backup-rule';

export interface BackupPlanProps {
  /** Value of the tag `environment`: of what is tagged for backup, only this environment's is in the plan. */
  readonly environment: string;

  readonly rules: readonly BackupRule[];

  /** Vault in the recovery region that copies go to. */
  readonly copyVault: backup.IBackupVault;

  /**
   * Logically air-gapped vault in the recovery region that gets every copy too.
   *
   * @default - none
   */
  readonly airGappedVault?: backup.IBackupVault;
}

/** Away from Aurora's own backup windows and from each other; a monthly point on the first is also a weekly one. */
const SCHEDULES: Readonly<Record<BackupFrequency, events.Schedule>> = {
  hour: events.Schedule.cron({ minute: '15' }),
  day: events.Schedule.cron({ hour: '1', minute: '0' }),
  week: events.Schedule.cron({ weekDay: 'SUN', hour: '2', minute: '30' }),
  month: events.Schedule.cron({ day: '1', hour: '4', minute: '0' }),
};

/**
 * The vault of the primary region and the plan that fills it and the recovery region's: everything that is tagged for
 * backup and belongs to the environment.
 *
 * @stateful kept when its stack goes
 */
export class BackupPlan extends Construct {
  /** The underlying vault. */
  public readonly vault: backup.BackupVault;

  /** The underlying plan. */
  public readonly plan: backup.BackupPlan;

  public constructor(scope: Construct, id: string, props: BackupPlanProps) {
    super(scope, id);
    assertNoProblems(this, backupRuleProblems(props.rules));

    this.vault = new backup.BackupVault(this, 'Vault', {
      encryptionKey: encryptionKey(this, 'Backups in the primary region'),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.plan = new backup.BackupPlan(this, 'Plan', {
      backupVault: this.vault,
      backupPlanRules: props.rules.map((rule) => this.ruleOf(rule, props)),
    });
    this.select(props.environment);
  }

  private ruleOf(rule: BackupRule, { copyVault, airGappedVault }: BackupPlanProps): backup.BackupPlanRule {
    const { copy } = rule;
    const vaults = airGappedVault === undefined ? [copyVault] : [copyVault, airGappedVault];
    return new backup.BackupPlanRule({
      ruleName: rule.name,
      scheduleExpression: SCHEDULES[rule.every],
      startWindow: Duration.hours(1),
      completionWindow: Duration.hours(rule.every === 'hour' ? 2 : 12),
      enableContinuousBackup: rule.kind === 'continuous',
      ...lifecycle(rule),
      ...(copy === 'none'
        ? {}
        : {
            copyActions: vaults.map((destinationBackupVault) => ({ destinationBackupVault, ...lifecycle(copy) })),
          }),
    });
  }

  /** Both tags must match; a list of tags, which the L2 makes, would take what has either. */
  private select(environment: string): void {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
      managedPolicies: MANAGED_POLICIES.map((name) => iam.ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    for (const name of MANAGED_POLICIES) {
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`,
        reason: 'the policy that AWS keeps for exactly this service, which learns to back up what it could not before',
      });
    }
    const tagged = (key: string, value: string) => ({ ConditionKey: `aws:ResourceTag/${key}`, ConditionValue: value });
    new backup.CfnBackupSelection(this, 'Selection', {
      backupPlanId: this.plan.backupPlanId,
      backupSelection: {
        selectionName: `tagged-${Stack.of(this).stackName}`.slice(0, 50),
        iamRoleArn: role.roleArn,
        resources: ['*'],
        conditions: {
          StringEquals: [tagged(BACKUP_TAG.key, BACKUP_TAG.value), tagged('environment', environment)],
        },
      },
    });
  }
}

const MANAGED_POLICIES = [
  'service-role/AWSBackupServiceRolePolicyForBackup',
  'service-role/AWSBackupServiceRolePolicyForRestores',
  'AWSBackupServiceRolePolicyForS3Backup',
  'AWSBackupServiceRolePolicyForS3Restore',
];

function lifecycle({ keepFor, coldAfter }: Lifecycle): { deleteAfter: Duration; moveToColdStorageAfter?: Duration } {
  return { deleteAfter: keepFor, ...(coldAfter === 'never' ? {} : { moveToColdStorageAfter: coldAfter }) };
}
