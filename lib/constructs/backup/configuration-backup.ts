import { Duration, Stack, Validations } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { encryptionKey } from '../../shared/encryption-key';
import { backUp } from '../../shared/recoverability';
import { PlatformFunction } from '../function/platform-function';
import { allowPut, createKeptBucket } from '../storage/kept-bucket';
import type { ReplicaName } from '../storage/replica-name';

export interface ConfigurationBackupProps {
  /** Value of the tag `environment`: only this environment's parameters and secrets are exported. */
  readonly environment: string;

  /** The bucket in the recovery region that gets everything too. */
  readonly replica: ReplicaName;
}

/**
 * Exports what somebody configured, daily, into a bucket that is in the backup plan: parameters, what is known about
 * secrets (never what is in them), dashboards, and templates as deployed.
 *
 * @stateful the bucket stays when its stack goes
 */
export class ConfigurationBackup extends Construct {
  /** Holds `configuration/` and the manifests of the database. */
  public readonly bucket: s3.Bucket;

  /** The function, for its metrics. */
  public readonly function: PlatformFunction;

  public constructor(scope: Construct, id: string, { environment, replica }: ConfigurationBackupProps) {
    super(scope, id);
    this.bucket = createKeptBucket(this, {
      encryptionKey: encryptionKey(this, 'Exported configuration'),
      noncurrentVersions: Duration.days(365),
      replica,
    });
    backUp(this.bucket);
    this.function = new PlatformFunction(this, 'Function', {
      name: 'configuration-backup',
      description: 'Exports parameters, metadata of secrets, dashboards and templates',
      timeout: Duration.minutes(5),
      onFailure: 'queue',
      environment: {
        CONFIGURATION_BUCKET: this.bucket.bucketName,
        ENVIRONMENT: environment,
        STACK_PREFIX: Stack.of(this).stackName.split('-')[0] ?? environment,
      },
    });
    allowPut(this.function.role, this.bucket, 'configuration');
    this.allowReading(environment);
    new events.Rule(this, 'Daily', {
      description: 'Configuration is exported before it is backed up',
      schedule: events.Schedule.cron({ hour: '0', minute: '20' }),
      targets: [new targets.LambdaFunction(this.function.function)],
    });
  }

  /** Lists know no resources; values are read by tag, and no statement lets it read a secret. */
  private allowReading(environment: string): void {
    const policy = new iam.Policy(this, 'Reading', {
      statements: [
        new iam.PolicyStatement({
          actions: [
            'ssm:DescribeParameters',
            'secretsmanager:ListSecrets',
            'cloudwatch:ListDashboards',
            'cloudwatch:GetDashboard',
            'cloudformation:DescribeStacks',
            'cloudformation:GetTemplate',
          ],
          resources: ['*'],
        }),
        new iam.PolicyStatement({
          actions: ['ssm:GetParameters'],
          resources: ['*'],
          conditions: { StringEquals: { 'aws:ResourceTag/environment': environment } },
        }),
      ],
    });
    policy.attachToRole(this.function.role);
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'lists know no resources, and values are read of parameters with the tag of this environment only',
    });
  }
}
