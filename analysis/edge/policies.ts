import { isList, isMap, numberOf, type Resource, resourcesIn, textOf, type Value } from '../template';
import { MANAGED_CACHE_POLICIES, MANAGED_ORIGIN_REQUEST_POLICIES } from './managed-policies';
import type { CachePolicySettings, ForwardedParts, OriginRequestSettings } from './policy-settings';

/** A distribution refers to something that cannot be worked out. */
class UnknownPolicyError extends Error {
  public override readonly name = 'UnknownPolicyError';
}

const NOTHING: ForwardedParts = { kind: 'only', names: [] };

/**
 * The cache policy that a behaviour names: one of the assembly, or one of AWS's by its id.
 *
 * @throws UnknownPolicyError when it is neither
 */
export function cachePolicyOf(id: Value | undefined): CachePolicySettings {
  const [policy] = resourcesIn(id, 'AWS::CloudFront::CachePolicy');
  if (policy !== undefined) return ownCachePolicy(policy);
  return managed(MANAGED_CACHE_POLICIES, id, 'cache policy');
}

/** The origin request policy that a behaviour names; without one the origin gets the cache key only. */
export function originRequestPolicyOf(id: Value | undefined): OriginRequestSettings {
  if (id === undefined) return { headers: NOTHING, cookies: NOTHING, queryStrings: NOTHING };
  const [policy] = resourcesIn(id, 'AWS::CloudFront::OriginRequestPolicy');
  if (policy === undefined) return managed(MANAGED_ORIGIN_REQUEST_POLICIES, id, 'origin request policy');
  const config = ['OriginRequestPolicyConfig'] as const;
  return {
    headers: partsOf(policy, [...config, 'HeadersConfig'], 'HeaderBehavior', 'Headers'),
    cookies: partsOf(policy, [...config, 'CookiesConfig'], 'CookieBehavior', 'Cookies'),
    queryStrings: partsOf(policy, [...config, 'QueryStringsConfig'], 'QueryStringBehavior', 'QueryStrings'),
  };
}

/** Whether `name` is among `parts`. */
export function takes(parts: ForwardedParts, name: string): boolean {
  if (parts.kind === 'all') return true;
  return parts.names.includes(name) === (parts.kind === 'only');
}

function ownCachePolicy(policy: Resource): CachePolicySettings {
  const key = ['CachePolicyConfig', 'ParametersInCacheKeyAndForwardedToOrigin'] as const;
  const seconds = (name: string): number => {
    const value = numberOf(policy.property('CachePolicyConfig', name));
    if (typeof value === 'number') return value;
    throw new UnknownPolicyError(`${policy.address}: ${name} is known only after deployment`);
  };
  const flag = (name: string, encoding: string): string[] => (policy.property(...key, name) === true ? [encoding] : []);
  return {
    minTtl: seconds('MinTTL'),
    defaultTtl: seconds('DefaultTTL'),
    maxTtl: seconds('MaxTTL'),
    compressed: [...flag('EnableAcceptEncodingBrotli', 'br'), ...flag('EnableAcceptEncodingGzip', 'gzip')],
    headers: partsOf(policy, [...key, 'HeadersConfig'], 'HeaderBehavior', 'Headers'),
    cookies: partsOf(policy, [...key, 'CookiesConfig'], 'CookieBehavior', 'Cookies'),
    queryStrings: partsOf(policy, [...key, 'QueryStringsConfig'], 'QueryStringBehavior', 'QueryStrings'),
  };
}

function partsOf(policy: Resource, path: readonly string[], behaviour: string, list: string): ForwardedParts {
  const values = policy.property(...path, list);
  const names = isList(values)
    ? values.map((name) => (list === 'Headers' ? String(name).toLowerCase() : String(name)))
    : [];
  switch (textOf(policy.property(...path, behaviour))) {
    case 'whitelist':
      return { kind: 'only', names };
    case 'allExcept':
      return { kind: 'except', names };
    case 'all':
    case 'allViewer':
    case 'allViewerAndWhitelistCloudFront':
      return { kind: 'all' };
    default:
      return NOTHING;
  }
}

function managed<T>(known: Readonly<Record<string, T>>, id: Value | undefined, what: string): T {
  const text = textOf(id);
  const policy = typeof text === 'string' ? known[text] : undefined;
  if (policy !== undefined) return policy;
  throw new UnknownPolicyError(
    `${what} ${typeof text === 'string' ? `'${text}'` : String(isMap(id) ? 'map' : 'that is known only after deployment')} ` +
      'is neither in the assembly nor one of the managed ones known here',
  );
}
