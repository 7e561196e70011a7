import { type Get, walkSite } from '../../../lambda/canary/walk-site';
import type { DataTier } from '../../local';
import { environmentOf, startServiceData } from '../../service/rig/local-service';
import { killServices, type ServiceProcess, startService } from '../../service/rig/service-process';

const answers = (routes: Readonly<Record<string, unknown>>): Get & { readonly asked: string[] } => {
  const asked: string[] = [];
  const get: Get = (url) => {
    const path = url.slice('http://site'.length);
    asked.push(path);
    const route = Object.keys(routes).find((prefix) => path.startsWith(prefix));
    return Promise.resolve(route === undefined ? new Response('', { status: 404 }) : Response.json(routes[route]));
  };
  return Object.assign(get, { asked });
};
const HEALTHY = { '/health': { status: 'ok' } };
const SHOP = {
  ...HEALTHY,
  '/api/items/7': { id: 7 },
  '/api/items?': { items: [{ id: 7, title: 'Blue chair' }] },
  '/api/search': { items: [] },
};

test('asks for health, the catalogue, an item and a search, in this order', async () => {
  const get = answers(SHOP);
  await walkSite('http://site', get);
  expect(get.asked).toEqual(['/health', '/api/items?limit=5', '/api/items/7', '/api/search?q=Blue']);
});

test('an empty catalogue is no failure', async () => {
  const get = answers({ ...HEALTHY, '/api/items?': { items: [] } });
  await expect(walkSite('http://site', get)).resolves.toBeUndefined();
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['nobody answers', {}, 'health: http://site/health answered 404'],
  ['the service is not well', { ...SHOP, '/health': { status: 'failing' } }, 'health: status is "failing"'],
  ['there is no catalogue', { ...HEALTHY, '/api/items?': {} }, 'catalogue: there is no list of items'],
  ['another item comes', { ...SHOP, '/api/items/7': { id: 8 } }, 'item: asked for item 7, got 8'],
  ['the search is broken', { ...SHOP, '/api/search': 'sorry' }, 'search: there is no list of items'],
])('fails when %s', async (_name, routes, message) => {
  await expect(walkSite('http://site', answers(routes))).rejects.toThrow(message);
});

test('fails when the connection does, and keeps the reason', async () => {
  const cause = new TypeError('fetch failed');
  const walk = walkSite('http://site', () => Promise.reject(cause));
  await expect(walk).rejects.toMatchObject({
    message: 'health: http://site/health did not answer: TypeError: fetch failed',
    cause,
  });
});

describe('on the real service', () => {
  let tier: DataTier;
  let service: ServiceProcess;

  beforeAll(async () => {
    tier = await startServiceData({ items: 20, events: 10 });
    service = await startService(environmentOf(tier));
  });

  afterAll(async () => {
    killServices();
    await tier.stop();
  });

  test('the walk ends well, and fails when the service is gone', async () => {
    await walkSite(service.url, fetch);
    killServices();
    await expect(walkSite(service.url, fetch)).rejects.toThrow('health: ');
  });
});
