import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { EdgeValues } from '../../../lambda/edge/event';
import { serialiseQuery } from '../../../lambda/edge/normalise-query';
import { SETTINGS, values, viewerRequest } from './edge-functions';

/** What a cache keyed on path and query would see. */
const spelling = (request: { uri: string; querystring: EdgeValues } | undefined) =>
  request === undefined ? undefined : request.uri + serialiseQuery(request.querystring);

/** Follows the redirects to the canonical spelling, as a browser does; the target is parsed as CloudFront does. */
async function settle(uri: string, querystring: EdgeValues, hops = 3): Promise<string> {
  const { request, response } = await viewerRequest()({ uri, querystring });
  const location = response?.headers['location']?.value;
  if (location === undefined) return spelling(request) ?? '';
  expect(hops).toBeGreaterThan(0);
  const [path = '', query = ''] = location.split('?');
  const pairs = query === '' ? [] : query.split('&').map((pair) => pair.split(/=(.*)/s));
  return settle(path, values(Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]))), hops - 1);
}

test('says whom the viewer asked, whatever the viewer says itself', async () => {
  const headers = values({ host: 'www.example.com', 'x-forwarded-host': 'evil.example' });
  const { request } = await viewerRequest()({ uri: '/api/me/orders', headers });
  expect(request?.headers['x-forwarded-host']).toEqual({ value: 'www.example.com' });
});

describe('normalisation of the URL', () => {
  test('keeps the allowed parameters, in order, and drops what is not in the cache key', async () => {
    const querystring = values({ utm_source: 'mail', sort: 'price', page: '2', evil: '1' });
    const { request } = await viewerRequest()({ uri: '/api/products', querystring });
    expect(spelling(request)).toBe('/api/products?page=2&sort=price');
    expect(Object.keys(request?.querystring ?? {})).toEqual(['page', 'sort']);
  });

  test('keeps the values of a repeated parameter in their order', async () => {
    const sort = { value: 'b', multiValue: [{ value: 'b' }, { value: 'a' }] };
    const { request } = await viewerRequest()({ uri: '/api/products', querystring: { sort } });
    expect(request?.querystring).toEqual({ sort });
  });

  test('keeps every parameter on paths that are never cached', async () => {
    const { request } = await viewerRequest()({ uri: '/checkout', querystring: values({ b: '1', a: '2' }) });
    expect(spelling(request)).toBe('/checkout?b=1&a=2');
  });

  test.each([
    ['/api//products', '/api/products'],
    ['/api/products/', '/api/products'],
    ['/api/./x/../products', '/api/products'],
    ['/api/%70roducts', '/api/products'],
    ['/a%2fb', '/a%2Fb'],
    ['/../../etc', '/etc'],
    ['//evil.example', '/evil.example'],
    ['/\\evil.example/', '/%5Cevil.example'],
    ['/100%/', '/100%25'],
    ['/%4%31', '/%2541'],
  ])('sends %s to %s, method and body kept', async (uri, location) => {
    const { response } = await viewerRequest()({ method: 'POST', uri });
    expect(response).toMatchObject({ statusCode: 308, headers: { location: { value: location } } });
  });

  const segment = fc.oneof(
    fc.constantFrom('', '.', '..', 'api', 'static', 'me', '%2e', '%2E%2E', '%', '%4', '%41', '\\', 'ü', 'a b'),
    fc.string({ maxLength: 6, unit: 'binary-ascii' }).map((text) => text.replaceAll('?', '')),
  );
  const path = fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`);
  const query = fc
    .dictionary(fc.constantFrom('page', 'q', 'sort', 'utm_source', 'x'), fc.stringMatching(/^[a-z0-9%~.]{0,6}$/))
    .map(values);

  test('is idempotent: the canonical spelling is not redirected or changed again', async () => {
    const run = viewerRequest();
    await fc.assert(
      fc.asyncProperty(path, query, async (uri, querystring) => {
        const first = await run({ uri, querystring });
        const location = first.response?.headers['location']?.value;
        const canonical = location === undefined ? spelling(first.request) : location;
        const [again = '', ...rest] = (canonical ?? '').split('?');
        expect(again).toMatch(/^\/(?![/\\])/);
        const kept = location === undefined ? (first.request?.querystring ?? {}) : {};
        const second = await run({ uri: again, querystring: kept });
        expect(second.response).toBeUndefined();
        expect(second.request?.uri).toBe(again);
        if (location === undefined)
          expect(rest.join('?')).toBe(serialiseQuery(second.request?.querystring ?? {}).slice(1));
      }),
      { numRuns: 500 },
    );
  });

  test('gives equivalent URLs one spelling, hence one cache key', async () => {
    const clean = fc.array(fc.stringMatching(/^[a-z0-9~-]{1,5}$/), { minLength: 1, maxLength: 4 });
    const parameters = fc.uniqueArray(fc.constantFrom('page', 'q', 'sort'), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(clean, parameters, fc.infiniteStream(fc.nat(5)), async (segments, names, noise) => {
        const pick = () => noise.next().value ?? 0;
        const encode = (text: string) =>
          [...text].map((c) => (pick() === 0 ? `%${c.charCodeAt(0).toString(16)}` : c)).join('');
        const dirty = segments.map((each) => `${['', '/', '/.', '/x/..', '', ''][pick()]}/${encode(each)}`).join('');
        const plain = values(Object.fromEntries(names.map((name) => [name, 'v~1'])));
        const shuffled = [...names].sort(() => pick() - 2);
        const messy = values({
          ...(pick() > 2 ? { utm_campaign: 'spring' } : {}),
          ...Object.fromEntries(shuffled.map((name) => [name, pick() > 2 ? 'v~1' : 'v%7e1'])),
        });
        const expected = await settle(`/api/${segments.join('/')}`, plain);
        expect(await settle(`/api${dirty}${pick() > 3 ? '/' : ''}`, messy)).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });
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

describe('the pre-check of a signed token', () => {
  const KEY = 'a-secret-key';
  const sign = (subject: string, expiry: number, key = KEY) =>
    `${subject}.${expiry}.${createHmac('sha256', key).update(`${subject}.${expiry}`).digest('base64url')}`;
  const status = async (cookie?: string, keys: Record<string, unknown> = { 'token-key': KEY }) => {
    const cookies = cookie === undefined ? {} : values({ session: cookie });
    return (await viewerRequest(keys)({ uri: '/api/me/orders', cookies })).response?.statusCode;
  };
  const FUTURE = 99_999_999_999;

  test('lets a genuine token through', async () => expect(await status(sign('u1', FUTURE))).toBeUndefined());

  test.each([
    ['missing', undefined],
    ['expired', sign('u1', 1_700_000_000)],
    ['signed with another key', sign('u1', FUTURE, 'guess')],
    ['for another subject', sign('u1', FUTURE).replace('u1', 'u2')],
    ['without a signature', `u1.${FUTURE}.`],
    ['with the expiry moved', sign('u1', 1_700_000_000).replace('1700000000', String(FUTURE))],
    ['nonsense', '....'],
  ])('answers 401 when the token is %s', async (_, cookie) => expect(await status(cookie)).toBe(401));

  test('leaves the check to the service while no key is stored', async () => {
    expect(await status(undefined, {})).toBeUndefined();
  });

  test('reads the store at most three times for the dearest request', async () => {
    const keys = { routing: { redirects: true }, 'token-key': KEY };
    const cookies = values({ session: sign('u1', FUTURE) });
    const { keysRead } = await viewerRequest(keys)({ uri: '/api/me/orders', cookies });
    expect(keysRead).toEqual(['routing', 'redirect:/api/me/orders', 'token-key']);
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
