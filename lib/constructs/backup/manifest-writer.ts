import { Duration, Size } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { letIn } from '../../shared/let-in';
import type { AuroraDatabase } from '../database/aurora-database';
import { DATABASE_NAME, POSTGRES_PORT } from '../database/database-settings';
import { PlatformFunction } from '../function/platform-function';
import type { FunctionNetwork } from '../function/platform-function-props';
import { allowPut } from '../storage/kept-bucket';

export interface ManifestWriterProps {
  /** The database whose content is written down. */
  readonly database: AuroraDatabase;

  /** Subnets that reach the database and, through a gateway endpoint, S3. */
  readonly network: FunctionNetwork;

  /** Where manifests go, below `manifests/`. */
  readonly bucket: s3.Bucket;
}

/** What the user that only reads may not read, because secrets are in it (service/migrations). */
export const SEALED_TABLES = ['public.webhook_subscriptions'];

/** The user that only reads. */
export const AUDITOR = 'app_ro';

/** The variables of a function that logs in as {@link AUDITOR}. */
export const AUDITOR_ENVIRONMENT = {
  DATABASE_PORT: String(POSTGRES_PORT),
  DATABASE_NAME,
  DATABASE_USER: AUDITOR,
  DATABASE_AUTHENTICATION: 'iam',
  DATABASE_TLS: 'on',
  // The certificates of RDS are not public ones; Lambda's own bundle has them, and Node must be told.
  NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
} as const;

/** Writes down, before the backups of the day, what the database holds: row counts and checksums of every table. */
export class ManifestWriter extends Construct {
  /** The function, for its metrics. */
  public readonly function: PlatformFunction;

  public constructor(scope: Construct, id: string, { database, network, bucket }: ManifestWriterProps) {
    super(scope, id);
    this.function = new PlatformFunction(this, 'Function', {
      name: 'backup-manifest',
      description: 'Writes down what the database holds, for whoever restores it',
      memory: Size.mebibytes(512),
      timeout: Duration.minutes(15),
      // One reading of the whole database at a time.
      reservedConcurrency: 1,
      retryAttempts: 1,
      onFailure: 'queue',
      network,
      environment: {
        ...AUDITOR_ENVIRONMENT,
        // A reader: whoever waits for the writer must not wait for this.
        DATABASE_HOST: database.cluster.clusterReadEndpoint.hostname,
        MANIFEST_BUCKET: bucket.bucketName,
        SEALED_TABLES: SEALED_TABLES.join(','),
      },
    });
    letIn(this.function, database, 'Manifests are read from a reader');
    database.grantConnect(this.function, AUDITOR);
    allowPut(this.function.role, bucket, 'manifests');
    new events.Rule(this, 'BeforeBackups', {
      description: 'What the database holds is written down before it is backed up',
      // The backups of the day begin at 1:00 (lib/constructs/backup/backup-plan.ts).
      schedule: events.Schedule.cron({ hour: '0', minute: '40' }),
      targets: [new targets.LambdaFunction(this.function.function)],
    });
  }
}
