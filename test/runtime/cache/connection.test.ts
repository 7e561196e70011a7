import { APPLICATION_ACCESS } from '../../../lib/constructs/cache/cache-users';
import { CacheUnavailableError, connectCache, createCache } from '../../../runtime/cache';
import { startServer, type TestServer } from '../support/cache-server';
import { eventually } from '../support/eventually';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server.stop();
});

test('comes back by itself after the server was restarted', async () => {
  const connection = await connectCache({ url: server.url });
  await server.server.kill();
  await eventually(() => !connection.available);
  expect(() => connection.client()).toThrow(CacheUnavailableError);
  await server.server.start();
  await eventually(() => connection.available);
  expect(await connection.client().ping()).toBe('PONG');
  await connection.close();
});

test('counts as lost when the server leaves commands unanswered, and none of them hangs', async () => {
  const errors: string[] = [];
  const onError = (error: Error): unknown => errors.push(error.message);
  const connection = await connectCache({ url: server.url, replyTimeoutMs: 100, onError });
  server.server.freeze();
  await expect(connection.client().get('key')).rejects.toThrow();
  expect(errors[0]).toBe('the cache server has not answered for 100 ms');
  server.server.thaw();
  await eventually(() => connection.available);
  expect(await connection.client().get('key')).toBeNull();
  await connection.close();
});

test('is there, and not available, when there is no server', async () => {
  const connection = await connectCache({ url: 'redis://127.0.0.1:1', connectTimeoutMs: 50 });
  expect(connection.available).toBe(false);
  expect(() => connection.client()).toThrow('no connection to the cache server');
  await connection.close();
});

test('does not take a stall of its own event loop for silence of the server', async () => {
  const errors: string[] = [];
  const onError = (error: Error): unknown => errors.push(error.message);
  const connection = await connectCache({ url: server.url, replyTimeoutMs: 400, onError });
  for (let round = 0; round < 4; round++) {
    const pong = connection.client().ping();
    const until = performance.now() + 600;
    while (performance.now() < until);
    expect(await pong).toBe('PONG');
  }
  expect(errors).toEqual([]);
  await connection.close();
});

describe('with a user of its own', () => {
  test('the cache does everything with the access that the deployed user has', async () => {
    const admin = await connectCache({ url: server.url });
    await admin.client().sendCommand(['ACL', 'SETUSER', 'service', '>one', ...APPLICATION_ACCESS.split(' ')]);
    const credentials = async () => ({ username: 'service', password: 'one' });
    const connection = await connectCache({ url: server.url, credentials });
    const policies = { item: { cacheable: true, ttlMs: 60_000, tags: (id: string) => [`item:${id}`] } } as const;
    const cache = createCache({ connection, policies });
    await cache.ready();
    await cache.getOrLoad('item', '1', async () => 'a');
    await cache.set('item', '2', 'b');
    expect(await cache.invalidate({ tags: ['item:1'] })).toBe('sent');
    expect(await cache.get('item', '2')).toBe('b');
    await cache.close();
    await connection.close();
    await admin.close();
  });

  test('logs in anew for every connection, and again on one that lives on', async () => {
    const admin = await connectCache({ url: server.url });
    await admin.client().sendCommand(['ACL', 'SETUSER', 'rotating', 'on', '>1', '>2', '>3', '~*', '+@all']);
    let asked = 0;
    const credentials = async () => ({ username: 'rotating', password: `${Math.min(++asked, 3)}` });
    const connection = await connectCache({ url: server.url, credentials, reauthenticateEveryMs: 20 });
    expect(await connection.client().aclWhoAmI()).toEqual(Buffer.from('rotating'));
    const before = asked;
    await eventually(() => asked > before + 1);
    expect(await connection.client().ping()).toBe('PONG');
    await connection.close();
    await admin.close();
  });
});
