import { randomUUID } from 'node:crypto';
import { connectCache } from '../../runtime/cache';
import { parseEvent } from '../../runtime/events';
import type { DataTier } from '../local';
import { ask, signIn } from './rig/client';
import { environmentOf, startServiceData } from './rig/local-service';
import { killServices, type ServiceProcess, startService } from './rig/service-process';

let tier: DataTier;
let service: ServiceProcess;
const at = (path: string): string => service.url + path;

beforeAll(async () => {
  tier = await startServiceData({ items: 60, events: 100 });
  service = await startService(environmentOf(tier));
});

afterAll(async () => {
  killServices();
  await tier.stop();
});

const event = (itemId: number) => ({ id: randomUUID(), itemId, kind: 'view', occurredAt: new Date().toISOString() });

describe('visitors', () => {
  test('without a session personal routes answer 401, and so does one that has ended', async () => {
    const headers = await signIn(service.url);
    expect((await ask(at('/api/session'), { headers })).status).toBe(200);
    expect((await ask(at('/api/session'), { method: 'DELETE', headers })).status).toBe(204);
    const statuses = await Promise.all(
      ['/api/session', '/api/preferences', '/api/recommendations'].flatMap((path) => [
        ask(at(path), { headers }),
        ask(at(path)),
      ]),
    );
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401]);
  });

  test('an order is taken once, starts its saga by an event, and is seen by its visitor only', async () => {
    const [headers, stranger] = [await signIn(service.url), await signIn(service.url)];
    const order = { id: randomUUID(), itemId: 3, quantity: 2 };
    const place = (more: object) => ask(at('/api/orders'), { method: 'POST', body: order, ...more });
    const answers = [await place({ headers }), await place({ headers }), await place({ headers: stranger })];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 404]);
    expect(answers[1]?.json()).toEqual({ ...order, totalCents: expect.any(Number), status: 'placed' });
    const left = await tier.primary.query<{ event: unknown }>('SELECT event FROM outbox WHERE subject = $1', [
      `order-${order.id}`,
    ]);
    expect(left.map(({ event }) => parseEvent(event).type)).toEqual(['OrderPlaced']);
    const asked = [headers, stranger].map((each) => ask(at(`/api/orders/${order.id}`), { headers: each }));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 404]);
    const unknown = { headers, body: { id: randomUUID(), itemId: 999, quantity: 1 } };
    expect((await place(unknown)).json()).toMatchObject({
      detail: 'there is no item 999, or the id is of another order',
    });
  });

  test('preferences are kept, in the database', async () => {
    const headers = await signIn(service.url);
    const { visitorId } = (await ask(at('/api/session'), { headers })).json();
    const preferences = { categories: ['music'], theme: 'dark', itemsPerPage: 7 };
    expect((await ask(at('/api/preferences'), { headers })).json()).toMatchObject({ theme: 'system' });
    await ask(at('/api/preferences'), { method: 'PUT', headers, body: preferences });
    const answer = await ask(at('/api/preferences'), { headers });
    expect([answer.json(), answer.headers['cache-control']]).toEqual([preferences, 'private, no-cache']);
    const rows = await tier.primary.query('SELECT preferences FROM preferences WHERE visitor_id = $1', [visitorId]);
    expect(rows).toEqual([{ preferences }]);
  });

  test('what is personal is not readable in the cache', async () => {
    const headers = await signIn(service.url);
    const { visitorId } = (await ask(at('/api/session'), { headers })).json();
    await ask(at('/api/preferences'), {
      method: 'PUT',
      headers,
      body: { categories: ['garden'], theme: 'light', itemsPerPage: 13 },
    });
    const dump = await dumpCache(tier.cache.port);
    expect(dump).toContain('headroom');
    expect(dump).not.toContain(String(visitorId));
    expect(dump).not.toContain('itemsPerPage');
  });

  test('events are stored once however often they are sent, and unknown items are named', async () => {
    const headers = await signIn(service.url);
    const events = [event(1), event(2), event(9999)];
    const send = () => ask(at('/api/events'), { method: 'POST', headers, body: { events } });
    const first = await send();
    expect([first.status, first.json()]).toEqual([202, { recorded: 2, repeated: 0, unknownItems: [9999] }]);
    expect((await send()).json()).toEqual({ recorded: 0, repeated: 2, unknownItems: [9999] });
  });

  test('recommendations follow the preferred categories and leave out what was just seen', async () => {
    const headers = await signIn(service.url);
    const body = { categories: ['books'], theme: 'dark', itemsPerPage: 7 };
    await ask(at('/api/preferences'), { method: 'PUT', headers, body });
    const recommended = async () => {
      const answer = await ask(at('/api/recommendations?limit=40'), { headers });
      return answer.json<{ items: { id: number; category: string }[] }>().items;
    };
    const before = await recommended();
    expect(new Set(before.map(({ category }) => category))).toEqual(new Set(['books']));
    const seen = before[0]?.id ?? 0;
    await ask(at('/api/events'), { method: 'POST', headers, body: { events: [event(seen)] } });
    expect((await recommended()).map(({ id }) => id)).not.toContain(seen);
  });
});

/** Everything in the cache server, as text: each key and what DUMP gives of it. */
async function dumpCache(port: number): Promise<string> {
  const connection = await connectCache({ url: `redis://127.0.0.1:${port}` });
  const client = connection.client();
  await client.configSet('rdbcompression', 'no');
  const keys = (await client.keys('*')).map(String);
  const values = await Promise.all(keys.map((key) => client.sendCommand(['DUMP', key])));
  await connection.close();
  return keys.map((key, index) => `${key} ${String(values[index])}`).join('\n');
}
