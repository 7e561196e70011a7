import type { CachePolicySettings, ForwardedParts, OriginRequestSettings } from './policy-settings';

const NOTHING: ForwardedParts = { kind: 'only', names: [] };
const EVERYTHING: ForwardedParts = { kind: 'all' };
const only = (...names: readonly string[]): ForwardedParts => ({ kind: 'only', names });
const YEAR = 31_536_000;

const METHOD_OVERRIDES = ['x-http-method', 'x-http-method-override', 'x-method-override'];
const byOriginHeaders = (queryStrings: ForwardedParts): CachePolicySettings => ({
  ...{ minTtl: 0, defaultTtl: 0, maxTtl: YEAR, compressed: ['br', 'gzip'] },
  ...{ headers: only('host', 'origin', ...METHOD_OVERRIDES), cookies: EVERYTHING, queryStrings },
});

/**
 * Cache policies that AWS maintains, by id.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 */
export const MANAGED_CACHE_POLICIES: Readonly<Record<string, CachePolicySettings>> = {
  // CachingDisabled
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': {
    ...{ minTtl: 0, defaultTtl: 0, maxTtl: 0, compressed: [] },
    ...{ headers: NOTHING, cookies: NOTHING, queryStrings: NOTHING },
  },
  // CachingOptimized
  '658327ea-f89d-4fab-a63d-7e88639e58f6': {
    ...{ minTtl: 1, defaultTtl: 86_400, maxTtl: YEAR, compressed: ['br', 'gzip'] },
    ...{ headers: NOTHING, cookies: NOTHING, queryStrings: NOTHING },
  },
  // CachingOptimizedForUncompressedObjects
  'b2884449-e4de-46a7-ac36-70bc7f1ddd6d': {
    ...{ minTtl: 1, defaultTtl: 86_400, maxTtl: YEAR, compressed: [] },
    ...{ headers: NOTHING, cookies: NOTHING, queryStrings: NOTHING },
  },
  // UseOriginCacheControlHeaders
  '83da9c7e-98b4-4e11-a168-04f0df8e2c65': byOriginHeaders(NOTHING),
  // UseOriginCacheControlHeaders-QueryStrings
  '4cc15a8a-d715-48a4-82b8-cc0b614638fe': byOriginHeaders(EVERYTHING),
};

/**
 * Origin request policies that AWS maintains, by id.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
export const MANAGED_ORIGIN_REQUEST_POLICIES: Readonly<Record<string, OriginRequestSettings>> = {
  // AllViewer
  '216adef6-5c7f-47e4-b989-5492eafa07d3': { headers: EVERYTHING, cookies: EVERYTHING, queryStrings: EVERYTHING },
  // AllViewerExceptHostHeader
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': {
    headers: { kind: 'except', names: ['host'] },
    cookies: EVERYTHING,
    queryStrings: EVERYTHING,
  },
  // AllViewerAndCloudFrontHeaders-2022-06
  '33f36d7e-f396-46d9-90e0-52428a34d9dc': { headers: EVERYTHING, cookies: EVERYTHING, queryStrings: EVERYTHING },
  // CORS-CustomOrigin
  '59781a5b-3903-41f3-afcb-af62929ccde1': { headers: only('origin'), cookies: NOTHING, queryStrings: NOTHING },
  // CORS-S3Origin
  '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf': {
    headers: only('origin', 'access-control-request-headers', 'access-control-request-method'),
    cookies: NOTHING,
    queryStrings: NOTHING,
  },
  // UserAgentRefererHeaders
  'acba4595-bd28-49b8-b9fe-13317c0390fa': {
    headers: only('user-agent', 'referer'),
    cookies: NOTHING,
    queryStrings: NOTHING,
  },
};
