import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';

export interface EdgeRecordsProps {
  /** Host names that lead to the distribution. */
  readonly names: readonly string[];

  /** The zone that they are in. */
  readonly zone: { readonly id: string; readonly name: string };

  readonly distribution: cloudfront.IDistribution;
}

/** Names of the site, for IPv4 and IPv6. */
export class EdgeRecords extends Construct {
  public constructor(scope: Construct, id: string, { names, zone, distribution }: EdgeRecordsProps) {
    super(scope, id);
    const hosted = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: zone.id,
      zoneName: zone.name,
    });
    const target = route53.RecordTarget.fromAlias(new targets.CloudFrontTarget(distribution));
    for (const name of names) {
      // A trailing dot keeps CDK from appending the zone to a name that already ends with it.
      const props = { zone: hosted, recordName: `${name}.`, target };
      new route53.ARecord(this, `${name}-A`, props);
      new route53.AaaaRecord(this, `${name}-AAAA`, props);
    }
  }
}
