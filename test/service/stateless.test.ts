import { randomUUID } from 'node:crypto';
import { type DataTier, LoadBalancer, type TargetGroup } from '../local';
import { type Answer, ask } from './rig/client';
import { environmentOf, startServiceData } from './rig/local-service';
import { killServices, type ServiceProcess, startService } from './rig/service-process';

/** Round robin, so that each request of a session goes to another process. */
const TARGET_GROUP: TargetGroup = {
  algorithm: 'round_robin',
  healthCheck: {
    path: '/health/live',
    intervalSeconds: 10,
    timeoutSeconds: 2,
    healthyThreshold: 2,
    unhealthyThreshold: 3,
    matcher: '200',
  },
  deregistrationDelaySeconds: 30,
};

const SESSIONS = 12;

let tier: DataTier;
let balancer: LoadBalancer;
let services: ServiceProcess[];

const start = () => startService({ ...environmentOf(tier), TRUSTED_PROXIES: '2' });

beforeAll(async () => {
  tier = await startServiceData({ items: 120, events: 200 });
  services = await Promise.all([start(), start(), start()]);
  balancer = await LoadBalancer.launch({
    targetGroup: TARGET_GROUP,
    timeScale: 50,
    targets: services.map(({ port }) => port),
  });
});

afterAll(async () => {
  await balancer.stop();
  killServices();
  await tier.stop();
});

/** What one visitor does; `ids` are the same in every replay, so that the answers can be. */
function script(ids: readonly string[]): readonly { method: string; path: string; body?: unknown }[] {
  const events = (itemId: number, index: number) => ({
    events: [{ id: ids[index], itemId, kind: 'view', occurredAt: new Date().toISOString() }],
  });
  return [
    { method: 'GET', path: '/api/preferences' },
    {
      method: 'PUT',
      path: '/api/preferences',
      body: { categories: ['books', 'music'], theme: 'dark', itemsPerPage: 9 },
    },
    { method: 'GET', path: '/api/preferences' },
    { method: 'GET', path: '/api/recommendations?limit=10' },
    { method: 'POST', path: '/api/events', body: events(6, 0) },
    { method: 'GET', path: '/api/recommendations?limit=10' },
    { method: 'POST', path: '/api/events', body: events(12, 1) },
    { method: 'GET', path: '/api/recommendations?limit=10' },
    { method: 'GET', path: '/api/items/6' },
    { method: 'GET', path: '/api/search?q=thing&limit=5' },
    { method: 'GET', path: '/api/session' },
  ];
}

/** Plays a session at `url` and returns what the visitor saw, without what differs between visitors by nature. */
async function play(url: string, address: string, between: (step: number) => Promise<void>): Promise<string[]> {
  const headers: Record<string, string> = { 'x-forwarded-for': address };
  const first = await ask(`${url}/api/session`, { method: 'POST', headers });
  headers['cookie'] = String(first.headers['set-cookie']).split(';')[0] ?? '';
  const { visitorId } = first.json();
  const seen: string[] = [];
  for (const [step, { method, path, body }] of script([randomUUID(), randomUUID()]).entries()) {
    await between(step);
    const answer = await ask(url + path, { method, headers, body });
    seen.push(shown(answer).replaceAll(String(visitorId), 'the visitor'));
  }
  return seen;
}

const shown = ({ status, headers, text }: Answer): string => `${status} ${headers['cache-control']} ${text}`;

test('sessions replayed with each request on another process, and processes killed in between, see the same', async () => {
  const only = services[0]?.url ?? '';
  const expected = await play(only, '203.0.113.1', async () => {});
  expect(expected.map((line) => line.slice(0, 3))).toEqual([
    ...['200', '200', '200', '200', '202', '200', '202', '200', '200', '200', '200'],
  ]);

  const before = await balancer.requests();
  const replays = await Promise.all(
    Array.from({ length: SESSIONS }, (_, session) =>
      play(balancer.url, `203.0.113.${session + 2}`, async (step) => {
        // One session in the middle of the others replaces processes: kill -9, and a fresh one in its place.
        if (session === 0 && step % 3 === 1) await replaceOldest();
      }),
    ),
  );
  for (const seen of replays) expect(seen).toEqual(expected);

  const after = await balancer.requests();
  const busy = [...after].filter(([port, count]) => count > (before.get(port) ?? 0));
  expect(busy.length).toBeGreaterThanOrEqual(3);
});

/** Ends the oldest process the hard way, once the load balancer sends it nothing new, and puts a new one in its place. */
async function replaceOldest(): Promise<void> {
  const [oldest] = services;
  if (oldest === undefined) throw new Error('no process is left');
  const replacement = await start();
  await balancer.register(replacement.port);
  await balancer.deregister(oldest.port);
  await oldest.stop('SIGKILL');
  services = [...services.slice(1), replacement];
}
