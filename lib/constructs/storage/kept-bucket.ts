import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { bucketEncryption } from '../../shared/encryption-key';
import { acknowledgeObjects } from '../../shared/wildcards';
import { LogBucket } from '../logging/log-bucket';
import { replicate } from './bucket-replication';
import type { ReplicaName } from './replica-name';

export interface KeptBucketProps {
  /**
   * Name, when somebody in another region must know it before the bucket is there (docs/decisions/0076).
   *
   * @default - CloudFormation makes one
   */
  readonly bucketName?: string;

  readonly encryptionKey: kms.IKey;

  /** How long replaced and deleted versions are kept. */
  readonly noncurrentVersions: Duration;

  /**
   * The bucket in the recovery region that gets everything, within 15 minutes.
   *
   * @default - none
   */
  readonly replica?: ReplicaName;
}

/**
 * A private, versioned bucket `Resource` under `scope`, with its access log: what is overwritten or deleted stays for a
 * while, and the bucket stays when its stack goes.
 */
export function createKeptBucket(scope: Construct, props: KeptBucketProps): s3.Bucket {
  const { bucketName, encryptionKey, noncurrentVersions, replica } = props;
  const bucket = new s3.Bucket(scope, 'Resource', {
    ...(bucketName === undefined ? {} : { bucketName }),
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    ...bucketEncryption(encryptionKey),
    enforceSSL: true,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned: true,
    lifecycleRules: [
      { noncurrentVersionExpiration: noncurrentVersions, abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
    serverAccessLogsBucket: new LogBucket(scope, 'Logs').bucket,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  if (replica !== undefined) replicate({ bucket, encryptionKey }, replica);
  return bucket;
}

/** Lets a function with `role` put objects below `prefix`, and nothing else. */
export function allowPut(role: iam.IRole, bucket: s3.Bucket, prefix: string): void {
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects(`${prefix}/*`)] }),
  );
  const { encryptionKey } = bucket;
  if (encryptionKey !== undefined) {
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resources: [encryptionKey.keyArn] }),
    );
  }
  acknowledgeObjects(role, bucket, `${prefix}/*`, `what it writes has a new name each time, always below ${prefix}/`);
}
