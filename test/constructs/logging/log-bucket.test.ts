import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { LogBucket } from '../../../lib/constructs/logging/log-bucket';
import { synthesizedTemplate } from '../synthesized-template';

test('is private, encrypted, kept, and forgets after ninety days', () => {
  const template = synthesizedTemplate((stack) => new LogBucket(stack, 'Logs'));
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }] },
    },
  });
});

test('keeps logs as long as it is told', () => {
  const template = synthesizedTemplate((stack) => new LogBucket(stack, 'Logs', { retention: Duration.days(7) }));
  template.hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [{ ExpirationInDays: 7 }] } });
});

test('takes a key of its own from writers that can use it', () => {
  const template = synthesizedTemplate((stack) => {
    new LogBucket(stack, 'Logs', { encryptionKey: new kms.Key(stack, 'Key') });
  });
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        Match.objectLike({ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }),
      ],
    },
  });
});
