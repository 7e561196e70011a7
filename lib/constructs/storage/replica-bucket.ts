import { Aws, Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { recoverOtherwise } from '../../shared/recoverability';
import { acknowledgeResource } from '../../shared/wildcards';
import { createKeptBucket } from './kept-bucket';
import { type ReplicaName, replicaBucketName } from './replica-name';

export interface ReplicaBucketProps extends ReplicaName {
  /** The key with {@link replicaKeyAlias}. */
  readonly encryptionKey: kms.IKey;
}

/**
 * The bucket in the recovery region that another one is replicated to. Both are found by name, so that no stack needs an
 * answer of a region that may be lost.
 *
 * @stateful kept when its stack goes
 */
export class ReplicaBucket extends Construct {
  /** The underlying bucket. */
  public readonly bucket: s3.Bucket;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ReplicaBucketProps,
  ) {
    super(scope, id);
    this.bucket = createKeptBucket(this, {
      bucketName: replicaBucketName(props),
      encryptionKey: props.encryptionKey,
      noncurrentVersions: Duration.days(90),
    });
    recoverOtherwise(this.bucket, {
      means: 'copy',
      reason: `it is the copy of the ${props.content} bucket, which is in the backup plan of the primary region`,
    });
  }

  /** Lets a function with `role` list the bucket and read what is below `prefix`. */
  public allowRead(role: iam.IRole, prefix: string): void {
    const name = replicaBucketName(this.props);
    const arn = `arn:${Aws.PARTITION}:s3:::${name}`;
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['s3:ListBucket'], resources: [arn] }));
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [`${arn}/${prefix}/*`] }),
    );
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [this.props.encryptionKey.keyArn] }),
    );
    const spelled = replicaBucketName(this.props, '<AWS::AccountId>');
    acknowledgeResource(role, `arn:<AWS::Partition>:s3:::${spelled}/${prefix}/*`, `reads what is below ${prefix}/`);
  }
}
