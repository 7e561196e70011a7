import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { encryptionKey } from '../../shared/encryption-key';
import { LogBucket } from '../logging/log-bucket';
import { ACCESS_LOG_FIELDS, HOUR_PARTITION } from './access-log-table';

export interface EdgeAnalyticsProps {
  /**
   * How long access logs are kept.
   *
   * @default Duration.days(90)
   */
  readonly retention?: Duration;

  /**
   * Most that one query may read, in bytes; Athena charges by what it reads.
   *
   * @default 10 GiB
   */
  readonly maxBytesPerQuery?: number;

  /**
   * Key that encrypts the log and what queries find in it.
   *
   * @default - a key of its own
   */
  readonly encryptionKey?: kms.IKey;
}

const QUERIES = 'lib/constructs/edge/queries';
const TABLE = 'access_log';

/** The access log of the distribution as a table, with ready queries about it. */
export class EdgeAnalytics extends Construct {
  /** Where CloudFront delivers to; see `AccessLogDelivery`. */
  public readonly logBucket: s3.Bucket;

  /** The workgroup of the queries, with its own limit and place for results. */
  public readonly workGroup: athena.CfnWorkGroup;

  public constructor(scope: Construct, id: string, props: EdgeAnalyticsProps = {}) {
    super(scope, id);
    const key = props.encryptionKey ?? encryptionKey(this, 'Access log of the edge');
    this.logBucket = new LogBucket(this, 'AccessLog', {
      retention: props.retention ?? Duration.days(90),
      encryptionKey: key,
    }).bucket;
    this.letCloudFrontDeliver(key);

    const database = new glue.CfnDatabase(this, 'Database', {
      catalogId: Stack.of(this).account,
      databaseInput: { description: 'what viewers asked the edge for' },
    });
    this.addTable(database);
    const results = new LogBucket(this, 'Results', { retention: Duration.days(7), encryptionKey: key }).bucket;
    this.workGroup = new athena.CfnWorkGroup(this, 'WorkGroup', {
      name: `${Stack.of(this).stackName}-edge`,
      description: 'questions about the access log of the edge',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: props.maxBytesPerQuery ?? 10 * 1024 ** 3,
        resultConfiguration: {
          outputLocation: results.s3UrlForObject('results/'),
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: key.keyArn },
        },
      },
    });
    for (const file of readdirSync(QUERIES).sort()) this.addQuery(file, database);
  }

  /** As the log delivery asks for: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html */
  private letCloudFrontDeliver(key: kms.IKey): void {
    const stack = Stack.of(this);
    const principals = [new iam.ServicePrincipal('delivery.logs.amazonaws.com')];
    const source = stack.formatArn({
      service: 'logs',
      region: 'us-east-1',
      resource: 'delivery-source',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const fromHere = { 'aws:SourceAccount': stack.account };
    this.logBucket.addToResourcePolicy(
      new iam.PolicyStatement({
        principals,
        actions: ['s3:PutObject'],
        resources: [this.logBucket.arnForObjects(`AWSLogs/${stack.account}/CloudFront/*`)],
        conditions: {
          StringEquals: { ...fromHere, 's3:x-amz-acl': 'bucket-owner-full-control' },
          ArnLike: { 'aws:SourceArn': source },
        },
      }),
    );
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        principals,
        actions: ['kms:GenerateDataKey*', 'kms:Decrypt', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: { StringEquals: fromHere, ArnLike: { 'aws:SourceArn': source } },
      }),
    );
  }

  /** Partitions are computed from the query, so nothing has to be crawled or repaired. */
  private addTable(database: glue.CfnDatabase): void {
    const location = `s3://${this.logBucket.bucketName}/AWSLogs/${Stack.of(this).account}/CloudFront`;
    const { column, format } = HOUR_PARTITION;
    new glue.CfnTable(this, 'Table', {
      catalogId: Stack.of(this).account,
      databaseName: database.ref,
      tableInput: {
        name: TABLE,
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: [{ name: column, type: 'string' }],
        parameters: {
          'projection.enabled': 'true',
          [`projection.${column}.type`]: 'date',
          [`projection.${column}.format`]: format,
          [`projection.${column}.range`]: 'NOW-1YEARS,NOW',
          [`projection.${column}.interval`]: '1',
          [`projection.${column}.interval.unit`]: 'HOURS',
          'storage.location.template': `${location}/\${${column}}`,
        },
        storageDescriptor: {
          location,
          columns: ACCESS_LOG_FIELDS.map((field) => ({ name: field.column, type: 'string' })),
          inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
          serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
        },
      },
    });
  }

  private addQuery(file: string, database: glue.CfnDatabase): void {
    const name = path.basename(file, '.sql');
    const text = readFileSync(path.join(QUERIES, file), 'utf8');
    const query = new athena.CfnNamedQuery(this, `Query-${name}`, {
      name,
      description: text.split('\n')[0]?.replace(/^-- /, ''),
      database: database.ref,
      workGroup: this.workGroup.name,
      queryString: text,
    });
    query.addResourceDependency(this.workGroup);
  }
}
