import { SETTINGS, spelling, values, viewerRequest } from './edge-functions';

test('says whom the viewer asked, whatever the viewer says itself', async () => {
  const headers = values({ host: 'www.example.com', 'x-forwarded-host': 'evil.example' });
  const { request } = await viewerRequest()({ uri: '/api/me/orders', headers });
  expect(request?.headers['x-forwarded-host']).toEqual({ value: 'www.example.com' });
});

describe('credentials', () => {
  const headers = values({ 'x-api-key': 'secret', authorization: 'Bearer secret', accept: '*/*' });
  const kept = async (method: string, uri: string) =>
    Object.keys((await viewerRequest()({ method, uri, headers })).request?.headers ?? {});

  test.each(['GET', 'HEAD', 'OPTIONS'])('of a %s do not reach answers that are for everybody', async (method) => {
    expect(await kept(method, '/api/products')).toEqual(['accept', 'x-headroom-variant']);
  });

  test.each([
    ['PATCH', '/api/products'],
    ['GET', '/api/me/orders'],
    ['GET', '/anything'],
  ])('of a %s %s reach the application', async (method, uri) => {
    const settings = { ...SETTINGS, tokenCookie: '' };
    const { request } = await viewerRequest({}, settings)({ method, uri, headers });
    expect(request?.headers['x-api-key']).toEqual({ value: 'secret' });
    expect(request?.headers['authorization']).toEqual({ value: 'Bearer secret' });
  });
});

describe('maintenance', () => {
  const run = viewerRequest({ routing: { maintenance: true, maintenanceExempt: ['203.0.113.9'] } });

  test('answers 503 without asking the origin, and says when to come back', async () => {
    const { response } = await run({ uri: '/api/products' });
    expect(response).toMatchObject({ statusCode: 503, headers: { 'retry-after': { value: '120' } } });
    expect(JSON.parse(response?.body?.data ?? '')).toEqual({
      type: 'about:blank',
      status: 503,
      title: 'Under maintenance',
    });
  });

  test('answers people with a page', async () => {
    const { response } = await run({ uri: '/', headers: values({ accept: 'text/html,*/*' }) });
    expect(response?.headers['content-type']).toEqual({ value: 'text/html; charset=utf-8' });
    expect(response?.body?.data).toContain('<h1>Under maintenance</h1>');
  });

  test('lets exempt addresses through, and static files of everybody', async () => {
    expect((await run({ uri: '/api/products' }, '203.0.113.9')).response).toBeUndefined();
    expect((await run({ uri: '/static/app.1a2b.js' })).response).toBeUndefined();
  });
});

test.each([
  ['POST', 503],
  ['DELETE', 503],
  ['GET', undefined],
  ['OPTIONS', undefined],
])('while the site is read only, %s gets %p', async (method, status) => {
  const { response } = await viewerRequest({ routing: { readOnly: true } })({ method, uri: '/api/orders' });
  expect(response?.statusCode).toBe(status);
});

describe('the region', () => {
  test('is the home region, without a choice, when the store is empty or unreadable', async () => {
    expect((await viewerRequest()({ uri: '/api/products' })).selectedOrigin).toBeUndefined();
    expect((await viewerRequest({ routing: '{ not json' })({ uri: '/' })).selectedOrigin).toBeUndefined();
  });

  test.each(['GET', 'POST'])('moves for every method in a disaster: %s', async (method) => {
    const run = viewerRequest({ routing: { region: 'eu-west-1', regionByCountry: { DE: 'us-east-1' } } });
    const headers = values({ 'cloudfront-viewer-country': 'DE' });
    expect((await run({ method, uri: '/api/orders', headers })).selectedOrigin).toBe('app-eu-west-1');
  });

  test('of a pinned path is its own, and maintenance closes it all the same', async () => {
    const pinned = { ...SETTINGS, paths: SETTINGS.paths.map((row) => ({ ...row, pinned: true })) };
    const moved = await viewerRequest({ routing: { region: 'eu-west-1' } }, pinned)({ uri: '/api/orders' });
    expect(moved.selectedOrigin).toBeUndefined();
    const closed = await viewerRequest({ routing: { maintenance: true } }, pinned)({ uri: '/api/orders' });
    expect(closed.response?.statusCode).toBe(503);
  });

  test('stays when the store names a region that the distribution does not have', async () => {
    const { request, selectedOrigin } = await viewerRequest({ routing: { region: 'mars-north-1' } })({ uri: '/' });
    expect(selectedOrigin).toBeUndefined();
    expect(request?.uri).toBe('/');
  });

  test.each([
    ['GET', 'DE', 'app-eu-west-1'],
    ['HEAD', 'DE', 'app-eu-west-1'],
    ['POST', 'DE', undefined],
    ['GET', 'US', undefined],
  ])('is near the viewer for reads only: %s from %s goes to %s', async (method, country, origin) => {
    const run = viewerRequest({ routing: { regionByCountry: { DE: 'eu-west-1' } } });
    const headers = values({ 'cloudfront-viewer-country': country });
    expect((await run({ method, uri: '/api/products', headers })).selectedOrigin).toBe(origin);
  });
});

describe('canary and experiment', () => {
  const variant = async (routing: object, ip: string, cookie?: string) => {
    const cookies = cookie === undefined ? {} : values({ headroom_variant: cookie });
    const { request } = await viewerRequest({ routing })({ uri: '/api/products', cookies }, ip);
    return request?.headers['x-headroom-variant']?.value;
  };
  const addresses = Array.from({ length: 2_000 }, (_, index) => `198.51.${index >> 8}.${index & 255}`);

  test.each([
    [0, 0, 0],
    [10, 8, 12],
    [50, 46, 54],
    [100, 100, 100],
  ])('%d %% of viewers get the canary', async (percent, atLeast, atMost) => {
    const run = viewerRequest({ routing: { canary: { percent, region: 'eu-west-1' } } });
    let chosen = 0;
    for (const ip of addresses) {
      if ((await run({ uri: '/api/products' }, ip)).selectedOrigin === 'app-eu-west-1') chosen += 1;
    }
    const share = (100 * chosen) / addresses.length;
    expect(share).toBeGreaterThanOrEqual(atLeast);
    expect(share).toBeLessThanOrEqual(atMost);
  });

  test('raising the share moves nobody back', async () => {
    for (const ip of addresses.slice(0, 200)) {
      const small = await variant({ canary: { percent: 20 } }, ip);
      if (small === 'canary.a') expect(await variant({ canary: { percent: 40 } }, ip)).toBe('canary.a');
    }
  });

  test('a viewer stays in the arm that the cookie remembers, for the same experiment only', async () => {
    const routing = { experiment: { name: 'checkout', percent: 50 } };
    expect(await variant(routing, '192.0.2.1', 'stable.b.checkout')).toBe('stable.b');
    expect(await variant(routing, '192.0.2.1', 'stable.a.checkout')).toBe('stable.a');
    const without = await variant(routing, '192.0.2.1');
    const other = without === 'stable.a' ? 'b' : 'a';
    expect(await variant(routing, '192.0.2.1', `stable.${other}.old-experiment`)).toBe(without);
  });

  test('a viewer cannot choose the variant of the cache key with a header', async () => {
    const headers = values({ 'x-headroom-variant': 'attack' });
    expect((await viewerRequest()({ uri: '/api/products', headers })).request?.headers['x-headroom-variant']).toEqual({
      value: 'stable.a',
    });
    const { request } = await viewerRequest()({ uri: '/static/app.js', headers });
    expect(request?.headers['x-headroom-variant']).toBeUndefined();
  });

  test('a cookie with another text is worth nothing', async () => {
    expect(await variant({ canary: { percent: 100 } }, '192.0.2.1', '<script>')).toBe('canary.a');
  });
});

describe('redirects', () => {
  const run = viewerRequest({
    routing: { redirects: true },
    'redirect:/old': '301 /new?from=old',
    'redirect:/moved': '/here',
    'redirect:/out': '301 https://evil.example/',
    'redirect:/sly': '//evil.example',
    'redirect:/loop': '/loop',
  });

  test.each([
    ['/old', 301, '/new?from=old'],
    ['/moved', 308, '/here'],
  ])('sends %s on with %d to %s', async (uri, statusCode, location) => {
    expect((await run({ uri })).response).toMatchObject({ statusCode, headers: { location: { value: location } } });
  });

  test.each(['/out', '/sly', '/loop', '/unknown'])('does not send %s anywhere', async (uri) => {
    expect((await run({ uri })).response).toBeUndefined();
  });

  test('costs no read when no redirects are kept', async () => {
    expect((await viewerRequest({ routing: {} })({ uri: '/old' })).keysRead).toEqual(['routing']);
  });
});

test('paths without a row are left alone', async () => {
  const { request, keysRead } = await viewerRequest(
    {},
    { ...SETTINGS, paths: [] },
  )({ uri: '/x', querystring: values({ b: '1' }) });
  expect(spelling(request)).toBe('/x?b=1');
  expect(keysRead).toEqual([]);
});
