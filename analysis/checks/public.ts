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
const OPENINGS: Readonly<Record<string, (resource: Resource, assembly: Assembly) => string | undefined>> = {
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
  'AWS::ApiGateway::RestApi': (api, assembly) =>
    api.property('EndpointConfiguration', 'Types', 0) === 'PRIVATE' || refusesByDefault(api, assembly)
      ? undefined
      : 'REST API endpoint',
  'AWS::ApiGatewayV2::Api': (api, assembly) => (asksAlways(api, assembly) ? undefined : 'HTTP API endpoint'),
};

/** Whether a web ACL before every stage lets in only what one of its rules allows. */
function refusesByDefault(api: Resource, assembly: Assembly): boolean {
  const stages = assembly.linksTo(api, 'AWS::ApiGateway::Stage').map(({ from }) => from);
  return (
    stages.length > 0 &&
    stages.every((stage) =>
      assembly
        .linksTo(stage, 'AWS::WAFv2::WebACLAssociation')
        .flatMap(({ from }) => assembly.linksFrom(from))
        .some(({ to }) => to.type === 'AWS::WAFv2::WebACL' && to.property('DefaultAction', 'Block') !== undefined),
    )
  );
}

/** Whether no request gets to a function before an authorizer said yes; HTTP APIs know no web ACL. */
function asksAlways(api: Resource, assembly: Assembly): boolean {
  const routes = assembly.linksTo(api, 'AWS::ApiGatewayV2::Route').map(({ from }) => from);
  return routes.length > 0 && routes.every((route) => (route.property('AuthorizationType') ?? 'NONE') !== 'NONE');
}

/** Every resource of `assembly` that the internet can reach. */
export function publicEntries(assembly: Assembly): readonly PublicEntry[] {
  return assembly.ofType(...Object.keys(OPENINGS)).flatMap((resource) => {
    const how = OPENINGS[resource.type]?.(resource, assembly);
    return how === undefined ? [] : [{ resource, how }];
  });
}
