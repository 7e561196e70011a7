import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Behaviour } from '../../../lib/constructs/edge/behaviour';
import { ContentDelivery, type ContentDeliveryProps } from '../../../lib/constructs/edge/content-delivery';
import { aStack } from './edge-fixtures';

const BEHAVIOURS: readonly Behaviour[] = [
  { kind: 'immutable-files', path: '/static/*' },
  { kind: 'shared-answers', path: '/api/items', queryParameters: ['q', 'page'], maxTtl: Duration.hours(1) },
  { kind: 'personal-answers', path: '/*' },
];

/** Of another stack, by its attributes. */
export function internalLoadBalancer(scope: Construct): elbv2.IApplicationLoadBalancer {
  return elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(scope, 'Alb', {
    loadBalancerArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/alb/1',
    loadBalancerDnsName: 'internal-alb.us-east-1.elb.amazonaws.com',
    securityGroupId: 'sg-1',
  });
}

/** The distribution of a small site. */
export function make(props: Partial<ContentDeliveryProps> = {}, region = 'us-east-1'): ContentDelivery {
  const stack = aStack(region);
  return new ContentDelivery(stack, 'Delivery', {
    application: { loadBalancer: internalLoadBalancer(stack), tlsName: 'none' },
    assets: new s3.Bucket(stack, 'Assets'),
    behaviours: BEHAVIOURS,
    webAclArn: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/1',
    priceClass: cloudfront.PriceClass.PRICE_CLASS_100,
    originShield: true,
    additionalMetrics: true,
    keepAlive: Duration.seconds(60),
    ...props,
  });
}
export const templateWith = (props: Partial<ContentDeliveryProps> = {}) =>
  Template.fromStack(make(props).distribution.stack);
export const hasConfig = (props: Partial<ContentDeliveryProps>, DistributionConfig: object) =>
  templateWith(props).hasResourceProperties('AWS::CloudFront::Distribution', { DistributionConfig });
export const certificate = (region: string) =>
  acm.Certificate.fromCertificateArn(aStack(), 'Cert', `arn:aws:acm:${region}:123456789012:certificate/abc`);

export const STANDBY = { region: 'eu-west-1', vpcOriginId: 'vo_1', domainName: 'internal-b.example' };
