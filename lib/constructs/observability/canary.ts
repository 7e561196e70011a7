import { Duration, Stack, Token, Validations } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as synthetics from 'aws-cdk-lib/aws-synthetics';
import { Construct } from 'constructs';
import { LogBucket } from '../logging/log-bucket';

export interface SiteCanaryProps {
  /** Host name that visitors use. */
  readonly host: string;

  /** Time between two walks, 1 minute to 1 hour; each is billed. */
  readonly every: Duration;

  /** Key of what the canary saw. */
  readonly encryptionKey: kms.IKey;
}

/**
 * Walks through the site as a visitor does, from outside: through DNS, CDN, web ACL, load balancer and service to the
 * database. Outside the VPC, because the way in is the thing to watch.
 */
export class SiteCanary extends Construct {
  /** The underlying canary. */
  public readonly canary: synthetics.Canary;

  /** Time between two walks. */
  public readonly every: Duration;

  public constructor(scope: Construct, id: string, { host, every, encryptionKey }: SiteCanaryProps) {
    super(scope, id);
    this.every = every;
    const { bucket } = new LogBucket(this, 'Artifacts', { retention: Duration.days(31), encryptionKey });
    this.canary = new synthetics.Canary(this, 'Resource', {
      // Without a browser: a visit is four requests, and a browser would cost more than they do.
      runtime: synthetics.Runtime.SYNTHETICS_NODEJS_3_1,
      test: synthetics.Test.custom({
        code: synthetics.Code.fromAsset('dist/lambda/canary'),
        handler: 'index.handler',
      }),
      schedule: synthetics.Schedule.rate(every),
      timeout: Duration.seconds(30),
      environmentVariables: { SITE_URL: `https://${host}` },
      artifactsBucketLocation: { bucket },
      successRetentionPeriod: Duration.days(7),
      failureRetentionPeriod: Duration.days(31),
      provisionedResourceCleanup: true,
    });
    encryptionKey.grant(this.canary.role, 'kms:Decrypt', 'kms:GenerateDataKey');
    this.acknowledge(bucket);
  }

  /** Walks that ended well, in percent, over the time between two walks. */
  public metricSuccessPercent(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.canary.metricSuccessPercent({ period: this.every, statistic: 'Average', ...options });
  }

  /** How long a walk takes, in milliseconds. Average over the time between two walks. */
  public metricDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.canary.metricDuration({ period: this.every, statistic: 'Average', ...options });
  }

  private acknowledge(bucket: s3.Bucket): void {
    const { partition, region, account } = Stack.of(this);
    const known = (value: string, name: string): string => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
    const logs = `arn:${known(partition, 'Partition')}:logs:${known(region, 'Region')}:${known(account, 'AccountId')}`;
    for (const resource of ['*', `<${logicalIdOf(bucket)}.Arn>/*`, `${logs}:log-group:/aws/lambda/cwsyn-*`]) {
      Validations.of(this.canary.role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${resource}]`,
        reason: 'what CDK gives a canary: its metrics, log groups and artifacts have no names before it runs',
      });
    }
  }
}

function logicalIdOf(bucket: s3.Bucket): string {
  const resource = bucket.node.defaultChild;
  return resource instanceof s3.CfnBucket ? String(Stack.of(bucket).resolve(resource.logicalId)) : '';
}
