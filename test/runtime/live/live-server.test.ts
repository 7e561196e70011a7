import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientOptions } from 'ws';
import { type CacheConnection, connectCache } from '../../../runtime/cache';
import { LiveServer, type LiveServerOptions } from '../../../runtime/live';
import type { Metrics } from '../../../runtime/telemetry';
import { startServer, type TestServer } from '../support/cache-server';
import { eventually } from '../support/eventually';
import { connectLive, type LiveClient } from './live-client';

let cache: TestServer;
let connection: CacheConnection;
const opened: { live: LiveServer; server: Server }[] = [];
const clients: LiveClient[] = [];

beforeAll(async () => {
  cache = await startServer();
  connection = await connectCache({ url: cache.url, replyTimeoutMs: 5_000 });
});

afterAll(async () => {
  await connection.close();
  await cache.stop();
});

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.terminate();
  for (const { live, server } of opened.splice(0)) {
    await live.close();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A live server behind a port of its own; who asks for `/<name>` is `name`. */
async function serve(options: Partial<LiveServerOptions> = {}): Promise<{ live: LiveServer; url: string }> {
  const live = new LiveServer({
    connection,
    admit: async ({ url = '' }) => ({ user: url.slice(1) }),
    mayFollow: (user, topic) => topic.startsWith('item-') || topic === `visitor-${user}`,
    ...options,
  });
  const server = createServer().on('upgrade', (request, socket, head) => live.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ live, server });
  return { live, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function connect(url: string, options?: ClientOptions): Promise<LiveClient> {
  const client = await connectLive(url, options);
  clients.push(client);
  return client;
}

function counting(): { metrics: Metrics; counted: string[] } {
  const counted: string[] = [];
  const count: Metrics['count'] = (name, labels) => counted.push([name, ...Object.values(labels)].join(' '));
  return { counted, metrics: { count, gauge() {}, observe() {} } };
}

test('tells who follows a topic at any server, and nobody else', async () => {
  const [one, other] = [await serve(), await serve()];
  const [ann, bob, eve] = [
    await connect(`${one.url}/ann`),
    await connect(`${other.url}/bob`),
    await connect(`${other.url}/eve`),
  ];
  await Promise.all([ann.follow('item-5'), bob.follow('item-5'), eve.follow('item-6')]);
  await one.live.publish('item-5', { version: 2 });
  await eventually(() => ann.updates.length + bob.updates.length === 2);
  expect([ann.told.at(-1), bob.updates]).toEqual([
    { type: 'update', topic: 'item-5', data: { version: 2 } },
    [{ version: 2 }],
  ]);
  ann.socket.send('{"unfollow":["item-5"]}');
  await ann.follow('item-7');
  await other.live.publish('item-5', { version: 3 });
  await eventually(() => bob.updates.length === 2);
  expect([ann.updates.length, eve.updates]).toEqual([1, []]);
});

test('what is published after "following" arrives, however quickly', async () => {
  const { live, url } = await serve();
  for (let round = 0; round < 50; round++) {
    const client = await connect(`${url}/ann${round}`);
    await client.follow(`item-${round}`);
    await live.publish(`item-${round}`, round);
    await eventually(() => client.updates.length === 1);
  }
});

test('says what is not followed: what a user may not hear, what is no topic, and more than the most', async () => {
  const { url } = await serve({ maxTopics: 2 });
  const client = await connect(`${url}/ann`);
  expect(await client.follow('visitor-bob', 'visitor-ann', 'nonsense', 'item-1', 'item-2')).toEqual({
    type: 'following',
    topics: ['visitor-ann', 'item-1'],
    refused: ['visitor-bob', 'nonsense', 'item-2'],
  });
});

test.each(['no JSON', '{"follow":"item-5"}', '{"follow":[5]}', 'null'])('ends who sends %s', async (text) => {
  const { metrics, counted } = counting();
  const { url } = await serve({ metrics });
  const client = await connect(`${url}/ann`);
  client.socket.send(text);
  expect((await client.closed).code).toBe(1008);
  expect(counted).toContain('live_connections_cut_total invalid');
});

test('ends who asks too often, or sends too much', async () => {
  const { url } = await serve();
  const hasty = await connect(`${url}/ann`);
  for (let request = 0; request < 25; request++) hasty.socket.send('{}');
  expect((await hasty.closed).code).toBe(1008);
  const verbose = await connect(`${url}/ann`);
  verbose.socket.send('x'.repeat(10_000));
  expect((await verbose.closed).code).toBe(1009);
});

test('cuts a client that does not read, instead of keeping what waits for it; the others hear everything', async () => {
  const { metrics, counted } = counting();
  const { live, url } = await serve({ metrics, maxBufferedBytes: 64 * 1024 });
  const [slow, quick] = [await connect(`${url}/slow`), await connect(`${url}/quick`)];
  await Promise.all([slow.follow('item-5'), quick.follow('item-5')]);
  slow.socket.pause();
  let published = 0;
  while (!counted.includes('live_connections_cut_total slow')) {
    await live.publish('item-5', 'x'.repeat(100_000));
    published += 1;
    if (published > 1_000) throw new Error('the slow client was never cut');
  }
  await eventually(() => quick.updates.length === published);
  expect(live.size).toBe(1);
  slow.socket.resume();
  expect((await slow.closed).code).toBe(1006);
});

test('cuts who gives no sign of life, and keeps who does', async () => {
  const { metrics, counted } = counting();
  const { live, url } = await serve({ metrics, heartbeatMillis: 300 });
  const silent = await connect(`${url}/silent`, { autoPong: false });
  const alive = await connect(`${url}/alive`);
  expect((await silent.closed).code).toBe(1006);
  await sleep(1_000);
  expect(counted).toContain('live_connections_cut_total silent');
  expect([live.size, alive.socket.readyState]).toEqual([1, alive.socket.OPEN]);
});

test('asks an old connection to come again', async () => {
  const { url } = await serve({ heartbeatMillis: 50, maxAgeMillis: 100 });
  const { code, reason } = await (await connect(`${url}/ann`)).closed;
  expect([code, JSON.parse(reason)]).toEqual([1001, { reconnectAfterMillis: expect.any(Number) }]);
});

test('refuses more connections than a process or a user may have', async () => {
  const { url } = await serve({ maxConnections: 3, maxPerUser: 2 });
  await connect(`${url}/ann`);
  await connect(`${url}/ann`);
  await expect(connect(`${url}/ann`)).rejects.toThrow('503 a user may have 2 live connections; close one');
  await connect(`${url}/bob`);
  await expect(connect(`${url}/eve`)).rejects.toThrow('503 this instance has all of its 3 live connections; try again');
});

test('refuses whom it is told to refuse, and everybody when it cannot be told', async () => {
  const refusing = await serve({ admit: async () => ({ status: 403, detail: 'not from there' }) });
  await expect(connect(refusing.url)).rejects.toThrow('403 not from there');
  const failing = await serve({ admit: () => Promise.reject(new Error('away')) });
  await expect(connect(failing.url)).rejects.toThrow('503 live updates are not there now; try again');
});

test('sends everybody away when it drains, spread over time, and cuts who does not answer', async () => {
  const { live, url } = await serve({ reconnectSpreadMillis: 3_000 });
  const polite = await Promise.all(Array.from({ length: 5 }, (_, index) => connect(`${url}/${index}`)));
  const deaf = await connect(`${url}/deaf`);
  deaf.socket.pause();
  const draining = live.drain();
  await expect(connect(`${url}/late`)).rejects.toThrow('503 this instance leaves; try again');
  const ends = await Promise.all(polite.map(({ closed }) => closed));
  expect(ends.map(({ code }) => code)).toEqual([1001, 1001, 1001, 1001, 1001]);
  const pauses = ends.map(({ reason }) => JSON.parse(reason).reconnectAfterMillis);
  expect(new Set(pauses).size).toBeGreaterThan(1);
  for (const pause of pauses) expect(pause >= 0 && pause <= 3_000).toBe(true);
  expect(await draining).toBe(1);
  expect(live.size).toBe(0);
});

test('says that there was a gap when the cache server was away, and hears again afterwards', async () => {
  const { metrics, counted } = counting();
  const { live, url } = await serve({ metrics });
  const client = await connect(`${url}/ann`);
  await client.follow('item-5');
  await cache.server.kill();
  await eventually(() => !connection.available);
  await live.publish('item-5', 'lost');
  expect(counted).toContain('live_messages_lost_total');
  await cache.server.start();
  await eventually(() => client.told.some(({ type }) => type === 'gap') && connection.available);
  await live.publish('item-5', 'heard');
  await eventually(() => client.updates.length > 0);
  expect(client.updates).toEqual(['heard']);
});
