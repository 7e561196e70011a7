import type { Case } from './planted';
import {
  and,
  balancer,
  bucket,
  egress,
  granted,
  group,
  insecure,
  nothing,
  of,
  queue,
  read,
  role,
  side,
  tcp,
  topicPolicy,
} from './resources';

/** Cases of the rules about security. What replaces is from "Update requires" in the CloudFormation resource reference. */
export const SECURITY_CASES: readonly Case[] = [
  ['network-open-to-everyone', [group(), group(tcp('0.0.0.0/0'))], [group(), group(tcp('10.0.0.0/16'))]],
  [
    'newly-public',
    [balancer('internal'), balancer('internet-facing')],
    [balancer('internet-facing'), balancer('internal')],
  ],
  [
    'granted-to-everyone',
    [
      topicPolicy(),
      topicPolicy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sns:Publish', Resource: { Ref: 'Topic' } }),
    ],
    [
      topicPolicy(),
      topicPolicy({
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'sns:Publish',
        Resource: { Ref: 'Topic' },
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
      }),
    ],
  ],
  [
    'new-distribution',
    [nothing, and(nothing, { Cdn: of('AWS::CloudFront::Distribution', { DistributionConfig: {} }) })],
    [nothing, and(nothing, { Door: of('AWS::ElasticLoadBalancingV2::LoadBalancer') })],
  ],
  [
    'wildcard-granted',
    [granted(read), granted(read, { Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::b' })],
    [granted(read), granted(read, { Effect: 'Deny', Action: 's3:*', Resource: '*' })],
  ],
  // Cut into two statements it allows what it did.
  [
    'access-widened',
    [granted(read), granted({ ...read, Action: ['s3:GetObject', 's3:PutObject'] })],
    [
      granted({ ...read, Action: ['s3:GetObject', 's3:PutObject'] }),
      granted(read, { ...read, Action: 's3:PutObject' }),
    ],
  ],
  ['denial-removed', [topicPolicy(insecure), topicPolicy()], [topicPolicy(), topicPolicy(insecure)]],
  [
    'policy-attached',
    [
      side({ Role: role }),
      side({
        Role: of('AWS::IAM::Role', {
          AssumeRolePolicyDocument: { Statement: [] },
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
        }),
      }),
    ],
    [
      side({
        Role: of('AWS::IAM::Role', {
          AssumeRolePolicyDocument: { Statement: [] },
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
        }),
      }),
      side({ Role: role }),
    ],
  ],
  ['network-opened', [group(), group(tcp('10.0.0.0/16'))], [group(tcp('10.0.0.0/16')), group()]],
  [
    'encryption-lowered',
    [
      bucket({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' } },
          ],
        },
      }),
      bucket(),
    ],
    [
      bucket(),
      bucket({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      }),
    ],
  ],
  [
    'defence-lowered',
    [queue({ SqsManagedSseEnabled: true }), queue({ SqsManagedSseEnabled: false })],
    [queue({ SqsManagedSseEnabled: false }), queue({ SqsManagedSseEnabled: true })],
  ],
  [
    'guard-removed',
    [and(nothing, { Flows: of('AWS::EC2::FlowLog') }), nothing],
    [nothing, and(nothing, { Flows: of('AWS::EC2::FlowLog') })],
  ],
  [
    'finding-accepted',
    [nothing, { ...nothing, accepted: { 'AwsSolutions-S1': 'it is a log bucket itself' } }],
    [{ ...nothing, accepted: { 'AwsSolutions-S1': 'x' } }, nothing],
  ],
  [
    'finding-appeared',
    [nothing, and(nothing, { Service: of('AWS::ECS::Service', { DesiredCount: 2 }) })],
    [nothing, and(nothing, { Service: of('AWS::ECS::Service') })],
  ],
  ['access-new', [nothing, and(nothing, granted(read).Resources)], [granted(), granted(read)]],
  ['exit-opened', [egress(), egress(tcp('10.0.0.0/16'))], [group(), group(tcp('10.0.0.0/16'))]],
  [
    'finding-resolved',
    [side({ Service: of('AWS::ECS::Service', { DesiredCount: 2 }) }), side({ Service: of('AWS::ECS::Service') })],
    [and(nothing, { Service: of('AWS::ECS::Service', { DesiredCount: 2 }) }), nothing],
  ],
];
