import type { CachePolicySettings } from './policy-settings';

/**
 * How long CloudFront keeps an answer, in seconds: what the origin says, within the policy's bounds. A minimum above 0
 * goes even before `no-store`.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
 *
 * @param cacheControl the origin's `Cache-Control`, if it sent one
 */
export function timeToLive(policy: CachePolicySettings, cacheControl: string | undefined): number {
  const { minTtl, defaultTtl, maxTtl } = policy;
  if (maxTtl === 0) return 0;
  const directives = directivesOf(cacheControl);
  if (['no-store', 'no-cache', 'private'].some((name) => directives.has(name))) return minTtl;
  const said = directives.get('s-maxage') ?? directives.get('max-age');
  if (said === undefined || !/^\d+$/.test(said)) return Math.max(minTtl, defaultTtl);
  return Math.min(maxTtl, Math.max(minTtl, Number(said)));
}

function directivesOf(cacheControl: string | undefined): ReadonlyMap<string, string> {
  const parts = (cacheControl ?? '').toLowerCase().split(',');
  return new Map(
    parts.map((part) => {
      const [name = '', value = ''] = part.trim().split('=');
      return [name, value.replaceAll('"', '')];
    }),
  );
}
