import { evaluateRequest, readDistribution, sharedIdentities } from '../../../analysis/edge';
import type { Resource } from '../../../analysis/template';
import { assemblyOf } from '../checks/template-assembly';

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const policy = (names: { headers?: string[]; cookies?: string[]; queryStrings?: string[] }, maxTtl = 60) => ({
  Type: 'AWS::CloudFront::CachePolicy',
  Properties: {
    CachePolicyConfig: {
      ...{ MinTTL: 0, DefaultTTL: 0, MaxTTL: maxTtl, Name: 'p' },
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingBrotli: true,
        EnableAcceptEncodingGzip: true,
        HeadersConfig: names.headers
          ? { HeaderBehavior: 'whitelist', Headers: names.headers }
          : { HeaderBehavior: 'none' },
        CookiesConfig: names.cookies
          ? { CookieBehavior: 'whitelist', Cookies: names.cookies }
          : { CookieBehavior: 'none' },
        QueryStringsConfig: names.queryStrings
          ? { QueryStringBehavior: 'whitelist', QueryStrings: names.queryStrings }
          : { QueryStringBehavior: 'none' },
      },
    },
  },
});

const behaviour = (PathPattern: string, more: object = {}) => ({
  PathPattern,
  TargetOriginId: 'app',
  CachePolicyId: CACHING_OPTIMIZED,
  ViewerProtocolPolicy: 'redirect-to-https',
  ...more,
});

function distribution(cacheBehaviours: readonly object[], more: Record<string, object> = {}): Resource {
  const { PathPattern: _, ...fallback } = behaviour('*', {
    CachePolicyId: CACHING_DISABLED,
    OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
    AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
  });
  const assembly = assemblyOf({
    Cdn: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          DefaultCacheBehavior: fallback,
          CacheBehaviors: cacheBehaviours,
          Origins: [
            { Id: 'app', DomainName: 'app.internal', VpcOriginConfig: {} },
            { Id: 'app-b', DomainName: 'b.internal', VpcOriginConfig: {} },
            { Id: 'files', DomainName: 'files.s3', S3OriginConfig: {} },
          ],
          OriginGroups: {
            Items: [{ Id: 'reads', Members: { Items: [{ OriginId: 'app' }, { OriginId: 'app-b' }], Quantity: 2 } }],
          },
        },
      },
    },
    ...more,
  });
  const [found] = assembly.ofType('AWS::CloudFront::Distribution');
  if (found === undefined) throw new Error('no distribution');
  return found;
}

const ask = (
  cacheBehaviours: readonly object[],
  url: string,
  more: object = {},
  resources: Record<string, object> = {},
) => evaluateRequest(readDistribution(distribution(cacheBehaviours, resources)), { url, ...more });

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
test.each([
  ['/images/a.jpg', 'images/*.jpg'],
  ['/images/deep/a.jpg', 'images/*.jpg'],
  ['/images/a.JPG', '/images/*'],
  ['/a1/x', 'a?/*'],
  ['/a12/x', '*'],
  ['/static/../images/x', '/images/*'],
  ['/%69mages/x', '/images/*'],
  ['/images', '*'],
  ['/ximages/a.jpg', '*'],
])('%s is the matter of %s: the first pattern that matches, case included', (url, pattern) => {
  expect(ask([behaviour('images/*.jpg'), behaviour('/images/*'), behaviour('a?/*')], url).behaviour).toBe(pattern);
});

test('plain HTTP is redirected or refused before anything else', () => {
  const rows = [behaviour('/a'), behaviour('/b', { ViewerProtocolPolicy: 'https-only' })];
  expect(ask(rows, '/a', { protocol: 'http' })).toMatchObject({ answeredBy: 'redirect-to-https' });
  expect(ask(rows, '/b', { protocol: 'http' })).toMatchObject({ answeredBy: 'refused-protocol' });
});

test('a method that the behaviour does not allow is refused', () => {
  expect(ask([behaviour('/a')], '/a', { method: 'POST' })).toMatchObject({
    answeredBy: 'refused-method',
    response: { statusCode: 403 },
  });
});

test('the key is what the policy names, and nothing else', () => {
  const own = { Own: policy({ headers: ['X-Variant'], cookies: ['lang'], queryStrings: ['q'] }) };
  const rows = [behaviour('/api/*', { CachePolicyId: { Ref: 'Own' } })];
  const headers = { 'X-Variant': 'b', 'User-Agent': 'x', 'Accept-Encoding': 'gzip, deflate' };
  const answer = ask(rows, '/api/items?q=1&utm=2', { headers, cookies: { lang: 'de', session: 's' } }, own);
  expect(answer.cacheKey).toBe('/api/items query?q=1 headers?x-variant=b cookies?lang=de encodingsgzip');
  expect(answer.forwarded).toEqual({ headers: ['x-variant'], cookies: ['lang'], queryParameters: ['q'] });
});

test('an answer to a write, or under a disabled policy, has no key', () => {
  expect(ask([], '/x', { method: 'POST' }).cacheKey).toBeUndefined();
  expect(ask([], '/x').cacheKey).toBeUndefined();
  expect(ask([behaviour('/x')], '/x').cacheKey).toBe('/x');
});

test('names the origin, or both members of a group', () => {
  expect(ask([], '/x').origin).toEqual({ id: 'app', kind: 'vpc', members: [] });
  expect(ask([behaviour('/f', { TargetOriginId: 'files' })], '/f').origin?.kind).toBe('s3');
  expect(ask([behaviour('/r', { TargetOriginId: 'reads' })], '/r').origin).toEqual({
    id: 'reads',
    kind: 'group',
    members: ['app', 'app-b'],
  });
});

test('runs the function of the template, which may answer or choose another origin', () => {
  const code = `import cf from 'cloudfront';
    async function handler(event) {
      const target = await cf.kvs().get('origin');
      if (event.request.uri === '/teapot') return { statusCode: 418, headers: { 'x-why': { value: target } } };
      cf.selectRequestOriginById(target);
      event.request.uri = '/rewritten';
      return event.request;
    }`;
  const edge = { Fn: { Type: 'AWS::CloudFront::Function', Properties: { FunctionCode: code } } };
  const association = { EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': ['Fn', 'FunctionARN'] } };
  const rows = [behaviour('/*', { FunctionAssociations: [association] })];
  const read = readDistribution(distribution(rows, edge), new Map([['origin', 'app-b']]));
  expect(evaluateRequest(read, { url: '/teapot' })).toMatchObject({
    answeredBy: 'function',
    response: { statusCode: 418, headers: { 'x-why': 'app-b' } },
  });
  expect(evaluateRequest(read, { url: '/x?a=1' })).toMatchObject({
    url: '/rewritten?a=1',
    cacheKey: '/rewritten',
    origin: { id: 'app-b' },
  });
});

describe('a personalised path', () => {
  const shared = { CachePolicyId: { Ref: 'Own' }, OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST };
  const found = (row: object, own: object) => sharedIdentities(readDistribution(distribution([row], { Own: own })));

  test('that is cached without the identity that the origin sees is found', () => {
    expect(found(behaviour('/api/me', shared), policy({}))).toEqual([
      { behaviour: '/api/me', identity: 'cookie session' },
      { behaviour: '/api/me', identity: 'header authorization' },
      { behaviour: '/api/me', identity: 'header x-api-key' },
    ]);
  });

  test('with the identity in its key is in order', () => {
    expect(found(behaviour('/api/me', shared), policy({ headers: ['Authorization'], cookies: ['session'] }))).toEqual([
      { behaviour: '/api/me', identity: 'header x-api-key' },
    ]);
  });

  test('that is never cached is in order', () => {
    expect(found(behaviour('/api/me', shared), policy({}, 0))).toEqual([]);
  });

  test('whose identity stays at the edge is in order', () => {
    expect(found(behaviour('/api/me', { CachePolicyId: { Ref: 'Own' } }), policy({}))).toEqual([]);
  });

  test('is found by the name of its cookie too', () => {
    const own = policy({});
    const request = {
      Type: 'AWS::CloudFront::OriginRequestPolicy',
      Properties: {
        OriginRequestPolicyConfig: {
          HeadersConfig: { HeaderBehavior: 'none' },
          CookiesConfig: { CookieBehavior: 'whitelist', Cookies: ['sid'] },
          QueryStringsConfig: { QueryStringBehavior: 'none' },
        },
      },
    };
    const row = behaviour('/api/me', { CachePolicyId: { Ref: 'Own' }, OriginRequestPolicyId: { Ref: 'Request' } });
    expect(sharedIdentities(readDistribution(distribution([row], { Own: own, Request: request })))).toEqual([
      { behaviour: '/api/me', identity: 'cookie sid' },
    ]);
  });
});

test('fails when a policy is neither in the assembly nor known', () => {
  expect(() => ask([behaviour('/x', { CachePolicyId: 'abc' })], '/x')).toThrow(
    "cache policy 'abc' is neither in the assembly nor one of the managed ones known here",
  );
});
