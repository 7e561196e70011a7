import type { Duration } from 'aws-cdk-lib';
import type { Behaviour } from '../constructs/edge/behaviour';
import type { ContentDeliverySettings } from '../constructs/edge/content-delivery';
import type { WebAclSettings } from '../constructs/edge/web-acl-settings';

/** Host names of the site. */
export interface DomainConfig {
  /** Host names, the canonical one first. */
  readonly names: readonly string[];

  /** ARN of a certificate for all of them, in us-east-1, or `'from-zone'`: one is made and validated in the zone. */
  readonly certificateArn: string;

  /** The Route 53 zone that the names are in, or `'none'` when they are kept elsewhere. */
  readonly zone: { readonly id: string; readonly name: string } | 'none';
}

/** The public door: what an environment decides about CDN, firewall and access logs. */
export interface EdgeConfig extends ContentDeliverySettings {
  /** Host names of the site, or `'none'` for the name that CloudFront gives. */
  readonly domain: DomainConfig | 'none';

  /**
   * Id of the prefix list `com.amazonaws.global.cloudfront.origin-facing` in the primary region, such as `pl-3b927c52` in
   * us-east-1. Only it reaches the load balancer. Named here so that synthesis needs no look-up:
   * `aws ec2 describe-managed-prefix-lists`.
   */
  readonly originPrefixList: string;

  /**
   * Host name on the certificate of the load balancer, or `'none'` when its listener speaks HTTP; the same choice as
   * `loadBalancer.certificateArn`.
   */
  readonly originTlsName: string;

  /** How paths are answered. */
  readonly behaviours: readonly Behaviour[];

  readonly webAcl: WebAclSettings;

  /** How long access logs are kept. */
  readonly logRetention: Duration;
}
