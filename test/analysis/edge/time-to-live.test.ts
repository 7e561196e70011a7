import { timeToLive } from '../../../analysis/edge';
import type { CachePolicySettings } from '../../../analysis/edge/policy-settings';

const policy = (minTtl: number, defaultTtl: number, maxTtl: number): CachePolicySettings => {
  const nothing = { kind: 'only', names: [] } as const;
  return { minTtl, defaultTtl, maxTtl, compressed: [], headers: nothing, cookies: nothing, queryStrings: nothing };
};

// The table of https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
test.each<[string, CachePolicySettings, string | undefined, number]>([
  ['nothing said: the default', policy(0, 60, 3600), undefined, 60],
  ['nothing said, minimum above the default: the minimum', policy(120, 60, 3600), undefined, 120],
  ['max-age within the bounds', policy(0, 60, 3600), 'public, max-age=300', 300],
  ['s-maxage goes before max-age', policy(0, 60, 3600), 'max-age=5, s-maxage=300', 300],
  ['above the maximum: the maximum', policy(0, 60, 3600), 'max-age=86400', 3600],
  ['below the minimum: the minimum', policy(60, 60, 3600), 'max-age=1', 60],
  ['no-store: not kept', policy(0, 60, 3600), 'no-store', 0],
  ['private: not kept', policy(0, 60, 3600), 'private, max-age=300', 0],
  ['no-store against a minimum: the minimum', policy(10, 60, 3600), 'no-store', 10],
  ['caching disabled', policy(0, 0, 0), 'max-age=300', 0],
  ['quoted', policy(0, 60, 3600), 'max-age="300"', 300],
  ['nonsense: the default', policy(0, 60, 3600), 'max-age=soon', 60],
])('%s', (_, settings, cacheControl, seconds) => {
  expect(timeToLive(settings, cacheControl)).toBe(seconds);
});
