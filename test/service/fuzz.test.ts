import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import fc from 'fast-check';
import type { DataTier } from '../local';
import { type Answer, type Asked, ask, signIn } from './rig/client';
import { environmentOf, startServiceData } from './rig/local-service';
import { killServices, type ServiceProcess, startService } from './rig/service-process';

/** Put wherever a client puts its own text; it must never be in the log. */
const SECRET = 'hunter2-do-not-log';
const RUNS = 50;

let tier: DataTier;
let service: ServiceProcess;
let cookie: string;

beforeAll(async () => {
  tier = await startServiceData({ replicas: 1, items: 60, events: 50 });
  service = await startService({ ...environmentOf(tier), LOG_SAMPLE_PERCENT: '100', LOG_LEVEL: 'debug' });
  cookie = (await signIn(service.url)).cookie;
});

afterAll(async () => {
  killServices();
  await tier.stop();
});

let address = 0;

/** Asks as somebody new every time: the limits by address are not what is tested here. */
function send(path: string, asked: Asked = {}): Promise<Answer> {
  address += 1;
  const from = `10.1.${(address >> 8) & 255}.${address & 255}`;
  const headers = { 'x-forwarded-for': from, 'x-secret': SECRET, ...asked.headers };
  return ask(service.url + path, { ...asked, headers });
}

/** A refusal that a client can act upon. */
function expectClearRefusal({ status, headers, text }: Answer, allowed: readonly number[] = [400]): void {
  expect([text, allowed]).toEqual([text, expect.arrayContaining([status])]);
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const body = JSON.parse(text);
  expect(body).toMatchObject({ status, title: expect.any(String), requestId: expect.any(String) });
  expect(body.detail.length).toBeGreaterThan(10);
}

const check = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(arbitrary, property), { numRuns: RUNS, interruptAfterTimeLimit: 20_000 });

const WRITES = [
  ['POST', '/api/events'],
  ['PUT', '/api/preferences'],
  ['PATCH', '/api/items/1'],
] as const;

const write = fc.constantFrom(...WRITES);

test('bodies that are no JSON are refused', async () => {
  const garbage = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json().map((json) => json.slice(0, -1)),
    fc.constantFrom('{', '{"a":', '[[[[', '{"__proto__":{}}', `{"constructor":{"prototype":1}}`, '\u0000', '"\ud800"'),
  );
  await check(fc.tuple(write, garbage), async ([[method, path], body]) => {
    const headers = { cookie, 'content-type': 'application/json' };
    expectClearRefusal(await send(path, { method, headers, body: `${body}${SECRET}` }));
  });
});

test('bodies that are JSON and not what the API takes are refused', async () => {
  await check(fc.tuple(write, fc.jsonValue({ maxDepth: 5 })), async ([[method, path], value]) => {
    const body = JSON.stringify({ value, secret: SECRET });
    expectClearRefusal(await send(path, { method, headers: { cookie, 'content-type': 'application/json' }, body }));
  });
});

test('other types of content are refused', async () => {
  const type = fc.constantFrom(
    'text/plain',
    'application/xml',
    'multipart/form-data',
    'application/x-www-form-urlencoded',
    'x',
    ';',
  );
  await check(fc.tuple(write, type), async ([[method, path], content]) => {
    const answer = await send(path, { method, headers: { cookie, 'content-type': content }, body: SECRET });
    expectClearRefusal(answer, [400, 415]);
  });
});

test('payloads that are too large are refused, with a length or without', async () => {
  const large = JSON.stringify({ events: 'x'.repeat(200_000) });
  for (const [method, path] of WRITES) {
    expectClearRefusal(
      await send(path, { method, headers: { cookie, 'content-type': 'application/json' }, body: large }),
      [413],
    );
  }
  const head = await raw(`POST /api/events HTTP/1.1\r\nhost: a\r\nx-large: ${'x'.repeat(40_000)}\r\n\r\n`);
  expect(head).toMatch(/^HTTP\/1\.1 431 /);
});

const SQL = [
  "'; DROP TABLE items; --",
  "' OR '1'='1",
  '1; DELETE FROM events',
  "') UNION SELECT preferences FROM preferences --",
  '1) OR pg_sleep(10) IS NULL --',
  '\\x27 OR 1=1',
  '$$; DROP ROLE app_rw; $$',
  '%00',
  '\u0000',
  "\"; COPY items TO PROGRAM 'id'; --",
];

test('SQL in every field of a query is text or refused', async () => {
  const fields = [
    '/api/items/',
    '/api/items?category=',
    '/api/items?limit=',
    '/api/items?cursor=',
    '/api/search?q=blue&cursor=',
  ];
  for (const sql of SQL) {
    for (const field of fields) {
      expectClearRefusal(await send(`${field}${encodeURIComponent(sql)}`));
    }
    const answer = await send(`/api/search?q=${encodeURIComponent(sql)}`);
    expect([200, 400]).toContain(answer.status);
  }
});

test('SQL in every field of a body is refused', async () => {
  const event = () => ({ id: randomUUID(), itemId: 1, kind: 'view', occurredAt: new Date().toISOString() });
  const preferences = { categories: ['books'], theme: 'dark', itemsPerPage: 20 };
  for (const sql of SQL) {
    const broken = ['id', 'itemId', 'kind', 'occurredAt'].map((field) => ({ events: [{ ...event(), [field]: sql }] }));
    for (const body of broken)
      expectClearRefusal(await send('/api/events', { method: 'POST', headers: { cookie }, body }));
    for (const field of ['theme', 'itemsPerPage']) {
      const body = { ...preferences, [field]: sql };
      expectClearRefusal(await send('/api/preferences', { method: 'PUT', headers: { cookie }, body }));
    }
    const body = { ...preferences, categories: [sql] };
    expectClearRefusal(await send('/api/preferences', { method: 'PUT', headers: { cookie }, body }));
    expectClearRefusal(
      await send('/api/items/1', {
        method: 'PATCH',
        headers: { 'x-api-key': header(sql) },
        body: { version: 1, title: sql },
      }),
      [400, 401],
    );
  }
  const rows = await tier.primary.query(
    'SELECT (SELECT count(*) FROM items)::integer AS items, (SELECT count(*) FROM preferences)::integer AS preferences',
  );
  expect(rows).toEqual([{ items: 60, preferences: 0 }]);
});

/** What a header may hold of a text. */
const header = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');

test('events of the wrong time are refused', async () => {
  for (const occurredAt of [
    '1970-01-01T00:00:00Z',
    '2999-01-01T00:00:00Z',
    '2026-02-30T25:61:00Z',
    '2016-12-31T23:59:60Z',
  ]) {
    const body = { events: [{ id: randomUUID(), itemId: 1, kind: 'view', occurredAt }] };
    expectClearRefusal(await send('/api/events', { method: 'POST', headers: { cookie }, body }), [400, 422]);
  }
});

test('broken cookies are no session', async () => {
  const [name = '', value = ''] = cookie.split('=');
  const broken = fc.oneof(
    fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) }),
    fc.nat(value.length - 1).map((at) => `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`),
    fc.constantFrom(
      '',
      '.',
      `${value}${value}`,
      value.split('.')[0] ?? '',
      '%ZZ',
      `${'a'.repeat(43)}.${'b'.repeat(43)}`,
    ),
  );
  await check(broken, async (candidate) => {
    expectClearRefusal(await send('/api/session', { headers: { cookie: `${name}=${candidate}` } }), [401]);
  });
});

test('cursors that no page gave are refused', async () => {
  const base64url = fc
    .uint8Array({ minLength: 1, maxLength: 60 })
    .map((bytes) => Buffer.from(bytes).toString('base64url'));
  const cursor = fc.oneof(
    fc.string({ minLength: 1 }),
    base64url,
    fc.constantFrom('-1', 'NaN', '1e99', '9'.repeat(30), '.', 'null'),
  );
  await check(fc.tuple(fc.constantFrom('/api/items?', '/api/search?q=blue&'), cursor), async ([path, value]) => {
    expectClearRefusal(await send(`${path}cursor=${encodeURIComponent(value)}`));
  });
});

test('paths and methods that make no sense are refused', async () => {
  for (const path of ['/api/items/%zz', '/api/items/1/2', '/api/%2e%2e/etc/passwd', `/api/items/${'9'.repeat(300)}`]) {
    expectClearRefusal(await send(path), [400, 404, 414]);
  }
  for (const method of ['DELETE', 'PUT', 'TRACE', 'PROPFIND'])
    expectClearRefusal(await send('/api/items/1', { method }), [404]);
  expect(await raw('GET / HTTP/9.9\r\n\r\n')).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(await raw('\u0000\u0001garbage\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
});

/** Sends bytes that no client library would, and resolves with what comes back. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(service.port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')));
  });
}

test('nothing secret is in the log: no body, no query, no header, no cookie', async () => {
  await send(`/api/search?q=${SECRET}`);
  await send('/api/items/1', {
    method: 'PATCH',
    headers: { 'x-api-key': SECRET },
    body: { version: 1, title: SECRET },
  });
  const log = JSON.stringify(service.log);
  expect(service.log.length).toBeGreaterThan(50);
  expect(log).not.toContain(SECRET);
  expect(log).not.toContain(cookie.split('=')[1]);
  expect(service.log.filter(({ level }) => level === 'error')).toEqual([]);
});
