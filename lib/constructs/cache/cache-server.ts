import type { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';

/** Port that the cache listens on, with TLS. */
export const VALKEY_PORT = 6379;

export const VALKEY_MAJOR = '8';
export const VALKEY_VERSION = `${VALKEY_MAJOR}.2`;

/** What a cache is made with, whichever kind it is. */
export interface CacheParts {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly encryptionKey: kms.IKey;
  readonly userGroupId: string;
  /** How long daily snapshots are kept, in whole days; zero takes none. */
  readonly snapshotRetention: Duration;
}

/** What a cache is known by, whichever kind it is. */
export interface CacheServer {
  /** The name that IAM tokens are signed for. */
  readonly cacheName: string;

  readonly arn: string;

  /** Host name for everything. */
  readonly host: string;

  /** Host name for reads that may be a little old. */
  readonly readerHost: string;

  readonly port: number;

  /** One set of dimensions for each series that together are the cache's. */
  readonly metricDimensions: readonly Record<string, string>[];
}
