import { RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/**
 * The own key of `scope`, rotated each year, and kept when its stack goes: what it encrypts would be lost with it.
 *
 * @param description what it encrypts
 */
export function encryptionKey(scope: Construct, description: string): kms.Key {
  return new kms.Key(scope, 'Key', { description, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
}

/** What encrypts a bucket: `key`, asked once per bucket and hour instead of once per object, or S3's own keys without one. */
export function bucketEncryption(key: kms.IKey | undefined) {
  return key === undefined
    ? { encryption: s3.BucketEncryption.S3_MANAGED }
    : { encryption: s3.BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true };
}
