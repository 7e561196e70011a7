import { isList, isMap, numberOf, type Resource, textOf, type Value } from '../../template';

/** A setting that keeps something safe, and when a change of it makes it less so. */
export interface Safeguard {
  readonly types: readonly string[];
  /** Name of the setting, for people. */
  readonly name: string;
  readonly read: (resource: Resource) => Value | undefined;
  readonly lowered: (from: Value | undefined, to: Value | undefined) => boolean;
}

/** The property under `path`: `at('VersioningConfiguration.Status')`. */
const at = (path: string): Pick<Safeguard, 'name' | 'read'> => ({
  name: path,
  read: (resource) => resource.property(...path.split('.')),
});

/** An attribute of a load balancer. */
const attribute = (key: string): Pick<Safeguard, 'name' | 'read'> => ({
  name: key,
  read: (resource) => {
    const list = resource.property('LoadBalancerAttributes');
    const found = isList(list) ? list.find((item) => isMap(item) && item['Key'] === key) : undefined;
    return isMap(found) ? found['Value'] : undefined;
  },
});

/** From `on` to anything else. */
const off =
  (on: string): Safeguard['lowered'] =>
  (from, to) =>
    textOf(from) === on && textOf(to) !== on;
const gone: Safeguard['lowered'] = (from, to) => from !== undefined && to === undefined;

/** Fewer of what is counted, `otherwise` where nothing is said. */
const fewer =
  (otherwise: number): Safeguard['lowered'] =>
  (from, to) => {
    const [was, is] = [from, to].map((value) => numberOf(value) ?? otherwise);
    return typeof was === 'number' && typeof is === 'number' && is < was;
  };
const shorter: Safeguard['lowered'] = (from, to) =>
  isList(from) && (isList(to) ? from.some((item) => !to.includes(item)) : to === undefined);

const BALANCER = ['AWS::ElasticLoadBalancingV2::LoadBalancer'];
const DATABASES = ['AWS::RDS::DBCluster', 'AWS::RDS::DBInstance'];

/** What refuses that something is deleted. */
export const DELETION_PROTECTION: readonly Safeguard[] = [
  {
    types: [...DATABASES, 'AWS::RDS::GlobalCluster', 'AWS::DocDB::DBCluster'],
    ...at('DeletionProtection'),
    lowered: off('true'),
  },
  { types: ['AWS::DynamoDB::Table'], ...at('DeletionProtectionEnabled'), lowered: off('true') },
  { types: ['AWS::Cognito::UserPool'], ...at('DeletionProtection'), lowered: off('ACTIVE') },
  { types: BALANCER, ...attribute('deletion_protection.enabled'), lowered: off('true') },
];

/** What brings data back, and for how long. */
export const BACKUPS: readonly Safeguard[] = [
  // Both have a day when nothing is said.
  { types: DATABASES, ...at('BackupRetentionPeriod'), lowered: fewer(1) },
  {
    types: ['AWS::ElastiCache::ReplicationGroup', 'AWS::ElastiCache::ServerlessCache'],
    ...at('SnapshotRetentionLimit'),
    lowered: fewer(0),
  },
  {
    types: ['AWS::DynamoDB::Table'],
    ...at('PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled'),
    lowered: off('true'),
  },
  { types: ['AWS::S3::Bucket'], ...at('VersioningConfiguration.Status'), lowered: off('Enabled') },
  // Kept for ever when nothing is said.
  { types: ['AWS::Logs::LogGroup'], ...at('RetentionInDays'), lowered: fewer(Number.POSITIVE_INFINITY) },
  { types: ['AWS::Backup::BackupVault'], ...at('LockConfiguration'), lowered: gone },
];

/** What keeps others from reading along, and what tells afterwards who did what. */
export const DEFENCES: readonly Safeguard[] = [
  { types: ['AWS::ElastiCache::ReplicationGroup'], ...at('TransitEncryptionEnabled'), lowered: off('true') },
  { types: ['AWS::RDS::DBProxy'], ...at('RequireTLS'), lowered: off('true') },
  { types: ['AWS::SQS::Queue'], ...at('SqsManagedSseEnabled'), lowered: off('true') },
  { types: ['AWS::SQS::Queue', 'AWS::SNS::Topic'], ...at('KmsMasterKeyId'), lowered: gone },
  { types: ['AWS::Logs::LogGroup'], ...at('KmsKeyId'), lowered: gone },
  { types: ['AWS::KMS::Key'], ...at('EnableKeyRotation'), lowered: off('true') },
  { types: DATABASES, ...at('EnableCloudwatchLogsExports'), lowered: shorter },
  { types: ['AWS::S3::Bucket'], ...at('LoggingConfiguration'), lowered: gone },
  { types: ['AWS::CloudFront::Distribution'], ...at('DistributionConfig.WebACLId'), lowered: gone },
  { types: ['AWS::CloudFront::Distribution'], ...at('DistributionConfig.Logging'), lowered: gone },
  { types: BALANCER, ...attribute('access_logs.s3.enabled'), lowered: off('true') },
];

/** Types that guard by being there. */
export const GUARDS: ReadonlySet<string> = new Set([
  'AWS::CloudTrail::Trail',
  'AWS::EC2::FlowLog',
  'AWS::GuardDuty::Detector',
  'AWS::Logs::Delivery',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::WAFv2::WebACLAssociation',
]);
