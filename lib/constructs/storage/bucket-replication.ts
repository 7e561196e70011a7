import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { acknowledgeObjects, acknowledgeResource, spelledArn } from '../../shared/wildcards';
import { type ReplicaName, replicaBucketName, replicaKeyAlias } from './replica-name';

/** A versioned bucket with a key of its own. */
interface Source {
  readonly bucket: s3.Bucket;
  readonly encryptionKey: kms.IKey;
}

const WITHIN = { status: 'Enabled', time: { minutes: 15 } } as const;

/**
 * Sends everything that is put into a bucket to its replica, within the 15 minutes that AWS promises, and has the delay
 * measured. Deletions stay here. Bucket and key of the replica are found by name (docs/decisions/0076).
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 */
export function replicate(source: Source, replica: ReplicaName): void {
  const { bucket } = source;
  const arn = `arn:${Aws.PARTITION}:s3:::${replicaBucketName(replica)}`;
  const role = replicationRole(source, replica, arn);
  const resource = bucket.node.defaultChild as s3.CfnBucket;
  resource.replicationConfiguration = {
    role: role.roleArn,
    rules: [
      {
        id: 'everything',
        status: 'Enabled',
        priority: 1,
        filter: {},
        deleteMarkerReplication: { status: 'Disabled' },
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
        destination: {
          bucket: arn,
          encryptionConfiguration: { replicaKmsKeyId: keyArn(bucket, replica, replicaKeyAlias(replica)) },
          replicationTime: WITHIN,
          metrics: { status: WITHIN.status, eventThreshold: WITHIN.time },
        },
      },
    ],
  };
}

const keyArn = (bucket: s3.Bucket, { region }: ReplicaName, resource: string): string =>
  Stack.of(bucket).formatArn({ service: 'kms', region, resource });

function replicationRole({ bucket, encryptionKey }: Source, replica: ReplicaName, arn: string): iam.Role {
  const role = new iam.Role(bucket, 'Replication', { assumedBy: new iam.ServicePrincipal('s3.amazonaws.com') });
  const allow = (actions: string[], resource: string, conditions: iam.Conditions = {}): void =>
    void role.addToPolicy(new iam.PolicyStatement({ actions, resources: [resource], conditions }));
  allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], bucket.bucketArn);
  allow(
    ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
    bucket.arnForObjects('*'),
  );
  allow(['s3:ReplicateObject', 's3:ReplicateTags'], `${arn}/*`);
  allow(['kms:Decrypt'], encryptionKey.keyArn);
  // An alias grants nothing by itself: whichever key has it may be used.
  allow(['kms:Encrypt', 'kms:GenerateDataKey'], keyArn(bucket, replica, 'key/*'), {
    'ForAnyValue:StringEquals': { 'kms:ResourceAliases': replicaKeyAlias(replica) },
  });
  const reason = 'a bucket is replicated as a whole';
  acknowledgeObjects(role, bucket, '*', reason);
  acknowledgeResource(role, `arn:<AWS::Partition>:s3:::${replicaBucketName(replica, '<AWS::AccountId>')}/*`, reason);
  acknowledgeResource(
    role,
    spelledArn(bucket, 'kms', 'key/*', replica.region),
    'only the one key that has the alias: the condition says so',
  );
  return role;
}
