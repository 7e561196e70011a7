import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Edge } from './edge';

let server: Server;
let asked: string[];
let headers: Record<string, string>;

beforeEach(async () => {
  asked = [];
  headers = { 'cache-control': 'public, max-age=0, s-maxage=60', 'cache-tag': 'item-1, all' };
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.writeHead(url === '/broken' ? 500 : 200, headers).end(`${url} ${asked.length}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const edge = (transitMillis = () => 0): Edge =>
  new Edge({ origin: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`, transitMillis });

/** How often the origin was asked for two requests with something between them. */
async function originAsked(path: string, between: (one: Edge) => void = () => {}): Promise<number> {
  const one = edge();
  await one.get(path);
  between(one);
  await one.get(path);
  return asked.length;
}

test.each([
  ['public, max-age=0, s-maxage=60', 1],
  ['max-age=60', 1],
  ['max-age=60, s-maxage=0', 2],
  ['s-maxage=60, no-store', 2],
  ['private, max-age=60', 2],
  ['no-cache', 2],
])('keeps an answer for as long as shared caches may: %s', async (cacheControl, times) => {
  headers = { 'cache-control': cacheControl };
  expect(await originAsked('/a')).toBe(times);
});

test('keeps no error', async () => {
  expect(await originAsked('/broken')).toBe(2);
});

test.each([
  ['its tag', ['#all'], 2],
  ['another tag', ['#item-10'], 1],
  ['its path', ['/api/a'], 2],
  ['a wildcard over it', ['/api/*'], 2],
  ['a wildcard beside it', ['/static/*'], 1],
])('told to forget %s, it asks again or not', async (_, items, times) => {
  expect(await originAsked('/api/a', (one) => one.forget(items))).toBe(times);
});

test('what was on its way when it was told to forget is kept all the same', async () => {
  const one = edge(() => 100);
  const first = one.get('/a');
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  one.forget(['#all']);
  expect((await first).body).toBe('/a 1');
  expect([(await one.get('/a')).body, asked.length]).toEqual(['/a 1', 1]);
});
