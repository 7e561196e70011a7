import { Names, Stack, Token } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { assertNoProblems } from '../../shared/validation';
import { ACCESS_LOG_FIELDS, HOUR_PARTITION } from './access-log-table';

export interface AccessLogDeliveryProps {
  /** Whose requests are logged. */
  readonly distribution: cloudfront.IDistribution;

  /** Where the log goes, in any region; it lets CloudWatch's log delivery write. */
  readonly bucket: s3.IBucket;
}

/**
 * Standard logging v2 of a distribution, as Parquet with a partition per hour. It has to be in us-east-1, wherever the
 * distribution's stack and the bucket are:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export class AccessLogDelivery extends Construct {
  public constructor(scope: Construct, id: string, props: AccessLogDeliveryProps) {
    super(scope, id);
    assertNoProblems(this, regionProblems(this));
    const distributionId = props.distribution.distributionId;
    const source = new logs.CfnDeliverySource(this, 'Source', {
      name: this.uniqueName('source'),
      logType: 'ACCESS_LOGS',
      resourceArn: Stack.of(this).formatArn({
        service: 'cloudfront',
        region: '',
        resource: 'distribution',
        resourceName: distributionId,
      }),
    });
    const destination = new logs.CfnDeliveryDestination(this, 'Destination', {
      name: this.uniqueName('destination'),
      destinationResourceArn: props.bucket.bucketArn,
      outputFormat: 'parquet',
    });
    const delivery = new logs.CfnDelivery(this, 'Delivery', {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.attrArn,
      recordFields: ACCESS_LOG_FIELDS.map(({ record }) => record),
      s3SuffixPath: HOUR_PARTITION.suffixPath,
      s3EnableHiveCompatiblePath: false,
    });
    delivery.addResourceDependency(source);
  }

  /** Both resources are known by their names only, so CloudFormation cannot make names up. */
  private uniqueName(kind: string): string {
    return `${Names.uniqueResourceName(this, { maxLength: 45, separator: '-' })}-${kind}`;
  }
}

function regionProblems(scope: Construct): string[] {
  const { region } = Stack.of(scope);
  return Token.isUnresolved(region) || region === 'us-east-1'
    ? []
    : [`the log delivery of a distribution must be in us-east-1, got a stack in ${region}`];
}
