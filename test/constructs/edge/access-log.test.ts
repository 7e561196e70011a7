import { readdirSync, readFileSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { loadModule, parseSync } from 'libpg-query';
import { AccessLogDelivery } from '../../../lib/constructs/edge/access-log-delivery';
import { ACCESS_LOG_FIELDS, HOUR_PARTITION } from '../../../lib/constructs/edge/access-log-table';
import { EdgeAnalytics } from '../../../lib/constructs/edge/edge-analytics';
import { aStack } from './edge-fixtures';

const QUERIES = 'lib/constructs/edge/queries';

describe('the delivery', () => {
  const deliver = (region?: string) => {
    const stack = aStack(region);
    const distribution = cloudfront.Distribution.fromDistributionAttributes(stack, 'Cdn', {
      domainName: 'd111111abcdef8.cloudfront.net',
      distributionId: 'EDFDVBD6EXAMPLE',
    });
    new AccessLogDelivery(stack, 'Log', { distribution, bucket: new s3.Bucket(stack, 'Bucket') });
    return Template.fromStack(stack);
  };

  test('writes Parquet, an hour per folder, after its source exists', () => {
    const template = deliver();
    template.hasResourceProperties('AWS::Logs::DeliveryDestination', { OutputFormat: 'parquet' });
    template.hasResource('AWS::Logs::Delivery', {
      DependsOn: [Match.stringLikeRegexp('Source')],
      Properties: Match.objectLike({ S3SuffixPath: '{yyyy}/{MM}/{dd}/{HH}', S3EnableHiveCompatiblePath: false }),
    });
  });

  test('leaves out what may hold secrets', () => {
    const records = ACCESS_LOG_FIELDS.map(({ record }) => record);
    for (const secret of ['cs(Cookie)', 'cs-uri-query', 'cs(Referer)']) expect(records).not.toContain(secret);
  });

  test('fails outside us-east-1', () => {
    expect(() => deliver('eu-west-1')).toThrow(
      'the log delivery of a distribution must be in us-east-1, got a stack in eu-west-1',
    );
  });
});

describe('the analytics', () => {
  const stack = aStack();
  new EdgeAnalytics(stack, 'Analytics', { retention: Duration.days(30), maxBytesPerQuery: 1024 ** 3 });
  const template = Template.fromStack(stack);

  test('let CloudFront write below its own prefix, and nobody else', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 's3:PutObject',
            Principal: { Service: 'delivery.logs.amazonaws.com' },
            Condition: Match.objectLike({
              StringEquals: Match.objectLike({ 's3:x-amz-acl': 'bucket-owner-full-control' }),
            }),
          }),
        ]),
      },
    });
  });

  test('keep the log as long as told', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 30 })] },
    });
  });

  test('the table has the logged fields, and partitions that need no crawler', () => {
    template.hasResourceProperties('AWS::Glue::Table', {
      TableInput: Match.objectLike({
        PartitionKeys: [{ Name: 'hour', Type: 'string' }],
        Parameters: Match.objectLike({
          'projection.enabled': 'true',
          'projection.hour.format': 'yyyy/MM/dd/HH',
          'projection.hour.interval.unit': 'HOURS',
        }),
        StorageDescriptor: Match.objectLike({
          Columns: ACCESS_LOG_FIELDS.map(({ column }) => ({ Name: column, Type: 'string' })),
        }),
      }),
    });
  });

  test('a query cannot read more than the limit', () => {
    template.hasResourceProperties('AWS::Athena::WorkGroup', {
      WorkGroupConfiguration: Match.objectLike({
        BytesScannedCutoffPerQuery: 1024 ** 3,
        EnforceWorkGroupConfiguration: true,
      }),
    });
  });

  test('every query is a file, and is there by its name', () => {
    const names = readdirSync(QUERIES).map((file) => file.replace('.sql', ''));
    expect(names).toEqual(['bot-share', 'geography', 'hit-ratio-by-behaviour', 'shared-address-victims', 'top-paths']);
    for (const name of names) {
      template.hasResourceProperties('AWS::Athena::NamedQuery', {
        Name: name,
        Description: Match.stringLikeRegexp('^[A-Z]'),
      });
    }
  });
});

describe('the queries', () => {
  beforeAll(() => loadModule());
  const known = new Set([...ACCESS_LOG_FIELDS.map(({ column }) => column), HOUR_PARTITION.column]);

  test.each(readdirSync(QUERIES))('%s asks for columns of the table only, and for one day of it', (file) => {
    const text = readFileSync(`${QUERIES}/${file}`, 'utf8');
    const columns: string[] = [];
    const aliases: string[] = [];
    walk(parseSync(text), columns, aliases);
    expect(columns.length).toBeGreaterThan(0);
    expect(columns.filter((column) => !known.has(column) && !aliases.includes(column))).toEqual([]);
    expect(text).toContain("hour >= date_format(current_timestamp - interval '1' day, '%Y/%m/%d/%H')");
  });
});

/** Names of columns and of results in a tree of PostgreSQL's parser. */
function walk(node: unknown, columns: string[], aliases: string[]): void {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, columns, aliases);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node as Record<string, unknown>)) {
    if (key === 'ColumnRef') columns.push(...(JSON.stringify(value).match(/(?<="sval":")[^"]+/g) ?? []));
    if (key === 'ResTarget') aliases.push(String((value as { name?: string }).name));
    walk(value, columns, aliases);
  }
}
