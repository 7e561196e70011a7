import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { DataTier } from '../../local';
import { environmentOf, startServiceData } from '../../service/rig/local-service';
import { offlineEnvironment } from '../../service/rig/service-process';

interface LambdaAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
  readonly cookies?: readonly string[];
}

let tier: DataTier;
let lambda: ChildProcess;

/** Runs the bundle as Lambda does: loaded once, called for each event, one at a time. */
const RUNTIME = `
  const { handler } = require(process.argv[1]);
  process.on('message', (event) => handler(event, {}).then((answer) => process.send(answer)));
`;

beforeAll(async () => {
  tier = await startServiceData({ replicas: 1, items: 60, events: 50 });
  lambda = spawn(process.execPath, ['-e', RUNTIME, path.resolve('dist/lambda/api/index.js')], {
    env: { PATH: process.env['PATH'], ...offlineEnvironment, ...environmentOf(tier) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
});

afterAll(async () => {
  lambda.kill('SIGKILL');
  await tier.stop();
});

/** One request as API Gateway's HTTP API hands it over (payload format 2.0). */
async function invoke(
  method: string,
  rawPath: string,
  given: { headers?: object; body?: unknown; cookies?: readonly string[] } = {},
): Promise<LambdaAnswer> {
  const [rawQueryPath = '', rawQueryString = ''] = rawPath.split('?');
  const answered = once(lambda, 'message');
  lambda.send({
    version: '2.0',
    rawPath: rawQueryPath,
    rawQueryString,
    headers: {
      ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
      'x-forwarded-for': '203.0.113.7',
      ...given.headers,
    },
    queryStringParameters: Object.fromEntries(new URLSearchParams(rawQueryString)),
    ...(given.cookies === undefined ? {} : { cookies: given.cookies }),
    requestContext: { http: { method, path: rawQueryPath } },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    isBase64Encoded: false,
  });
  const [answer] = (await answered) as [LambdaAnswer];
  return answer;
}

test('the same application answers: items, pages compressed, refusals, health', async () => {
  const item = await invoke('GET', '/api/items/5');
  expect([item.statusCode, JSON.parse(item.body)]).toEqual([
    200,
    expect.objectContaining({ id: 5, category: 'sports' }),
  ]);
  expect(item.headers).toMatchObject({ 'cache-tag': 'item-5', etag: expect.any(String) });

  const page = await invoke('GET', '/api/items?limit=30', { headers: { 'accept-encoding': 'gzip' } });
  expect([page.isBase64Encoded, page.headers['content-encoding']]).toEqual([true, 'gzip']);
  expect(JSON.parse(gunzipSync(Buffer.from(page.body, 'base64')).toString()).items).toHaveLength(30);

  const refused = await invoke('GET', '/api/items/abc');
  expect([refused.statusCode, JSON.parse(refused.body).problems]).toEqual([
    400,
    [{ field: 'params.id', message: 'must be integer' }],
  ]);
  expect(JSON.parse((await invoke('GET', '/health')).body).status).toBe('ok');
});

test('a session goes on from one invocation to the next', async () => {
  const started = await invoke('POST', '/api/session');
  const cookie = (started.cookies?.[0] ?? started.headers['set-cookie'] ?? '').split(';')[0] ?? '';
  const preferences = { categories: ['books'], theme: 'dark', itemsPerPage: 5 };
  const put = await invoke('PUT', '/api/preferences', { cookies: [cookie], body: preferences });
  expect(put.statusCode).toBe(200);
  const got = await invoke('GET', '/api/preferences', { cookies: [cookie] });
  expect(JSON.parse(got.body)).toEqual(preferences);
});
