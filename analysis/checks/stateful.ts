import { type Assembly, isMap, type Resource, type Value } from '../template';

/** What keeps a stateful resource from being lost or read. */
export interface Protection {
  readonly resource: Resource;
  /** Key that encrypts it at rest; `none` when nothing says that it is encrypted. */
  readonly encryption: 'own key' | 'AWS key' | 'none';
  /** What CloudFormation does with it when its stack lets it go. */
  readonly onDelete: 'retain' | 'snapshot' | 'delete';
  /** What CloudFormation does with the old one when a change replaces it. */
  readonly onReplace: 'retain' | 'snapshot' | 'delete';
  /** Whether the service itself refuses to delete it; `undefined` where the service has no such switch. */
  readonly deletionProtection: boolean | undefined;
}

interface StatefulType {
  readonly encryption: (resource: Resource) => Protection['encryption'];
  /** Name of the property that makes the service refuse to delete it. */
  readonly protection?: string;
}

const keyAt =
  (...path: readonly string[]) =>
  (resource: Resource): Protection['encryption'] =>
    resource.property(...path) === undefined ? 'none' : 'own key';

/** With `switchProperty` on and no key, the service uses a key that AWS owns. */
const switchedOn =
  (switchProperty: string, ...keyPath: readonly string[]) =>
  (resource: Resource): Protection['encryption'] => {
    if (resource.property(...keyPath) !== undefined) return 'own key';
    return resource.property(switchProperty) === true ? 'AWS key' : 'none';
  };

function bucketEncryption(resource: Resource): Protection['encryption'] {
  const rule: Value | undefined = resource.property(
    'BucketEncryption',
    'ServerSideEncryptionConfiguration',
    0,
    'ServerSideEncryptionByDefault',
  );
  if (rule === undefined || !isMap(rule)) return 'none';
  return rule['KMSMasterKeyID'] === undefined ? 'AWS key' : 'own key';
}

const alwaysAwsKey =
  (...keyPath: readonly string[]) =>
  (resource: Resource): Protection['encryption'] =>
    resource.property(...keyPath) === undefined ? 'AWS key' : 'own key';

/** Every type that holds what cannot be made again from the code. */
const STATEFUL_TYPES: Readonly<Record<string, StatefulType>> = {
  'AWS::RDS::DBCluster': { encryption: switchedOn('StorageEncrypted', 'KmsKeyId'), protection: 'DeletionProtection' },
  'AWS::RDS::GlobalCluster': {
    // Made from a cluster, it has that one's encryption and refuses to be told another.
    encryption: (cluster) =>
      cluster.property('SourceDBClusterIdentifier') === undefined
        ? switchedOn('StorageEncrypted', 'KmsKeyId')(cluster)
        : 'own key',
    protection: 'DeletionProtection',
  },
  'AWS::ElastiCache::ReplicationGroup': { encryption: switchedOn('AtRestEncryptionEnabled', 'KmsKeyId') },
  'AWS::ElastiCache::ServerlessCache': { encryption: alwaysAwsKey('KmsKeyId') },
  'AWS::S3::Bucket': { encryption: bucketEncryption },
  'AWS::SecretsManager::Secret': { encryption: alwaysAwsKey('KmsKeyId') },
  'AWS::Backup::BackupVault': { encryption: alwaysAwsKey('EncryptionKeyArn') },
  // AWS keeps it with a key of its own unless it is given one.
  'AWS::Backup::LogicallyAirGappedBackupVault': { encryption: alwaysAwsKey('EncryptionKeyArn') },
  'AWS::DynamoDB::Table': {
    encryption: alwaysAwsKey('SSESpecification', 'KMSMasterKeyId'),
    protection: 'DeletionProtectionEnabled',
  },
  'AWS::EFS::FileSystem': { encryption: keyAt('KmsKeyId') },
  'AWS::KMS::Key': { encryption: () => 'own key' },
};

/** Every stateful resource of `assembly` and how it is protected. */
export function statefulResources(assembly: Assembly): readonly Protection[] {
  return assembly.ofType(...Object.keys(STATEFUL_TYPES)).map((resource) => {
    const type = STATEFUL_TYPES[resource.type];
    return {
      resource,
      encryption: type?.encryption(resource) ?? 'none',
      onDelete: policy(resource.deletionPolicy),
      onReplace: policy(resource.updateReplacePolicy),
      deletionProtection: type?.protection === undefined ? undefined : resource.property(type.protection) === true,
    };
  });
}

/** Where a writer names the bucket that it delivers to, for those writers that can only use S3's own keys. */
const LIMITED_WRITERS: Readonly<Record<string, string>> = {
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'LoadBalancerAttributes',
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
  'AWS::S3::Bucket': 'LoggingConfiguration',
};

/** Whether AWS lets `resource` have a key of its own: a bucket that a limited writer delivers to cannot. */
export function mayHaveOwnKey(assembly: Assembly, resource: Resource): boolean {
  return !assembly.linksTo(resource).some(({ from, path }) => LIMITED_WRITERS[from.type] === path[0]);
}

/** CloudFormation deletes when nothing else is said; clusters without a policy are snapshotted, which we want said. */
function policy(value: string | undefined): Protection['onDelete'] {
  if (value === 'Snapshot') return 'snapshot';
  return value === 'Retain' || value === 'RetainExceptOnCreate' ? 'retain' : 'delete';
}
