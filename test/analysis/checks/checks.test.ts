import { CHECKS } from '../../../analysis/checks';
import { assemblyOf } from './template-assembly';

const PRIVATE_BUCKET = {
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  },
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
  },
};
const KEPT = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };

const check = (id: string) => {
  const found = CHECKS.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
};
const messages = (id: string, resources: Record<string, object>): string[] =>
  check(id)
    .find(assemblyOf(resources))
    .map(({ resource, message }) => `${resource.logicalId}: ${message}`);

test.each<[string, object, string]>([
  [
    'an internet-facing load balancer',
    { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Scheme: 'internet-facing' } },
    'internet-facing load balancer',
  ],
  [
    'a load balancer that does not say (AWS makes it internet-facing)',
    { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: {} },
    'internet-facing load balancer',
  ],
  [
    'a public database',
    { Type: 'AWS::RDS::DBInstance', Properties: { PubliclyAccessible: true } },
    'publicly accessible database',
  ],
  ['a bucket that blocks nothing', { Type: 'AWS::S3::Bucket' }, 'bucket without all public access blocked'],
  [
    'a bucket that blocks three of four',
    {
      Type: 'AWS::S3::Bucket',
      Properties: {
        PublicAccessBlockConfiguration: { ...PRIVATE_BUCKET.PublicAccessBlockConfiguration, BlockPublicPolicy: false },
      },
    },
    'bucket without all public access blocked',
  ],
  [
    'a security group for everyone',
    {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { SecurityGroupIngress: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '0.0.0.0/0' }] },
    },
    'security group open to everyone',
  ],
  [
    'a rule for everyone with IPv6',
    { Type: 'AWS::EC2::SecurityGroupIngress', Properties: { CidrIpv6: '::/0' } },
    'rule open to everyone',
  ],
  [
    'a function URL without authorization',
    { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'NONE' } },
    'function URL without authorization',
  ],
])('nothing-public finds %s', (_what, resource, how) => {
  expect(messages('nothing-public', { Planted: resource })).toEqual([
    `Planted: ${how}: reach it through the CDN instead and close it to the internet`,
  ]);
});

test('nothing-public accepts the CDN, internal load balancers, and what is closed', () => {
  const resources = {
    Cdn: { Type: 'AWS::CloudFront::Distribution' },
    Internal: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Scheme: 'internal' } },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: PRIVATE_BUCKET },
    Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { SecurityGroupIngress: [{ CidrIp: '10.0.0.0/8' }] } },
    Url: { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'AWS_IAM' } },
  };
  expect(messages('nothing-public', resources)).toEqual([]);
});

test.each<[string, object]>([
  ['a cluster', { Type: 'AWS::RDS::DBCluster', Properties: {} }],
  ['a cluster that says no', { Type: 'AWS::RDS::DBCluster', Properties: { StorageEncrypted: false } }],
  ['a cache', { Type: 'AWS::ElastiCache::ReplicationGroup', Properties: {} }],
  ['a bucket', { Type: 'AWS::S3::Bucket', Properties: {} }],
])('state-encrypted finds %s without encryption', (_what, resource) => {
  expect(messages('state-encrypted', { Planted: resource })).toEqual(['Planted: not encrypted at rest: give it a key']);
});

test('state-encrypted accepts keys of AWS and own keys', () => {
  const resources = {
    AwsKey: { Type: 'AWS::RDS::DBCluster', Properties: { StorageEncrypted: true } },
    OwnKey: { Type: 'AWS::RDS::DBCluster', Properties: { StorageEncrypted: true, KmsKeyId: 'arn' } },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: PRIVATE_BUCKET },
  };
  expect(messages('state-encrypted', resources)).toEqual([]);
});

const withAwsKey = {
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
  },
};

test('own-key finds what a key of AWS encrypts, except where the writer can use no other', () => {
  const resources = {
    Loose: { Type: 'AWS::S3::Bucket', Properties: withAwsKey },
    Db: { Type: 'AWS::RDS::DBCluster', Properties: { StorageEncrypted: true } },
    ForLoadBalancer: { Type: 'AWS::S3::Bucket', Properties: withAwsKey },
    ForBucket: { Type: 'AWS::S3::Bucket', Properties: withAwsKey },
    Balancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: { LoadBalancerAttributes: [{ Key: 'access_logs.s3.bucket', Value: { Ref: 'ForLoadBalancer' } }] },
    },
    Assets: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { KMSMasterKeyID: 'arn' } }],
        },
        LoggingConfiguration: { DestinationBucketName: { Ref: 'ForBucket' } },
        ReplicationConfiguration: { Rules: [{ Destination: { Bucket: { Ref: 'Loose' } } }] },
      },
    },
  };
  expect(messages('own-key', resources).map((message) => message.split(':')[0])).toEqual(['Db', 'Loose']);
});

test.each<[string, object]>([
  ['says nothing', {}],
  ['is deleted with its stack', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain' }],
  ['is deleted by a replacement', { DeletionPolicy: 'Snapshot' }],
])('state-kept finds a cluster that %s', (_what, policies) => {
  expect(messages('state-kept', { Db: { Type: 'AWS::RDS::DBCluster', ...policies } })).toHaveLength(1);
});

test('state-kept accepts what is retained or snapshotted both ways', () => {
  const resources = {
    Bucket: { Type: 'AWS::S3::Bucket', ...KEPT },
    Db: { Type: 'AWS::RDS::DBCluster', DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' },
  };
  expect(messages('state-kept', resources)).toEqual([]);
});

test('no-desired-count finds a service that states one, even zero', () => {
  const resources = {
    Stated: { Type: 'AWS::ECS::Service', Properties: { DesiredCount: 0 } },
    Scaled: { Type: 'AWS::ECS::Service', Properties: {} },
  };
  expect(messages('no-desired-count', resources)).toEqual([
    'Stated: states DesiredCount: each deployment would undo what scaling did; leave it out',
  ]);
});

test('no-reference-exporters finds the custom resources of the old cross-region references', () => {
  const resources = { Writer: { Type: 'Custom::CrossRegionExportWriter', Properties: { ServiceToken: 'arn' } } };
  expect(messages('no-reference-exporters', resources)).toHaveLength(1);
});

test('scaling-bounds finds a minimum above its maximum', () => {
  const target = (MinCapacity: number, MaxCapacity: number) => ({
    Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    Properties: { MinCapacity, MaxCapacity },
  });
  expect(messages('scaling-bounds', { Bad: target(5, 4), Good: target(2, 10), Equal: target(3, 3) })).toEqual([
    'Bad: MinCapacity 5 is above MaxCapacity 4: nothing can be registered',
  ]);
});

describe('the public door', () => {
  const cdn = (more: object = {}, fallback: object = {}) => ({
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        WebACLId: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/1',
        Origins: [
          { Id: 'app', DomainName: 'app.example.com', CustomOriginConfig: { OriginProtocolPolicy: 'https-only' } },
        ],
        DefaultCacheBehavior: {
          TargetOriginId: 'app',
          ViewerProtocolPolicy: 'redirect-to-https',
          CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
          ...fallback,
        },
        ...more,
      },
    },
  });

  test.each(['public-entry-has-web-acl', 'viewers-use-tls', 'origins-use-tls', 'no-shared-identity'])(
    '%s has nothing against a good one',
    (id) => {
      expect(messages(id, { Cdn: cdn() })).toEqual([]);
    },
  );

  test('a CDN, or another way in, without a web ACL is found', () => {
    const api = { Type: 'AWS::ApiGatewayV2::Api', Properties: {} };
    expect(messages('public-entry-has-web-acl', { Cdn: cdn({ WebACLId: undefined }), Api: api })).toEqual([
      'Cdn: CDN without a web ACL: associate one',
      'Api: HTTP API endpoint without a web ACL: associate one',
    ]);
    const association = {
      Type: 'AWS::WAFv2::WebACLAssociation',
      Properties: { ResourceArn: { Ref: 'Api' }, WebACLArn: 'arn' },
    };
    expect(messages('public-entry-has-web-acl', { Api: api, Association: association })).toEqual([]);
  });

  test('plain HTTP for viewers is found', () => {
    expect(messages('viewers-use-tls', { Cdn: cdn({}, { ViewerProtocolPolicy: 'allow-all' }) })).toEqual([
      "Cdn: behaviour '*' answers plain HTTP: redirect to HTTPS or refuse it",
    ]);
  });

  test('plain HTTP over the internet to an origin is found', () => {
    const Origins = [{ Id: 'app', DomainName: 'x', CustomOriginConfig: { OriginProtocolPolicy: 'match-viewer' } }];
    expect(messages('origins-use-tls', { Cdn: cdn({ Origins }) })).toEqual([
      "Cdn: origin 'app' is asked over plain HTTP: set OriginProtocolPolicy to https-only",
    ]);
  });

  test('a personalised path that is cached for everybody is found', () => {
    const allViewer = { OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3' };
    expect(messages('no-shared-identity', { Cdn: cdn({}, allViewer) })).toContain(
      "Cdn: behaviour '*' sends cookie session to the origin, but its cache key does not have it: add it to the cache " +
        'policy, stop sending it, or stop caching the path',
    );
  });
});
