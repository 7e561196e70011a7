import { Stack, type StackProps } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type { Construct } from 'constructs';
import type { DomainConfig } from '../config/edge-config';
import { EdgeCertificate } from '../constructs/edge/edge-certificate';
import { WebAcl } from '../constructs/edge/web-acl';
import type { WebAclSettings } from '../constructs/edge/web-acl-settings';

export interface EdgeSecurityStackProps extends StackProps {
  readonly domain: DomainConfig | 'none';
  readonly webAcl: WebAclSettings;
}

/** What CloudFront takes from us-east-1 only: the web ACL and the certificate. */
export class EdgeSecurityStack extends Stack {
  public readonly webAcl: WebAcl;
  public readonly certificate: acm.ICertificate | undefined;

  public constructor(scope: Construct, id: string, props: EdgeSecurityStackProps) {
    super(scope, id, props);
    const { domain } = props;
    this.webAcl = new WebAcl(this, 'WebAcl', {
      ...props.webAcl,
      protects: 'distribution',
      ...(domain === 'none' ? {} : { tokenDomains: domain.names }),
    });
    this.certificate = domain === 'none' ? undefined : new EdgeCertificate(this, 'Certificate', domain).certificate;
  }
}
