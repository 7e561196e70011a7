import { PLATFORM } from './sample';

/** The platform of the worked month in docs/cost.md. */
export const WORKED_PLATFORM: typeof PLATFORM = {
  Vpc: { Type: 'AWS::EC2::VPC' },
  SubnetA: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' } } },
  SubnetB: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' } } },
  NatA: { Type: 'AWS::EC2::NatGateway' },
  NatB: { Type: 'AWS::EC2::NatGateway' },
  AddressA: { Type: 'AWS::EC2::EIP' },
  AddressB: { Type: 'AWS::EC2::EIP' },
  Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Scheme: 'internal' } },
  ...Object.fromEntries(
    ['Cluster', 'Task', 'Service', 'ServiceTarget'].flatMap((id) =>
      PLATFORM[id] === undefined ? [] : [[id, PLATFORM[id]]],
    ),
  ),
  Database: { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql', EngineVersion: '16.6' } },
  ...Object.fromEntries(
    ['Writer', 'ReaderA', 'ReaderB'].map((id) => [
      id,
      {
        Type: 'AWS::RDS::DBInstance',
        Properties: { DBClusterIdentifier: { Ref: 'Database' }, DBInstanceClass: 'db.r7g.large' },
      },
    ]),
  ),
  Proxy: { Type: 'AWS::RDS::DBProxy' },
  ProxyTargets: {
    Type: 'AWS::RDS::DBProxyTargetGroup',
    Properties: { DBProxyName: { Ref: 'Proxy' }, DBClusterIdentifiers: [{ Ref: 'Database' }] },
  },
  Cache: {
    Type: 'AWS::ElastiCache::ReplicationGroup',
    Properties: { Engine: 'valkey', CacheNodeType: 'cache.r7g.large', NumNodeGroups: 1, ReplicasPerNodeGroup: 1 },
  },
  Distribution: { Type: 'AWS::CloudFront::Distribution', Properties: { DistributionConfig: {} } },
  Acl: {
    Type: 'AWS::WAFv2::WebACL',
    Properties: { Scope: 'CLOUDFRONT', Rules: Array.from({ length: 8 }, () => ({})) },
  },
  Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 90 } },
  Dashboard: { Type: 'AWS::CloudWatch::Dashboard' },
  Key: { Type: 'AWS::KMS::Key' },
  Secret: { Type: 'AWS::SecretsManager::Secret' },
};

/** Its usage, as in the table of the document. */
export const WORKED_USAGE = {
  traffic: { requests: 100e6 },
  resources: {
    Service: { averageTasks: 4 },
    Balancer: { lcuHours: 200 },
    'AWS::EC2::NatGateway': { processedGb: 20 },
    Vpc: { crossZoneGb: 100 },
    Database: { storageGb: 100, ioMillions: 200, backupGb: 20 },
    Distribution: { requests: 100e6, responseGb: 1000 },
    Acl: { requests: 100e6 },
    Logs: { ingestedGb: 100, storedGb: 45 },
    Key: { requests: 200_000 },
    Secret: { requests: 10_000 },
  },
};
