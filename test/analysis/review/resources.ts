import type { Resources, Side } from './planted';

type Properties = Readonly<Record<string, unknown>>;

export const of = (Type: string, Properties: Properties = {}, more: object = {}) => ({ Type, Properties, ...more });
export const side = (Resources: Resources, more: Omit<Side, 'Resources'> = {}): Side => ({ Resources, ...more });

export const cluster = (properties: Properties = {}, more: object = {}) =>
  side({ Database: of('AWS::RDS::DBCluster', { Engine: 'aurora-postgresql', ...properties }, more) });
export const retained = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
export const table = (properties: Properties = {}, more: object = {}, id = 'Orders') =>
  side({
    [id]: of(
      'AWS::DynamoDB::Table',
      {
        BillingMode: 'PAY_PER_REQUEST',
        TableClass: 'STANDARD',
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        ...properties,
      },
      more,
    ),
  });
export const nothing = side({ Topic: of('AWS::SNS::Topic', { DisplayName: 'x' }) });
export const bucket = (properties: Properties = {}) => {
  const closed = {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  };
  return side({ Files: of('AWS::S3::Bucket', { PublicAccessBlockConfiguration: closed, ...properties }, retained) });
};
export const role = of('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [] } });
const policy = (...statements: readonly object[]) => ({
  Policy: of('AWS::IAM::Policy', {
    PolicyName: 'p',
    Roles: [{ Ref: 'Role' }],
    PolicyDocument: { Version: '2012-10-17', Statement: statements },
  }),
});
export const granted = (...statements: readonly object[]) => side({ Role: role, ...policy(...statements) });
export const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*' };
export const topicPolicy = (...statements: readonly object[]) =>
  side({
    Topic: of('AWS::SNS::Topic'),
    Access: of('AWS::SNS::TopicPolicy', { Topics: [{ Ref: 'Topic' }], PolicyDocument: { Statement: statements } }),
  });
export const insecure = {
  Effect: 'Deny',
  Principal: '*',
  Action: 'sns:Publish',
  Resource: { Ref: 'Topic' },
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
export const group = (...ingress: readonly object[]) =>
  side({
    Door: of('AWS::EC2::SecurityGroup', { GroupDescription: 'd', VpcId: 'vpc-1', SecurityGroupIngress: ingress }),
  });
export const egress = (...rules: readonly object[]) =>
  side({ Door: of('AWS::EC2::SecurityGroup', { GroupDescription: 'd', VpcId: 'vpc-1', SecurityGroupEgress: rules }) });
export const tcp = (CidrIp: string) => ({ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, CidrIp });
export const target = (MinCapacity: number, MaxCapacity: number) =>
  side({
    Tasks: of('AWS::ApplicationAutoScaling::ScalableTarget', {
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: 'service/c/s',
      MinCapacity,
      MaxCapacity,
    }),
  });
export const alarm = (properties: Properties = {}) =>
  side({
    Topic: of('AWS::SNS::Topic'),
    Cpu: of(
      'AWS::CloudWatch::Alarm',
      {
        Namespace: 'AWS/ECS',
        MetricName: 'CPUUtilization',
        Dimensions: [
          { Name: 'ClusterName', Value: { Ref: 'Cluster' } },
          { Name: 'ServiceName', Value: { 'Fn::GetAtt': ['Service', 'Name'] } },
        ],
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 5,
        Threshold: 80,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'missing',
        AlarmActions: [{ Ref: 'Topic' }],
        ...properties,
      },
      { Metadata: { 'Headroom::Alarm': { id: 'cpu', runbook: 'cpu' } } },
    ),
    Cluster: of('AWS::ECS::Cluster'),
    Service: of('AWS::ECS::Service', { Cluster: { Ref: 'Cluster' } }),
  });
export const without = ({ Resources }: Side, id: string): Side =>
  side(Object.fromEntries(Object.entries(Resources).filter(([name]) => name !== id)));
export const and = (one: Side, other: Resources): Side => side({ ...one.Resources, ...other });
export const balancer = (Scheme: string) => side({ Door: of('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme }) });
export const promised = (latencyP95Ms: number): Side => ({
  ...nothing,
  Metadata: { 'Headroom::Objectives': { latencyP95Ms } },
});
export const plan = (backedUp: boolean): Resources => ({
  Plan: of('AWS::Backup::BackupPlan', {
    BackupPlan: {
      BackupPlanRule: [
        { RuleName: 'daily', TargetBackupVault: 'v', Lifecycle: { DeleteAfterDays: backedUp ? 35 : 7 } },
      ],
    },
  }),
});
export const secret = (regions: readonly string[]) =>
  side({
    Key: of(
      'AWS::SecretsManager::Secret',
      { KmsKeyId: 'k', Description: regions.join(), ReplicaRegions: regions.map((Region) => ({ Region })) },
      retained,
    ),
  });
export const queue = (properties: Properties = {}) => side({ Jobs: of('AWS::SQS::Queue', properties) });
