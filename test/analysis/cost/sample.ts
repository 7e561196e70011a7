import { type Estimate, type EstimateOptions, estimate, usageFrom } from '../../../analysis/cost';
import { loadTemplate } from '../template/write-template';

type Resources = Readonly<
  Record<string, { readonly Type: string; readonly Properties?: unknown; readonly Metadata?: unknown }>
>;

/** A small platform with one of most things: what the properties are tried on. */
export const PLATFORM: Resources = {
  Vpc: { Type: 'AWS::EC2::VPC' },
  SubnetA: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' } } },
  SubnetB: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' } } },
  Nat: { Type: 'AWS::EC2::NatGateway' },
  Address: { Type: 'AWS::EC2::EIP' },
  Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Scheme: 'internal' } },
  Cluster: { Type: 'AWS::ECS::Cluster' },
  Task: {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: { Cpu: '1024', Memory: '2048', RuntimePlatform: { CpuArchitecture: 'ARM64' } },
  },
  Service: {
    Type: 'AWS::ECS::Service',
    Properties: {
      Cluster: { Ref: 'Cluster' },
      TaskDefinition: { Ref: 'Task' },
      LaunchType: 'FARGATE',
      LoadBalancers: [{}],
    },
  },
  ServiceTarget: {
    Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    Properties: {
      ResourceId: { 'Fn::Join': ['', ['service/', { Ref: 'Cluster' }, '/', { 'Fn::GetAtt': ['Service', 'Name'] }]] },
      ScalableDimension: 'ecs:service:DesiredCount',
      MinCapacity: 2,
      MaxCapacity: 10,
    },
  },
  Database: { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql', EngineVersion: '16.6' } },
  Writer: {
    Type: 'AWS::RDS::DBInstance',
    Properties: { DBClusterIdentifier: { Ref: 'Database' }, DBInstanceClass: 'db.r7g.large' },
  },
  Reader: {
    Type: 'AWS::RDS::DBInstance',
    Properties: { DBClusterIdentifier: { Ref: 'Database' }, DBInstanceClass: 'db.r7g.large' },
  },
  Cache: {
    Type: 'AWS::ElastiCache::ReplicationGroup',
    Properties: { Engine: 'valkey', CacheNodeType: 'cache.r7g.large', NumNodeGroups: 1, ReplicasPerNodeGroup: 1 },
  },
  Distribution: { Type: 'AWS::CloudFront::Distribution', Properties: { DistributionConfig: {} } },
  Acl: { Type: 'AWS::WAFv2::WebACL', Properties: { Scope: 'CLOUDFRONT', Rules: [{}, {}] } },
  Function: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 256 } },
  Queue: { Type: 'AWS::SQS::Queue' },
  Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 30 } },
  Bucket: { Type: 'AWS::S3::Bucket' },
  Key: { Type: 'AWS::KMS::Key' },
  Role: { Type: 'AWS::IAM::Role' },
};

export const TODAY = new Date('2026-11-01T00:00:00Z');

/** Estimates `resources` in us-east-1 with `usage`, as a usage file would have it. */
export function priced(resources: Resources, usage: unknown = {}, options: EstimateOptions = {}): Estimate {
  return estimate(loadTemplate({ Resources: resources }), {
    usage: usageFrom(usage, 'the test'),
    today: TODAY,
    ...options,
  });
}

/** The expected USD of each line, by meter. */
export function byMeter(result: Estimate): Readonly<Record<string, number | undefined>> {
  return Object.fromEntries(
    result.lines.map(({ meter, label, usd }) => [label === undefined ? meter : `${meter} (${label})`, usd?.expected]),
  );
}

/** A task definition. */
export const task = (cpu = '1024', memory = '2048', more = {}): object => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: { Cpu: cpu, Memory: memory, ...more },
});

/** A service of one task definition in a cluster. */
export const service = (properties: object): Resources => ({
  Task: task() as { Type: string },
  Cluster: { Type: 'AWS::ECS::Cluster' },
  Service: {
    Type: 'AWS::ECS::Service',
    Properties: { TaskDefinition: { Ref: 'Task' }, Cluster: { Ref: 'Cluster' }, ...properties },
  },
});
