import { SETTINGS, values, viewerRequest, viewerResponse } from './edge-functions';

describe('headers that need a decision', () => {
  test('HTML gets the policy of the platform, unless the origin sent one', async () => {
    const html = values({ 'content-type': 'text/html; charset=utf-8' });
    const policy = async (headers = html) =>
      (await viewerResponse()({}, { headers })).headers['content-security-policy']?.value;
    expect(await policy()).toBe("default-src 'self'");
    expect(await policy(values({ 'content-type': 'text/html', 'content-security-policy': 'own' }))).toBe('own');
    expect(await policy(values({ 'content-type': 'application/json' }))).toBeUndefined();
  });

  test('cache tags are for the cache, not for viewers', async () => {
    const { headers } = await viewerResponse()({}, { headers: values({ 'cache-tag': 'product-42', etag: '"1"' }) });
    expect(headers).toEqual({ etag: { value: '"1"' } });
  });

  test('what is left of a limit is told to its caller only', async () => {
    const headers = values({
      'ratelimit-limit': '600',
      'ratelimit-remaining': '7',
      'ratelimit-reset': '1',
      etag: '"1"',
    });
    const names = async (uri: string) => Object.keys((await viewerResponse()({ uri }, { headers })).headers);
    expect(await names('/api/products')).toEqual(['etag']);
    expect(await names('/api/me/orders')).toContain('ratelimit-remaining');
  });

  test('only the canonical hosts may be listed by search engines', async () => {
    const robots = async (host: string, settings = SETTINGS) =>
      (await viewerResponse({}, settings)({ headers: values({ host }) }, {})).headers['x-robots-tag'];
    expect(await robots('www.example.com')).toBeUndefined();
    expect(await robots('d111111abcdef8.cloudfront.net')).toEqual({ value: 'noindex' });
    expect(await robots('anything.example', { ...SETTINGS, canonicalHosts: [] })).toBeUndefined();
  });

  test('an answer that sets a cookie is private unless it says otherwise', async () => {
    const cookies = { session: { value: 'x', attributes: 'Secure' } };
    const cacheControl = async (headers = {}) =>
      (await viewerResponse()({}, { headers, cookies })).headers['cache-control']?.value;
    expect(await cacheControl()).toBe('private, no-store');
    expect(await cacheControl(values({ 'cache-control': 'no-cache' }))).toBe('no-cache');
  });
});

describe('the assignment of a variant', () => {
  const keys = { routing: { canary: { percent: 30 }, experiment: { name: 'checkout', percent: 50 } } };

  test('is remembered in a cookie that is set after the cache, and is the one that the request was routed by', async () => {
    const before = viewerRequest(keys);
    const after = viewerResponse(keys);
    for (let index = 0; index < 50; index += 1) {
      const ip = `192.0.2.${index}`;
      const { request } = await before({ uri: '/api/products' }, ip);
      const cookie = (await after({ uri: '/api/products' }, {}, ip)).cookies?.['headroom_variant'];
      expect(cookie?.value).toBe(`${request?.headers['x-headroom-variant']?.value}.checkout`);
      expect(cookie?.attributes).toBe('Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax');
    }
  });

  test('is not set again for a viewer who brings it', async () => {
    const cookies = values({ headroom_variant: 'stable.b.checkout' });
    expect((await viewerResponse(keys)({ uri: '/api/products', cookies }, {})).cookies).toEqual({});
  });

  test.each([
    ['static files', '/static/app.js', keys],
    ['a platform without canary and experiment', '/api/products', { routing: {} }],
  ])('sets no cookie on %s', async (_, uri, stored) => {
    expect((await viewerResponse(stored)({ uri }, {})).cookies).toEqual({});
  });
});
