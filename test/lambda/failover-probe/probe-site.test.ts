import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { probeSite } from '../../../lambda/failover-probe/probe-site';

let server: Server;
let urls: string[];
let statuses: (number | 'silent')[];

beforeEach(async () => {
  urls = [];
  server = createServer((request, response) => {
    urls.push(request.url ?? '');
    const status = statuses[urls.length - 1] ?? 200;
    if (status !== 'silent') response.writeHead(status, { location: '/elsewhere' }).end('text');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const probe = (page: string) =>
  probeSite({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${page}`, times: 3, timeout: 500 });

test('is healthy after so many answers in a row, none of them from a cache', async () => {
  statuses = [];
  expect(await probe('/api/items?limit=1')).toEqual({ healthy: true, answer: 'status 200' });
  expect(new Set(urls).size).toBe(3);
  expect(urls[0]).toMatch(/^\/api\/items\?limit=1&probe=/);
});

test.each([
  [[200, 503], 'status 503', 2],
  [[308], 'status 308', 1],
  [[200, 200, 'silent'] as const, 'TimeoutError: The operation was aborted due to timeout', 3],
])('is not after %j', async (given, answer, asked) => {
  statuses = [...given];
  expect(await probe('/')).toEqual({ healthy: false, answer });
  expect(urls).toHaveLength(asked);
});

test('is not when nothing listens', async () => {
  expect(await probeSite({ url: 'http://127.0.0.1:9/', times: 1, timeout: 500 })).toMatchObject({ healthy: false });
});
