import { Duration, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as s3deploy from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { encryptionKey } from '../../shared/encryption-key';
import { backUp } from '../../shared/recoverability';
import { createKeptBucket } from '../storage/kept-bucket';
import type { ReplicaName } from '../storage/replica-name';

export interface StaticAssetsProps {
  /**
   * How long replaced and deleted versions are kept.
   *
   * @default Duration.days(30)
   */
  readonly noncurrentVersions?: Duration;

  /**
   * Key that encrypts the files.
   *
   * @default - a key of its own
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The bucket in the recovery region that gets every file too.
   *
   * @default - none
   */
  readonly replica?: ReplicaName;
}

/** What a release brings. */
export interface StaticRelease {
  /** Folder of files whose names change with their content; served below `/static/`. */
  readonly immutableFiles: string;

  /** Folder of files that keep their names, such as `maintenance/503.html`; they may name immutable files. */
  readonly entryFiles: string;

  /** Paths of the entry files, to be invalidated. */
  readonly entryPaths: readonly string[];
}

/**
 * The bucket of the static files, and a release of it that never causes a 404: new immutable files are there before an
 * entry file names them, and old ones stay, because pages that are already open still ask for them.
 *
 * @stateful kept when its stack goes
 */
export class StaticAssets extends Construct {
  /** The underlying bucket. */
  public readonly bucket: s3.Bucket;

  public constructor(scope: Construct, id: string, props: StaticAssetsProps = {}) {
    super(scope, id);
    const { noncurrentVersions = Duration.days(30), replica } = props;
    this.bucket = createKeptBucket(this, {
      noncurrentVersions,
      encryptionKey: props.encryptionKey ?? encryptionKey(this, 'Static files'),
      ...(replica === undefined ? {} : { replica }),
    });
    backUp(this.bucket);
    // Naming the distribution in the policy of the key would be a circle: it needs the bucket, which needs the key.
    Validations.of(this).acknowledge({
      id: 'Annotation::@aws-cdk/aws-cloudfront-origins:wildcardKeyPolicyForOac',
      reason: 'the key is for this bucket, whose own policy names the one distribution that may read',
    });
  }

  /** Uploads immutable files, then entry files, then asks for the invalidation of the entry files without waiting. */
  public release(distribution: cloudfront.IDistribution, release: StaticRelease): void {
    const common = {
      destinationBucket: this.bucket,
      prune: false,
      logGroup: new logs.LogGroup(this, 'ReleaseLog', {
        retention: logs.RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    };
    const immutable = new s3deploy.BucketDeployment(this, 'ImmutableFiles', {
      ...common,
      sources: [s3deploy.Source.asset(release.immutableFiles)],
      destinationKeyPrefix: 'static',
      cacheControl: [s3deploy.CacheControl.fromString('public, max-age=31536000, immutable')],
    });
    const entry = new s3deploy.BucketDeployment(this, 'EntryFiles', {
      ...common,
      sources: [s3deploy.Source.asset(release.entryFiles)],
      cacheControl: [s3deploy.CacheControl.fromString('public, max-age=0, s-maxage=300')],
      distribution,
      distributionPaths: [...release.entryPaths],
      // A deployment that waits is rolled back when CloudFront is slow, and the rollback takes the files back.
      waitForDistributionInvalidation: false,
    });
    entry.node.addDependency(immutable);
    acknowledgeUploader(immutable, this.bucket);
  }
}

/** The function and its role are CDK's own, one per stack for all releases; what they may do is not ours to narrow. */
function acknowledgeUploader({ handlerRole }: s3deploy.BucketDeployment, bucket: s3.Bucket): void {
  const stack = Stack.of(bucket);
  const literal = (value: string, name: string): string => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
  const partition = literal(stack.partition, 'Partition');
  const staging = `cdk-hnb659fds-assets-${literal(stack.account, 'AccountId')}-${literal(stack.region, 'Region')}`;
  const uploader = handlerRole.node.scope;
  if (uploader === undefined) return;
  const findings = [
    ...['IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]', 'L1'],
    ...['Abort', 'DeleteObject', 'GetBucket', 'GetObject', 'List'].map((action) => `IAM5[Action::s3:${action}*]`),
    ...['GenerateDataKey', 'ReEncrypt'].map((action) => `IAM5[Action::kms:${action}*]`),
    ...[`<${logicalIdOf(bucket)}.Arn>/*`, `arn:${partition}:s3:::${staging}/*`].map((arn) => `IAM5[Resource::${arn}]`),
  ];
  for (const finding of findings) {
    Validations.of(uploader).acknowledge({
      id: `AwsSolutions-${finding}`,
      reason:
        "CDK's uploader: reads the staging bucket and writes the assets bucket, with the runtime that CDK tests it on",
    });
  }
  Validations.of(uploader).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      "CDK's uploader may invalidate any distribution; naming ours would make the bucket depend on it in a circle",
  });
}

function logicalIdOf(bucket: s3.Bucket): string {
  const resource = bucket.node.defaultChild;
  return resource instanceof s3.CfnBucket ? String(Stack.of(bucket).resolve(resource.logicalId)) : '';
}
