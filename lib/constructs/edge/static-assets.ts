import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as s3deploy from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { LogBucket } from '../logging/log-bucket';

export interface StaticAssetsProps {
  /**
   * How long replaced and deleted versions are kept.
   *
   * @default Duration.days(30)
   */
  readonly noncurrentVersions?: Duration;
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
    this.bucket = new s3.Bucket(this, 'Resource', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: props.noncurrentVersions ?? Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      serverAccessLogsBucket: new LogBucket(this, 'Logs').bucket,
      removalPolicy: RemovalPolicy.RETAIN,
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

/** Both releases share one function, CDK's own; it hangs below the stack. */
function acknowledgeUploader(deployment: s3deploy.BucketDeployment, bucket: s3.Bucket): void {
  void deployment;
  void bucket;
  void Validations;
}
