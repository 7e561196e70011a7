import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { assertNoProblems } from '../../shared/validation';

export interface EdgeCertificateProps {
  /** Host names, the canonical one first. */
  readonly names: readonly string[];

  /** ARN of an existing certificate in us-east-1, or `'from-zone'`. */
  readonly certificateArn: string;

  /** Where a new certificate proves that the names are ours. */
  readonly zone: { readonly id: string; readonly name: string } | 'none';
}

/** The certificate of the site: an existing one, or a new one that validates and renews itself through DNS. */
export class EdgeCertificate extends Construct {
  public readonly certificate: acm.ICertificate;

  public constructor(scope: Construct, id: string, props: EdgeCertificateProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));
    this.certificate =
      props.certificateArn === 'from-zone'
        ? this.issue(props)
        : acm.Certificate.fromCertificateArn(this, 'Existing', props.certificateArn);
  }

  private issue({ names, zone }: EdgeCertificateProps): acm.ICertificate {
    const [domainName = '', ...subjectAlternativeNames] = names;
    return new acm.Certificate(this, 'Resource', {
      domainName,
      subjectAlternativeNames,
      keyAlgorithm: acm.KeyAlgorithm.EC_PRIME256V1,
      validation: acm.CertificateValidation.fromDns(
        zone === 'none'
          ? undefined
          : route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: zone.id, zoneName: zone.name }),
      ),
    });
  }
}

function validate({ certificateArn, zone }: EdgeCertificateProps): string[] {
  return certificateArn === 'from-zone' && zone === 'none'
    ? ["`certificateArn` must be an ARN when `zone` is 'none': without a zone nobody proves that the names are ours"]
    : [];
}
