import { App, Duration, Stack } from 'aws-cdk-lib';
import { context } from '../../../cdk.json';
import type { WebAclProps } from '../../../lib/constructs/edge/web-acl';

/** A stack in a plain app with the flags of the platform. */
export function aStack(region = 'us-east-1'): Stack {
  return new Stack(new App({ context }), 'Edge', { env: { region } });
}

export const aLimit = (requests: number, seconds = 300) => ({ requests, window: Duration.seconds(seconds) });

/** A web ACL like production's. */
export const webAclProps: WebAclProps = {
  protects: 'distribution',
  allowedAddresses: ['203.0.113.10/32'],
  deniedAddresses: ['198.51.100.0/24', '2001:db8::/32'],
  managedGroups: {
    'anti-ddos': 'enforce',
    'ip-reputation': 'enforce',
    'known-bad-inputs': 'enforce',
    common: 'enforce',
    'sql-injection': 'enforce',
    'anonymous-ip': 'count',
  },
  tiers: { anonymous: aLimit(500), free: aLimit(1_000), standard: aLimit(3_000), premium: aLimit(6_000) },
  pathLimits: [{ name: 'login', path: '/api/login', limit: aLimit(10, 60), action: 'captcha' }],
  addressCeiling: aLimit(10_000),
};
