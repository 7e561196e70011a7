import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';
import fc from 'fast-check';
import {
  type Distribution,
  evaluateRequest,
  type LoggedRequest,
  readDistribution,
  replayWebAcl,
  timeToLive,
} from '../../analysis/edge';
import type { Assembly, Resource } from '../../analysis/template';
import { createPlatformApp } from '../../bin/platform-app';
import { ENVIRONMENTS } from '../../lib/config';
import { production } from '../../lib/config/production';
import { rateLimits } from '../../service/src/rate-limits';
import { synthesizePlatform } from './synthesized';

const { assembly } = synthesizePlatform({ environments: [production] });
const abroad = synthesizePlatform({
  environments: [
    {
      ...production,
      primary: { region: 'eu-west-1', availabilityZones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'] },
      edge: { ...production.edge, originPrefixList: 'pl-4fa04526' },
    },
  ],
});

function only(type: string, from: Assembly = assembly): Resource {
  const [found, ...more] = from.ofType(type);
  if (found === undefined || more.length > 0) throw new Error(`${more.length + 1} of ${type}`);
  return found;
}
/** APIs have web ACLs of their own. */
function webAclOfCdn(from: Assembly = assembly): Resource {
  const found = from.ofType('AWS::WAFv2::WebACL').find((acl) => acl.property('Scope') === 'CLOUDFRONT');
  if (found === undefined) throw new Error('no web ACL of a distribution');
  return found;
}
const distributionWith = (keys: Record<string, object> = {}): Distribution =>
  readDistribution(
    only('AWS::CloudFront::Distribution'),
    new Map(Object.entries(keys).map(([key, value]) => [key, JSON.stringify(value)])),
  );
const distribution = distributionWith();

describe('what the distribution does with a request', () => {
  const hour = 3_600;

  test.each([
    // path, behaviour, origin, seconds kept when the application says s-maxage=86400
    ['/static/plain.css', 'static/*', 'assets', 86_400],
    ['/maintenance/503.html', 'maintenance/*', 'assets', 86_400],
    ['/api/items?limit=5', 'api/items', 'app-us-east-1', 300],
    ['/api/items/42', 'api/items/*', 'app-us-east-1', hour],
    ['/api/search?q=lamp', 'api/search', 'app-us-east-1', 300],
    ['/api/recommendations', '*', 'app-us-east-1', 0],
    ['/api/preferences', '*', 'app-us-east-1', 0],
    ['/api/session', '*', 'app-us-east-1', 0],
    ['/api/webhooks', '*', 'app-us-east-1', 0],
    ['/api/events', '*', 'app-us-east-1', 0],
    ['/', '*', 'app-us-east-1', 0],
  ])('%s is answered by %s from %s and kept for at most %d s', (url, behaviour, origin, seconds) => {
    const answer = evaluateRequest(distribution, { url });
    expect(answer).toMatchObject({ behaviour, origin: { id: origin } });
    const row = distribution.behaviours.find(({ pattern }) => pattern === behaviour);
    expect(row && timeToLive(row.cache, 'public, s-maxage=86400')).toBe(seconds);
    expect(answer.cacheKey === undefined).toBe(seconds === 0);
  });

  test('the application sees nobody behind shared answers, and everything behind personal ones', () => {
    const caller = { headers: { authorization: 'Bearer x', 'x-api-key': 'k' }, cookies: { session: 's' } };
    const shared = evaluateRequest(distribution, { url: '/api/items/1', ...caller });
    expect(shared.forwarded).toEqual({ headers: ['x-headroom-variant'], cookies: [], queryParameters: [] });
    const personal = evaluateRequest(distribution, { url: '/api/preferences?a=1', ...caller });
    expect(personal.forwarded).toEqual({
      headers: ['authorization', 'x-api-key', 'x-forwarded-host', 'x-headroom-variant'],
      cookies: ['session'],
      queryParameters: ['a'],
    });
    const write = evaluateRequest(distribution, { url: '/api/items/1', method: 'PATCH', ...caller });
    expect(write.forwarded?.headers).toContain('x-api-key');
  });

  test('a WebSocket reaches the application with what its handshake needs, and with the host that the page is of', () => {
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-working-with.websockets.html
    const handshake = {
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
      origin: 'https://d111111abcdef8.cloudfront.net',
      'x-forwarded-host': 'evil.example',
    };
    const answer = evaluateRequest(distribution, { url: '/api/live', headers: handshake, cookies: { session: 's' } });
    expect(answer).toMatchObject({ behaviour: '*', answeredBy: 'cache-or-origin' });
    expect(answer.cacheKey).toBeUndefined();
    expect(answer.forwarded?.cookies).toEqual(['session']);
    expect(answer.forwarded?.headers).toEqual(
      expect.arrayContaining(['origin', 'sec-websocket-key', 'sec-websocket-version', 'x-forwarded-host']),
    );
  });

  test('equivalent URLs share one cache key; what the cache is not keyed on changes nothing', () => {
    const noise = fc.dictionary(
      fc.stringMatching(/^(utm_[a-z]{1,4}|fbclid|x[a-z]{0,3})$/),
      fc.stringMatching(/^[a-z0-9]{0,5}$/),
    );
    const wanted = fc.record(
      {
        category: fc.stringMatching(/^[a-z]{1,6}$/),
        cursor: fc.stringMatching(/^[A-Za-z0-9]{1,6}$/),
        limit: fc.nat(99),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(wanted, noise, fc.nat(), (parameters, more, seed) => {
        const pairs = Object.entries({ ...parameters }).map(([name, value]) => `${name}=${value}`);
        const others = Object.entries(more).map(([name, value]) => `${name}=${value}`);
        const all = [...pairs, ...others];
        const at = all.length === 0 ? 0 : seed % all.length;
        const shuffled = [...all.slice(at), ...all.slice(0, at)].toReversed();
        const key = (query: readonly string[]) =>
          evaluateRequest(distribution, { url: `/api/items?${query.join('&')}` }).cacheKey;
        expect(key(shuffled)).toBe(key(pairs));
        expect(key(pairs)).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  test('variants of a canary do not share an answer', () => {
    const canary = distributionWith({ routing: { canary: { percent: 50 } } });
    const keys = Array.from(
      { length: 40 },
      (_, index) => evaluateRequest(canary, { url: '/api/items', ip: `192.0.2.${index}` }).cacheKey,
    );
    expect(new Set(keys)).toEqual(
      new Set(['canary.a', 'stable.a'].map((variant) => `/api/items headers?x-headroom-variant=${variant}`)),
    );
  });

  test('a maintenance flag closes the application, not the static files', () => {
    const closed = distributionWith({ routing: { maintenance: true } });
    expect(evaluateRequest(closed, { url: '/api/items' })).toMatchObject({
      answeredBy: 'function',
      response: { statusCode: 503 },
    });
    expect(evaluateRequest(closed, { url: '/maintenance/503.html' })).toMatchObject({ answeredBy: 'cache-or-origin' });
  });
});

describe('the door', () => {
  test('only the VPC origin reaches the load balancer', () => {
    const groups = assembly
      .linksFrom(only('AWS::ElasticLoadBalancingV2::LoadBalancer'))
      .map(({ to }) => to)
      .filter(({ type }) => type === 'AWS::EC2::SecurityGroup');
    expect(groups).toHaveLength(1);
    const rules = groups.flatMap((group) => [
      ...[group.property('SecurityGroupIngress') ?? []].flat(),
      ...assembly
        .linksTo(group, 'AWS::EC2::SecurityGroupIngress')
        .filter(({ path: at }) => at[0] === 'GroupId')
        .map(({ from }) => from.properties),
    ]);
    expect(rules).toEqual([expect.objectContaining({ SourcePrefixListId: 'pl-3b927c52', FromPort: 80, ToPort: 80 })]);
  });

  test('a personalised path that somebody makes cacheable is found', () => {
    const outdir = mkdtempSync(path.join(tmpdir(), 'headroom-planted-'));
    try {
      const app = createPlatformApp({ environments: [production], outdir });
      for (const node of app.node.findAll()) {
        if (!(node instanceof CfnDistribution)) continue;
        const shared = 'DistributionConfig.CacheBehaviors.2';
        node.addPropertyOverride(`${shared}.OriginRequestPolicyId`, 'b689b0a8-53d0-40ab-baf2-68738e2966ac');
      }
      expect(() => app.synth()).toThrow(
        "behaviour 'api/items' sends cookie session to the origin, but its cache key does not have it",
      );
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  });

  test('a platform outside of us-east-1 takes web ACL and logging from there, without custom resources', () => {
    const regions = Object.fromEntries(abroad.assembly.stacks.map(({ displayName, region }) => [displayName, region]));
    expect(regions).toMatchObject({
      'Production/Edge': 'eu-west-1',
      'Production/EdgeSecurity': 'us-east-1',
      'Production/EdgeLogs': 'us-east-1',
    });
    const cdn = only('AWS::CloudFront::Distribution', abroad.assembly);
    const acl = webAclOfCdn(abroad.assembly);
    expect(abroad.assembly.linksFrom(cdn).some(({ to }) => to === acl)).toBe(true);
    expect(abroad.assembly.resources.filter(({ type }) => type.includes('CrossRegion'))).toEqual([]);
  });
});

describe('the web ACL', () => {
  const acl = webAclOfCdn();
  const request = (timeSeconds: number, more: Partial<LoggedRequest> = {}): LoggedRequest => ({
    ...{ timeSeconds, ip: '198.51.100.1', method: 'GET', path: '/api/items', query: '', headers: {} },
    ...more,
  });
  const flood = (count: number, more: Partial<LoggedRequest> = {}) =>
    Array.from({ length: count }, (_, index) => request(index / 1_000, more));
  const limitedBy = (log: readonly LoggedRequest[]) =>
    replayWebAcl(acl, log)
      .rules.filter(({ limited }) => limited.length > 0)
      .map(({ name, limited }) => [name, limited[0]?.requests]);

  test('limits a flood by what the caller claims to be', () => {
    const keyed = (tier: string) => ({ headers: { 'x-api-key': 'k1', 'x-api-tier': tier } });
    expect(limitedBy(flood(7_000))).toEqual([['LimitAnonymous', 1_000]]);
    expect(limitedBy(flood(7_000, keyed('unheard-of')))).toEqual([['LimitFree', 1_000]]);
    expect(limitedBy(flood(7_000, keyed('standard')))).toEqual([]);
    expect(limitedBy(flood(7_000, { headers: { 'x-api-tier': 'premium' } }))).toEqual([['LimitAnonymous', 1_000]]);
  });

  test('asks who begins too many sessions for a CAPTCHA', () => {
    expect(limitedBy(flood(100, { method: 'POST', path: '/api/session' }))).toEqual([['LimitPath-session', 40]]);
  });

  test('says which of its rules a replay cannot know', () => {
    const unknown = replayWebAcl(acl, []).rules.filter(({ notEvaluated }) => notEvaluated.length > 0);
    expect(unknown.map(({ name }) => name)).toEqual([
      'AWSManagedRulesAntiDDoSRuleSet',
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesSQLiRuleSet',
      'AWSManagedRulesAnonymousIpList',
    ]);
  });

  test.each(ENVIRONMENTS.map(({ name, edge }) => [name, edge.webAcl.tiers] as const))(
    '%s refuses at the edge nobody whom the service would still serve',
    (_name, tiers) => {
      for (const tier of ['anonymous', 'free', 'standard', 'premium'] as const) {
        const { requests, window } = tiers[tier];
        const { perMinute, burst } = rateLimits[tier];
        expect(requests).toBeGreaterThanOrEqual((perMinute * window.toSeconds()) / 60 + burst);
      }
    },
  );
});
