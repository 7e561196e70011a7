import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientOptions } from 'ws';
import { serviceTargetGroup } from '../../bin/shared/target-group';
import { production } from '../../lib/config/production';
import { type DataTier, LoadBalancer, type TargetGroup } from '../local';
import { connectLive, type LiveClient } from '../runtime/live/live-client';
import { eventually } from '../runtime/support/eventually';
import { ask, signIn } from './rig/client';
import { environmentOf, startServiceData } from './rig/local-service';
import { killServices, type ServiceProcess, startService } from './rig/service-process';

const EDITOR_KEY = 'the key of an editor';
const CLIENTS = 6;

let tier: DataTier;
let balancer: LoadBalancer;
let targetGroup: TargetGroup;
let services: ServiceProcess[];
let session: { cookie: string };
const clients: LiveClient[] = [];

const start = () => startService({ ...environmentOf(tier), TRUSTED_PROXIES: '2' });

beforeAll(async () => {
  tier = await startServiceData({ items: 10, events: 0 });
  const hash = createHash('sha256').update(EDITOR_KEY).digest();
  await tier.primary.query("INSERT INTO api_clients VALUES ($1, 'editor', 'premium', true)", [hash]);
  await tier.caughtUp();
  targetGroup = serviceTargetGroup(production);
});

afterAll(async () => {
  killServices();
  await tier.stop();
});

/** Three processes behind the load balancer that production's template describes. */
async function startServices(): Promise<void> {
  services = await Promise.all([start(), start(), start()]);
  balancer = await LoadBalancer.launch({ targetGroup, timeScale: 50, targets: services.map(({ port }) => port) });
  session = await signIn(balancer.url);
}

async function stopServices(): Promise<void> {
  for (const { socket } of clients.splice(0)) socket.terminate();
  killServices();
  await balancer.stop();
}

/** Through the load balancer, again and again while it does not know yet that a process is gone. */
async function connect(options: ClientOptions = {}): Promise<LiveClient> {
  for (;;) {
    const headers = { ...session, ...options.headers };
    const client = await connectLive(`${balancer.url}/api/live`, { ...options, headers }).catch((error: Error) => {
      if (!error.message.startsWith('503') && !(error instanceof SyntaxError)) throw error;
    });
    if (client !== undefined) {
      clients.push(client);
      return client;
    }
    await sleep(20);
  }
}

async function connectAll(): Promise<LiveClient[]> {
  const all: LiveClient[] = [];
  for (let number = 0; number < CLIENTS; number++) all.push(await connect());
  await Promise.all(all.map((client) => client.follow('item-5')));
  return all;
}

let version = 1;

/** Edits item 5 at `url` and returns what its followers must be told. */
async function edit({ url }: ServiceProcess): Promise<{ version: number }> {
  const body = { version, title: `Lamp ${version}` };
  const answer = await ask(`${url}/api/items/5`, { method: 'PATCH', body, headers: { 'x-api-key': EDITOR_KEY } });
  if (answer.status !== 200) throw new Error(answer.text);
  version += 1;
  return { version };
}

/** The ends of those connections that ended; at least one does. */
async function eventuallyClosed(all: readonly LiveClient[]) {
  const closed = () => all.filter(({ socket }) => socket.readyState === socket.CLOSED);
  await eventually(() => closed().length > 0);
  let count = 0;
  while (closed().length > count) {
    count = closed().length;
    await sleep(500);
  }
  return Promise.all(closed().map((client) => client.closed));
}

describe('behind the load balancer', () => {
  beforeEach(startServices);
  afterEach(stopServices);

  test('what one process changes, the clients of all processes hear', async () => {
    const all = await connectAll();
    const expected: unknown[] = [];
    for (const service of services) expected.push(await edit(service));
    for (const client of all) await eventually(() => client.updates.length === expected.length);
    for (const client of all) expect(client.updates).toEqual(expected);
    // The balancer gave each process its share of them.
    for (const [, requests] of await balancer.requests()) expect(requests).toBeGreaterThan(0);
  });

  test('when a process is killed its clients come back to another one, and hear what happens then', async () => {
    const all = await connectAll();
    await services[0]?.stop('SIGKILL');
    const lost = await eventuallyClosed(all);
    expect(lost.map(({ code }) => code)).toEqual(lost.map(() => 1006));
    const again = await Promise.all(lost.map(() => connect()));
    await Promise.all(again.map((client) => client.follow('item-5')));
    const [, survivor] = services;
    const update = survivor && (await edit(survivor));
    const open = [...all.filter(({ socket }) => socket.readyState === socket.OPEN), ...again];
    expect(open).toHaveLength(CLIENTS);
    for (const client of open) await eventually(() => client.updates.length > 0);
    for (const client of open) expect(client.updates).toEqual([update]);
  });

  test('a process that stops sends its clients away with a pause that differs, and ends in time', async () => {
    const all = await connectAll();
    const [first] = services;
    expect(await first?.stop()).toBe(0);
    const lost = await eventuallyClosed(all);
    for (const { code, reason } of lost) {
      expect([code, JSON.parse(reason)]).toEqual([1001, { reconnectAfterMillis: expect.any(Number) }]);
    }
    expect(first?.log).toContainEqual(
      expect.objectContaining({ msg: 'live connections sent away', connections: lost.length, cut: 0 }),
    );
  });
});

describe('who may connect', () => {
  beforeAll(startServices);
  afterAll(stopServices);

  const refused = (path: string, headers: Record<string, string>) =>
    connectLive(`${services[0]?.url}${path}`, { headers }).then(
      () => 'connected',
      (error: Error) => error.message,
    );

  test('a visitor with a session, from a page of this site or no page', async () => {
    const host = `127.0.0.1:${balancer.port}`;
    const pages: readonly Record<string, string>[] = [
      {},
      { origin: `http://${host}` },
      { origin: 'https://www.example.com', 'x-forwarded-host': 'www.example.com' },
    ];
    for (const headers of pages) {
      expect(await (await connect({ headers })).follow('item-1')).toMatchObject({ topics: ['item-1'], refused: [] });
    }
  });

  test('nobody else', async () => {
    expect(await refused('/api/live', {})).toBe('401 there is no session: POST /api/session starts one');
    expect(await refused('/api/live', { cookie: 'session=made.up' })).toContain('401 there is no session');
    const origin = 'https://evil.example';
    expect(await refused('/api/live', { ...session, origin })).toBe(
      '403 pages of https://evil.example may not open live connections here',
    );
    expect(await refused('/api/live', { ...session, origin: 'null' })).toContain('403 pages of null');
    expect(await refused('/api/items/5', session)).toBe('404 WebSockets are opened at /api/live');
  });

  test("not to another visitor's topics", async () => {
    const { visitorId } = (await ask(`${balancer.url}/api/session`, { headers: session })).json();
    const client = await connect();
    expect(await client.follow(`visitor-${visitorId}`, 'visitor-somebody')).toMatchObject({
      topics: [`visitor-${visitorId}`],
      refused: ['visitor-somebody'],
    });
  });

  test('not without a WebSocket', async () => {
    const answer = await ask(`${balancer.url}/api/live`);
    expect([answer.status, answer.headers['upgrade']]).toEqual([426, 'websocket']);
  });
});
