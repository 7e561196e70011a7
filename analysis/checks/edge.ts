import { readDistribution, sharedIdentities } from '../edge';
import { type Assembly, isList, isMap, type Resource, type Value } from '../template';
import type { Check } from './check';
import { publicEntries } from './public';

/** What must hold for the public door of every platform. */
export const EDGE_CHECKS: readonly Check[] = [
  {
    id: 'public-entry-has-web-acl',
    severity: 'error',
    rule: 'a web ACL stands before everything that is open to the internet',
    find: (assembly) =>
      publicEntries(assembly)
        .filter(({ resource }) => !hasWebAcl(assembly, resource))
        .map(({ resource, how }) => ({ resource, message: `${how} without a web ACL: associate one` })),
  },
  {
    id: 'viewers-use-tls',
    severity: 'error',
    rule: 'viewers reach the CDN over TLS only',
    find: (assembly) =>
      assembly.ofType(DISTRIBUTION).flatMap((resource) =>
        behavioursOf(resource)
          .filter((behaviour) => isMap(behaviour) && behaviour['ViewerProtocolPolicy'] === 'allow-all')
          .map((behaviour) => ({
            resource,
            message: `behaviour '${patternOf(behaviour)}' answers plain HTTP: redirect to HTTPS or refuse it`,
          })),
      ),
  },
  {
    id: 'origins-use-tls',
    severity: 'error',
    rule: 'what the CDN asks over the internet, it asks over TLS',
    find: (assembly) =>
      assembly.ofType(DISTRIBUTION).flatMap((resource) =>
        listOf(resource.property('DistributionConfig', 'Origins'))
          .filter(
            (origin) => isMap(origin) && isMap(origin['CustomOriginConfig']) && !isTls(origin['CustomOriginConfig']),
          )
          .map((origin) => ({
            resource,
            message: `origin '${isMap(origin) ? String(origin['Id']) : ''}' is asked over plain HTTP: set OriginProtocolPolicy to https-only`,
          })),
      ),
  },
  {
    id: 'no-shared-identity',
    severity: 'error',
    rule: 'no answer to one caller can be kept for another',
    find: (assembly) =>
      assembly.ofType(DISTRIBUTION).flatMap((resource) =>
        sharedIdentities(readDistribution(resource)).map(({ behaviour, identity }) => ({
          resource,
          message:
            `behaviour '${behaviour}' sends ${identity} to the origin, but its cache key does not have it: ` +
            'add it to the cache policy, stop sending it, or stop caching the path',
        })),
      ),
  },
];

const DISTRIBUTION = 'AWS::CloudFront::Distribution';

/** A distribution names its web ACL; everything else is named by an association. */
function hasWebAcl(assembly: Assembly, resource: Resource): boolean {
  if (resource.type === DISTRIBUTION) return resource.property('DistributionConfig', 'WebACLId') !== undefined;
  return assembly.linksTo(resource, 'AWS::WAFv2::WebACLAssociation').length > 0;
}

function behavioursOf(resource: Resource): readonly Value[] {
  const fallback = resource.property('DistributionConfig', 'DefaultCacheBehavior');
  const others = listOf(resource.property('DistributionConfig', 'CacheBehaviors'));
  return fallback === undefined ? others : [...others, fallback];
}

function patternOf(behaviour: Value): string {
  return isMap(behaviour) && behaviour['PathPattern'] !== undefined ? String(behaviour['PathPattern']) : '*';
}

function isTls(custom: Value): boolean {
  return isMap(custom) && custom['OriginProtocolPolicy'] === 'https-only';
}

function listOf(value: Value | undefined): readonly Value[] {
  return isList(value) ? value : [];
}
