import fc from 'fast-check';
import type { EdgeValues } from '../../../lambda/edge/event';
import { serialiseQuery } from '../../../lambda/edge/normalise-query';
import { spelling, values, viewerRequest } from './edge-functions';

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
