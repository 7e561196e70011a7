import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { bucketEncryption, encryptionKey } from '../../shared/encryption-key';
import { recoverOtherwise } from '../../shared/recoverability';
import { acknowledgeObjects } from '../../shared/wildcards';

/** How long a report is kept; what a function remembers is written anew with every run. */
const KEPT = Duration.days(90);

/** Reports of the functions that watch, and what these remember from run to run; each has a folder of its own. */
export class ReportBucket extends Construct {
  /** The underlying bucket. */
  public readonly bucket: s3.Bucket;

  private readonly key: kms.IKey;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.key = encryptionKey(this, 'Reports about queries, replicas and capacity');
    this.bucket = new s3.Bucket(this, 'Resource', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      ...bucketEncryption(this.key),
      enforceSSL: true,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [{ expiration: KEPT, abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    recoverOtherwise(this.bucket, {
      means: 'rebuild',
      reason: 'the next run writes the report anew, from the statistics of the database and of CloudWatch',
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'three functions and people read and write it; what they find is in the metrics too',
    });
  }

  /** Lets `role` read and write below `folder`. */
  public grantFolder(role: iam.IRole, folder: string): void {
    const { bucket } = this;
    const policy = new iam.Policy(this, `Folder-${folder}`, {
      roles: [role],
      statements: [
        new iam.PolicyStatement({
          actions: ['s3:GetObject', 's3:PutObject'],
          resources: [bucket.arnForObjects(`${folder}/*`)],
        }),
        // Without it S3 answers 403 instead of 404 to the first run, which has nothing to remember.
        new iam.PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
        new iam.PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.key.keyArn] }),
      ],
    });
    acknowledgeObjects(
      policy,
      bucket,
      `${folder}/*`,
      'objects of its own folder, which have no name before they are there',
    );
  }
}
