import { gunzipSync } from 'node:zlib';
import type { DataTier } from '../../local';
import { awsEnvironment, jsonService, startAwsServer } from '../../local/aws-server';
import { type LocalFunction, startFunction } from '../../local/lambda-runtime';
import { eventually } from '../../runtime/support/eventually';
import { environmentOf, startServiceData } from '../../service/rig/local-service';
import { offlineEnvironment } from '../../service/rig/service-process';
import { type ClientRequest, type GatewayAnswer, httpApiEvent, restApiEvent } from './events';

let tier: DataTier;
let lambda: LocalFunction;
const environment = (): Record<string, string> => ({
  ...offlineEnvironment,
  ...environmentOf(tier),
  TRUSTED_PROXIES: '2',
});

beforeAll(async () => {
  tier = await startServiceData({ replicas: 1, items: 60, events: 50 });
  lambda = startFunction('api', { environment: environment(), memory: 512 });
});

afterAll(async () => {
  await lambda.stop();
  await tier.stop();
});

/** The names and values of the `Set-Cookie` lines of an answer, whichever form it has. */
function cookiesOf(answer: GatewayAnswer): string[] {
  const several = answer.cookies ?? answer.multiValueHeaders?.['set-cookie'];
  const lines = several ?? [answer.headers['set-cookie'] ?? ''];
  return lines.map((line) => line.split(';')[0] ?? '');
}

describe.each([
  ['an HTTP API, which passes compressed bytes on', httpApiEvent, 'gzip'],
  ['a REST API, which compresses text by itself', restApiEvent, undefined],
])('behind %s, under the runtime client of AWS', (_api, toEvent, encoding) => {
  const send = (request: ClientRequest) => lambda.call<GatewayAnswer>(toEvent(request));
  const get = (path: string, more: Partial<ClientRequest> = {}) => send({ method: 'GET', path, ...more });

  test('the same application answers: items, pages compressed, refusals, health', async () => {
    // On a machine that is very slow a cold process does not hear of changes yet, and then nobody is to keep its answers.
    await eventually(async () => (await get('/api/items/5')).headers['cache-control'] !== 'no-store');
    const item = await get('/api/items/5');
    expect([item.statusCode, JSON.parse(item.body)]).toEqual([
      200,
      expect.objectContaining({ id: 5, category: 'sports' }),
    ]);
    expect(item.headers).toMatchObject({ 'cache-tag': 'item-5', etag: expect.any(String) });

    const page = await get('/api/items?limit=30', { headers: { 'Accept-Encoding': 'gzip' } });
    expect([page.isBase64Encoded, page.headers['content-encoding']]).toEqual([encoding === 'gzip', encoding]);
    const text = encoding === 'gzip' ? gunzipSync(Buffer.from(page.body, 'base64')).toString() : page.body;
    expect(JSON.parse(text).items).toHaveLength(30);

    const refused = await get('/api/items/abc');
    expect([refused.statusCode, JSON.parse(refused.body).problems]).toEqual([
      400,
      [{ field: 'params.id', message: 'must be integer' }],
    ]);
    expect(JSON.parse((await get('/health')).body).status).toBe('ok');
  });

  test('a comma in the query is a character, as it is for the container', async () => {
    expect((await get('/api/search?q=red%2Cblue')).statusCode).toBe(200);
  });

  test('a session goes on from one event to the next, its body as text or as base64', async () => {
    const cookies = cookiesOf(await send({ method: 'POST', path: '/api/session' }));
    expect(cookies).toEqual([expect.stringMatching(/^session=./)]);
    for (const binary of [false, true]) {
      const preferences = { categories: ['books'], theme: 'dark', itemsPerPage: binary ? 6 : 5 };
      const put = await send({ method: 'PUT', path: '/api/preferences', cookies, body: preferences, binary });
      expect(put.statusCode).toBe(200);
      expect(JSON.parse((await get('/api/preferences', { cookies })).body)).toEqual(preferences);
    }
  });

  test('an answer that the client has is not sent again', async () => {
    const { headers } = await get('/api/items/7');
    const again = await get('/api/items/7', { headers: { 'If-None-Match': headers['etag'] ?? '' } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });
});

test('what was counted is written with the answer: afterwards the environment may be gone', async () => {
  const own = startFunction('api', { environment: environment(), memory: 512 });
  try {
    await own.call(httpApiEvent({ method: 'GET', path: '/api/items/9' }));
    await own.shutdown();
    const metrics = own.log.map((line) => JSON.parse(line)).filter((line) => '_aws' in line);
    expect(metrics.flatMap((line) => Object.keys(line))).toContain('db_read_queries_total');
  } finally {
    await own.stop();
  }
});

test('gets its keys from where AWS keeps them, by the names that it is given', async () => {
  const all = Object.entries(environment());
  const values = Object.fromEntries(all.filter(([name]) => /^(SESSION|CACHE)_(NAMING_)?KEYS?$/.test(name)));
  const rest = Object.fromEntries(all.filter(([name]) => !(name in values)));
  const secrets = await startAwsServer(
    jsonService({ GetSecretValue: ({ SecretId }) => ({ SecretString: values[String(SecretId)] }) }),
  );
  const names = Object.fromEntries(Object.keys(values).map((name) => [`${name}_SECRET_ARN`, name]));
  const own = startFunction('api', { environment: { ...rest, ...awsEnvironment(secrets), ...names }, memory: 512 });
  try {
    const session = await own.call<GatewayAnswer>(httpApiEvent({ method: 'POST', path: '/api/session' }));
    // Signed with the same keys, so the other function knows the visitor.
    const cookies = cookiesOf(session);
    const preferences = await lambda.call<GatewayAnswer>(
      httpApiEvent({ method: 'GET', path: '/api/preferences', cookies }),
    );
    expect(preferences.statusCode).toBe(200);
    expect(secrets.requests).toHaveLength(3);
  } finally {
    await own.stop();
    await secrets.stop();
  }
});

describe('when it starts while database and cache are away', () => {
  let alone: LocalFunction;
  beforeAll(() => {
    alone = startFunction('api', { environment: offlineEnvironment, memory: 512 });
  });
  afterAll(() => alone.stop());

  test('says so with a 503 and when to come back, and does not fail its cold start', async () => {
    const answer = await alone.call<GatewayAnswer>(httpApiEvent({ method: 'GET', path: '/api/items/5' }));
    expect(answer.statusCode).toBe(503);
    expect(answer.headers).toMatchObject({
      'content-type': expect.stringContaining('application/problem+json'),
      'retry-after': expect.stringMatching(/^\d+$/),
    });
    expect(JSON.parse(answer.body)).toMatchObject({ status: 503, title: expect.any(String) });
    expect(alone.initMillis).toHaveLength(1);
  });
});
