import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { connectCache } from '../../runtime/cache';
import { Invalidator } from '../../runtime/cache/invalidator';
import { parseEvent } from '../../runtime/events';
import { cachePolicies } from '../../service/src/cache-policies';
import type { DataTier } from '../local';
import { eventually } from '../runtime/support/eventually';
import { ask } from './rig/client';
import { environmentOf, startServiceData } from './rig/local-service';
import { killServices, type ServiceProcess, startService } from './rig/service-process';

const ITEMS = 60;
const EDITOR_KEY = 'the key of an editor';

let tier: DataTier;
let service: ServiceProcess;
const at = (path: string): string => service.url + path;

interface Page {
  readonly items: readonly { readonly id: number }[];
  readonly next?: string;
}

beforeAll(async () => {
  tier = await startServiceData({ items: ITEMS, events: 100 });
  const hash = (key: string) => createHash('sha256').update(key).digest();
  await tier.primary.query(
    "INSERT INTO api_clients VALUES ($1, 'editor', 'premium', true), ($2, 'reader', 'standard', false)",
    [hash(EDITOR_KEY), hash('the key of a reader')],
  );
  await tier.caughtUp();
  service = await startService(environmentOf(tier));
});

afterAll(async () => {
  killServices();
  await tier.stop();
});

async function waitsForLock(server: DataTier['primary']): Promise<boolean> {
  const rows = await server.query(
    "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%items%'",
  );
  return rows.length > 0;
}

describe('catalogue', () => {
  test('an item carries what browsers, the CDN and an invalidation need', async () => {
    const answer = await ask(at('/api/items/5'));
    expect(answer.json()).toMatchObject({ id: 5, category: 'sports', priceCents: 285, version: 1 });
    expect(answer.headers).toMatchObject({
      'cache-control': 'public, max-age=30, s-maxage=300, stale-while-revalidate=300',
      'cache-tag': 'item-5',
      etag: expect.stringMatching(/^W\/".+"$/),
      vary: 'accept-encoding',
    });
  });

  test.each([
    ['the same tag', (etag: string) => etag],
    ['its strong form', (etag: string) => etag.slice(2)],
    ['one of several', (etag: string) => `"other", ${etag}`],
    ['a star', () => '*'],
  ])('who has the answer already (%s) gets 304 and no body', async (_, condition) => {
    const { headers } = await ask(at('/api/items/5'));
    const again = await ask(at('/api/items/5'), { headers: { 'if-none-match': condition(headers['etag'] ?? '') } });
    expect([again.status, again.bytes.length, again.headers['etag']]).toEqual([304, 0, headers['etag']]);
  });

  test('a page is compressed for whom can read that, and the same for whom cannot', async () => {
    const plain = await ask(at('/api/items?limit=30'));
    const compressed = await ask(at('/api/items?limit=30'), { headers: { 'accept-encoding': 'gzip, br' } });
    expect([plain.headers['content-encoding'], compressed.headers['content-encoding']]).toEqual([undefined, 'gzip']);
    expect(gunzipSync(compressed.bytes).toString()).toBe(plain.text);
    expect(compressed.headers['etag']).toBe(plain.headers['etag']);
    expect(compressed.bytes.length).toBeLessThan(plain.bytes.length / 3);
  });

  test.each([
    ['/api/items?limit=7', ITEMS],
    ['/api/items?category=books&limit=3', ITEMS / 6],
    ['/api/search?q=thing&limit=7', ITEMS],
  ])('pages of %s show every item once', async (path, count) => {
    const seen: number[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page: Page = (await ask(at(`${path}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`))).json();
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    }
    expect([seen.length, new Set(seen).size]).toEqual([count, count]);
  });

  test('spellings that mean the same search share one entry of the cache', async () => {
    const [one, other] = [await ask(at('/api/search?q=Blue%20%20Thing')), await ask(at('/api/search?q=blue+thing'))];
    expect(other.headers['etag']).toBe(one.headers['etag']);
  });

  test('an edit is seen by the next reader: item, pages and search that show it', async () => {
    const paths = ['/api/items/12', '/api/items?limit=30', '/api/search?q=12&limit=30'];
    const before = await Promise.all(paths.map((path) => ask(at(path))));
    const headers = { 'x-api-key': EDITOR_KEY };
    const edit = await ask(at('/api/items/12'), { method: 'PATCH', headers, body: { version: 1, priceCents: 4242 } });
    expect([edit.status, edit.json()]).toEqual([
      200,
      expect.objectContaining({ id: 12, version: 2, priceCents: 4242 }),
    ]);
    const after = await Promise.all(paths.map((path) => ask(at(path))));
    expect(after.map(({ text }) => text.includes('4242'))).toEqual([true, true, true]);
    expect(after.every(({ headers }, index) => headers['etag'] !== before[index]?.headers['etag'])).toBe(true);
  });

  test.each(['/api/items/40', '/api/items?limit=17', '/api/search?q=17&limit=17'])(
    'an answer that a change overtakes while it is fetched is kept by nobody: %s',
    async (path) => {
      const client = new pg.Client({ ...tier.primary, user: 'postgres', database: tier.credentials.database });
      const connection = await connectCache({ url: tier.cache.url });
      const invalidator = new Invalidator({ connection, policies: cachePolicies });
      try {
        await client.connect();
        await client.query('BEGIN; LOCK TABLE items IN ACCESS EXCLUSIVE MODE');
        // A commit takes the lock to the replicas, where the read will wait for it.
        await tier.primary.query("SELECT pg_logical_emit_message(true, 'test', 'locked')");
        await tier.caughtUp();
        const overtaken = ask(at(path));
        await eventually(async () => (await Promise.all(tier.replicas.map(waitsForLock))).includes(true));
        await invalidator.heard(await invalidator.invalidate(['item-40']));
        await client.query('ROLLBACK');
        const { status, headers } = await overtaken;
        expect([status, headers['cache-control'], headers['cache-tag']]).toEqual([200, 'no-store', undefined]);
        expect((await ask(at(path))).headers['cache-control']).toMatch(/^public/);
      } finally {
        await connection.close();
        await client.end();
      }
    },
  );

  test.each([
    [{}, 401, "this needs an editor's key in the x-api-key header"],
    [{ 'x-api-key': 'made up' }, 401, 'the x-api-key header holds no key that is known'],
    [{ 'x-api-key': 'the key of a reader' }, 403, 'the key is not one of an editor'],
  ])('only an editor may edit: %p', async (headers, status, detail) => {
    const answer = await ask(at('/api/items/1'), { method: 'PATCH', headers, body: { version: 1, title: 'x' } });
    expect(answer.json()).toMatchObject({ status, detail });
  });

  test('of two edits of the same version the second is told to read again, and nobody can edit what is not there', async () => {
    const headers = { 'x-api-key': EDITOR_KEY };
    const edit = (id: number) =>
      ask(at(`/api/items/${id}`), { method: 'PATCH', headers, body: { version: 1, title: 'changed' } });
    expect((await edit(20)).status).toBe(200);
    expect((await edit(20)).json()).toMatchObject({
      status: 409,
      detail: 'item 20 is at version 2, not 1: read it and try again',
    });
    expect((await edit(999)).json()).toMatchObject({ status: 404, detail: 'there is no item 999' });
  });

  test('the listing by price shows what its events told, cheapest first', async () => {
    await tier.primary.query(
      "INSERT INTO catalogue_listing VALUES (2, 'books', 'Two', 300, 1), (1, 'books', 'One', 200, 1)",
    );
    await tier.caughtUp();
    const answer = await ask(at('/api/cheapest?category=books&limit=5'));
    expect([answer.json(), answer.headers['cache-control']]).toEqual([
      {
        items: [
          { id: 1, title: 'One', priceCents: 200 },
          { id: 2, title: 'Two', priceCents: 300 },
        ],
      },
      'no-store',
    ]);
  });

  test('an edit leaves its event in the outbox, and one that was refused leaves none', async () => {
    const headers = { 'x-api-key': EDITOR_KEY };
    for (const title of ['first', 'refused']) {
      await ask(at('/api/items/30'), { method: 'PATCH', headers, body: { version: 1, title } });
    }
    const left = await tier.primary.query<{ event: unknown }>("SELECT event FROM outbox WHERE subject = 'item-30'");
    expect(left.map(({ event }) => parseEvent(event))).toEqual([
      expect.objectContaining({
        type: 'ItemChanged',
        data: expect.objectContaining({ id: 30, title: 'first', itemVersion: 2 }),
        tags: ['item-30'],
      }),
    ]);
  });
});

describe('limits and documents', () => {
  test('an address that asks too often is refused with the time to wait, and another one is not', async () => {
    const from = (address: string) => ask(at('/api/items/1'), { headers: { 'x-forwarded-for': address } });
    const answers = await Promise.all(Array.from({ length: 260 }, () => from('203.0.113.9')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.json()).toMatchObject({
      detail: expect.stringMatching(/^more than 600 requests per minute; try again in \d+ s$/),
    });
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await from('203.0.113.10')).status).toBe(200);
  });

  test('the OpenAPI document describes every route of the API', async () => {
    const { openapi, paths } = (await ask(at('/api/openapi.json'))).json<{ openapi: string; paths: object }>();
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(openapi).toBe('3.1.0');
    expect(routes.sort()).toEqual([
      'delete /api/session',
      'delete /api/webhooks/{id}',
      'get /api/cheapest',
      'get /api/items',
      'get /api/items/{id}',
      'get /api/live',
      'get /api/orders/{id}',
      'get /api/preferences',
      'get /api/recommendations',
      'get /api/search',
      'get /api/session',
      'get /api/webhooks',
      'get /api/webhooks/{id}',
      'get /api/webhooks/{id}/dead-letters',
      'patch /api/items/{id}',
      'patch /api/webhooks/{id}',
      'post /api/events',
      'post /api/orders',
      'post /api/session',
      'post /api/webhooks',
      'post /api/webhooks/{id}/dead-letters/replay',
      'post /api/webhooks/{id}/secret',
      'put /api/preferences',
    ]);
  });
});

describe('without the cache', () => {
  test('the catalogue is still served, health says degraded, and all is well again when it is back', async () => {
    await tier.cache.kill();
    await until(async () => (await ask(at('/health'))).json()['status'] === 'degraded');
    const answers = await Promise.all([1, 2, 3].map((id) => ask(at(`/api/items/${id}`))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await ask(at('/health'))).status).toBe(200);
    expect((await ask(at('/health/live'))).status).toBe(200);
    await tier.cache.start();
    await until(async () => (await ask(at('/health'))).json()['status'] === 'ok');
    expect((await ask(at('/api/session'), { method: 'POST' })).status).toBe(201);
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
