import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface LogBucketProps {
  /**
   * How long a log object is kept.
   *
   * @default Duration.days(90)
   */
  readonly retention?: Duration;
}

/**
 * A private bucket for the logs that AWS services deliver as objects: load balancer, CDN, flow logs.
 *
 * Encrypted with S3's own keys, the only mode that load balancers can write to:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 *
 * @stateful kept when its stack goes, because logs are wanted most when something was deleted
 */
export class LogBucket extends Construct {
  /** The underlying bucket. */
  public readonly bucket: s3.Bucket;

  public constructor(scope: Construct, id: string, props: LogBucketProps = {}) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Resource', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [
        { expiration: props.retention ?? Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'this is a log destination; logging access to it would log the logging',
    });
  }
}
