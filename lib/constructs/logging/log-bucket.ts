import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { bucketEncryption } from '../../shared/encryption-key';
import { recoverOtherwise } from '../../shared/recoverability';

export interface LogBucketProps {
  /**
   * How long a log object is kept.
   *
   * @default Duration.days(90)
   */
  readonly retention?: Duration;

  /**
   * Key that encrypts the logs; whoever delivers them must be allowed to use it.
   *
   * @default - S3's own keys: the only mode that load balancers and S3's server access logs can write to
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * A private bucket for the logs that AWS services deliver as objects: load balancer, CDN, flow logs.
 *
 * What load balancers and S3's server access logs can write to:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
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
      ...bucketEncryption(props.encryptionKey),
      enforceSSL: true,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [
        { expiration: props.retention ?? Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    recoverOtherwise(this.bucket, {
      means: 'none',
      reason: 'logs tell what happened and age out; the platform comes back without them',
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'this is a log destination; logging access to it would log the logging',
    });
  }
}
