import { type Assembly, isList, isMap, type Resource, type Value } from '../template';

/** A way in from the internet. */
export interface PublicEntry {
  readonly resource: Resource;
  /** How the internet gets in. */
  readonly how: string;
}

const EVERYONE = new Set(['0.0.0.0/0', '::/0']);

const fromEveryone = (rule: Value): boolean =>
  isMap(rule) && [rule['CidrIp'], rule['CidrIpv6']].some((range) => typeof range === 'string' && EVERYONE.has(range));

function bucketIsOpen(bucket: Resource): boolean {
  const settings = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];
  return settings.some((setting) => bucket.property('PublicAccessBlockConfiguration', setting) !== true);
}

/** How a resource of each type can be open to the internet; `undefined` means that it is not. */
const OPENINGS: Readonly<Record<string, (resource: Resource) => string | undefined>> = {
  'AWS::CloudFront::Distribution': () => 'CDN',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (balancer) =>
    // The service's own default is internet-facing.
    balancer.property('Scheme') === 'internal' ? undefined : 'internet-facing load balancer',
  'AWS::RDS::DBInstance': (instance) =>
    instance.property('PubliclyAccessible') === true ? 'publicly accessible database' : undefined,
  'AWS::S3::Bucket': (bucket) => (bucketIsOpen(bucket) ? 'bucket without all public access blocked' : undefined),
  'AWS::EC2::SecurityGroup': (group) => {
    const rules = group.property('SecurityGroupIngress');
    return rules !== undefined && isList(rules) && rules.some(fromEveryone)
      ? 'security group open to everyone'
      : undefined;
  },
  'AWS::EC2::SecurityGroupIngress': (rule) => (fromEveryone(rule.properties) ? 'rule open to everyone' : undefined),
  'AWS::Lambda::Url': (url) => (url.property('AuthType') === 'NONE' ? 'function URL without authorization' : undefined),
  'AWS::ApiGateway::RestApi': (api) =>
    api.property('EndpointConfiguration', 'Types', 0) === 'PRIVATE' ? undefined : 'REST API endpoint',
  'AWS::ApiGatewayV2::Api': () => 'HTTP API endpoint',
};

/** Every resource of `assembly` that the internet can reach. */
export function publicEntries(assembly: Assembly): readonly PublicEntry[] {
  return assembly.ofType(...Object.keys(OPENINGS)).flatMap((resource) => {
    const how = OPENINGS[resource.type]?.(resource);
    return how === undefined ? [] : [{ resource, how }];
  });
}
