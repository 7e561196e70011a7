import { setTimeout as pause } from 'node:timers/promises';
import { type CacheConnection, connectCache } from '../../../runtime/cache';
import { type Session, SessionEndedError, Sessions, type SessionsOptions } from '../../../runtime/session';
import { startServer, type TestServer } from '../support/cache-server';

interface Data {
  user: string;
  basket: string[];
  seen: number;
}

const secrets = ['a secret of at least thirty-two characters'];

let server: TestServer;
let connection: CacheConnection;

function sessions(more: Partial<SessionsOptions> = {}): Sessions<Data> {
  return new Sessions<Data>({ connection, secrets, ...more });
}

/** What the browser sends back for a `Set-Cookie` value. */
function returned(setCookie: string): string {
  return `theme=dark; ${setCookie.split(';', 1)[0]}; other=1`;
}

async function resumed(of: Sessions<Data>, cookie: string | undefined): Promise<Session<Data>> {
  const result = await of.resume(cookie);
  if (result.state !== 'active') throw new Error(`the session is ${result.state}`);
  return result.session;
}

beforeAll(async () => {
  server = await startServer();
  connection = await connectCache({ url: server.url });
});

afterAll(async () => {
  await connection.close();
  await server.stop();
});

test('a session started by one process is resumed by any other', async () => {
  const [first, second] = [sessions(), sessions()];
  const started = await first.start({ user: 'ada', basket: ['lamp'] });
  const session = await resumed(second, returned(first.cookieFor(started)));
  expect(session.data).toEqual({ user: 'ada', basket: ['lamp'] });
});

test('requests of one session on different processes change different fields without losing any', async () => {
  const all = [sessions(), sessions(), sessions()];
  const started = await sessions().start({ user: 'ada' });
  const cookie = returned(sessions().cookieFor(started));
  const [one, two] = [await resumed(sessions(), cookie), await resumed(sessions(), cookie)];
  await Promise.all([one.update({ basket: ['lamp'] }), two.update({ seen: 3 })]);
  await one.update({ user: undefined });
  for (const each of all) expect((await resumed(each, cookie)).data).toEqual({ basket: ['lamp'], seen: 3 });
});

test('the cookie is signed, for this host, over TLS, and out of reach of scripts', async () => {
  const store = sessions();
  const cookie = store.cookieFor(await store.start({ user: 'ada' }));
  expect(cookie).toMatch(
    /^__Host-session=[\w-]{43}\.[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure$/,
  );
  expect(sessions({ cookie: { secure: false, sameSite: 'Strict' } }).cookieForNone()).toBe(
    'session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict',
  );
});

test('the server has nothing from which a session could be taken over', async () => {
  const store = sessions({ namespace: 'hash' });
  const session = await store.start({ user: 'ada' });
  const keys = (await connection.client().keys('hash:*')).map(String);
  expect(keys).toHaveLength(1);
  expect(keys.join()).not.toContain(session.id);
});

describe('a cookie is no session', () => {
  const id = 'A'.repeat(43);
  test.each([
    ['absent', undefined],
    ['empty', ''],
    ['of another name', 'other=1'],
    ['without a signature', `__Host-session=${id}`],
    ['with an empty signature', `__Host-session=${id}.`],
    ['with a wrong signature', `__Host-session=${id}.${'B'.repeat(43)}`],
    ['of the wrong length', `__Host-session=${id}A.${'B'.repeat(44)}`],
    ['a megabyte long', `__Host-session=${'A'.repeat(1_000_000)}`],
    ['full of control characters', '__Host-session=\u0000\u0001;;;=;%00'],
  ])('when it is %s', async (_, cookie) => {
    expect(await sessions().resume(cookie)).toEqual({ state: 'none' });
  });

  test('when another secret signed it, and is one again while that secret still verifies', async () => {
    const old = sessions();
    const cookie = returned(old.cookieFor(await old.start({ user: 'ada' })));
    const next = 'another secret of at least thirty-two characters';
    expect((await sessions({ secrets: [next] }).resume(cookie)).state).toBe('none');
    expect((await sessions({ secrets: [next, ...secrets] }).resume(cookie)).state).toBe('active');
  });
});

test('a session lives on with every request, and ends when none comes', async () => {
  const store = sessions({ idleMs: 400, absoluteMs: 60_000 });
  const cookie = returned(store.cookieFor(await store.start({ user: 'ada' })));
  const key = String((await connection.client().keys('headroom:session:*')).at(-1));
  await pause(50);
  await resumed(store, cookie);
  expect(Number(await connection.client().pTTL(key))).toBeGreaterThan(0);
  await pause(600);
  expect((await store.resume(cookie)).state).toBe('none');
});

test('a session ends at its end, however many requests come', async () => {
  const store = sessions({ idleMs: 150, absoluteMs: 150 });
  const cookie = returned(store.cookieFor(await store.start({ user: 'ada' })));
  const end = Date.now() + 300;
  while (Date.now() < end) {
    await store.resume(cookie);
    await pause(20);
  }
  expect((await store.resume(cookie)).state).toBe('none');
});

test('a new id takes the session over, and the old one is worth nothing', async () => {
  const encryption = { current: 'k', keys: { k: Buffer.alloc(32, 1) }, naming: Buffer.alloc(32, 2) };
  for (const store of [sessions(), sessions({ encryption })]) {
    const started = await store.start({ user: 'ada' });
    await started.keepReadToken('7');
    const before = returned(store.cookieFor(started));
    const renewed = await started.renew();
    expect((await store.resume(before)).state).toBe('none');
    const after = await resumed(store, returned(store.cookieFor(renewed)));
    expect([after.data, after.readToken]).toEqual([{ user: 'ada' }, '7']);
  }
});

test('an ended session is not brought back by a request that still works on it', async () => {
  const store = sessions();
  const session = await store.start({ user: 'ada' });
  const cookie = returned(store.cookieFor(session));
  const other = await resumed(store, cookie);
  await session.end();
  await expect(other.update({ seen: 1 })).rejects.toThrow(SessionEndedError);
  await expect(other.renew()).rejects.toThrow('the session has ended');
  await other.keepReadToken('9');
  expect((await store.resume(cookie)).state).toBe('none');
});

test('of concurrent read tokens the newest stays, whatever the order', async () => {
  const newerToken = (one: string, other: string): string => (Number(one) > Number(other) ? one : other);
  const store = sessions({ newerToken });
  const started = await store.start({ user: 'ada' });
  const cookie = returned(store.cookieFor(started));
  const requests = await Promise.all(Array.from({ length: 8 }, () => resumed(store, cookie)));
  await Promise.all(requests.map((request, index) => request.keepReadToken(`${[3, 9, 1, 7, 8, 2, 5, 4][index]}`)));
  expect((await resumed(store, cookie)).readToken).toBe('9');
  expect((await resumed(sessions(), cookie)).readToken).toBe('9');
});

test('encrypted sessions are unreadable, and cannot be mixed', async () => {
  const encryption = { current: 'k', keys: { k: Buffer.alloc(32, 1) }, naming: Buffer.alloc(32, 2) };
  const store = sessions({ encryption, namespace: 'sealed' });
  const cookies = [];
  for (const user of ['ada', 'bob']) cookies.push(returned(store.cookieFor(await store.start({ user }))));
  const [one = '', two = ''] = (await connection.client().keys('sealed:*')).map(String);
  const field = await connection.client().hGet(one, 'data:user');
  expect(String(field)).not.toMatch(/ada|bob/);
  await connection.client().hSet(two, 'data:user', field ?? '');
  const users = await Promise.all(cookies.map(async (cookie) => (await resumed(store, cookie)).data.user));
  expect(users.filter((user) => user === undefined)).toHaveLength(1);
});

test('a session that cannot be read now is told apart from none', async () => {
  const gone = await startServer();
  const lost = await connectCache({ url: gone.url });
  const store = sessions({ connection: lost });
  const cookie = returned(store.cookieFor(await store.start({ user: 'ada' })));
  await gone.server.kill();
  expect((await store.resume(cookie)).state).toBe('unavailable');
  expect((await store.resume(undefined)).state).toBe('none');
  await lost.close();
  await gone.stop();
});

test('fails when the options cannot work, with every problem', () => {
  const encryption = { current: 'k', keys: {}, naming: Buffer.alloc(1) };
  const create = () => sessions({ secrets: ['short'], idleMs: 0, absoluteMs: -1, encryption });
  expect(create).toThrow(
    [
      '`secrets` must have at least 32 characters each, got one of 5',
      '`idleMs` must be more than 0, got 0',
      '`absoluteMs` must not be less than `idleMs` (0), got -1',
      '`encryption.current` must name one of `encryption.keys`, got `k`',
      '`encryption.naming` must be at least 32 bytes, got 1',
    ].join('\n'),
  );
  expect(() => sessions({ secrets: [] })).toThrow('`secrets` must have at least one secret, got none');
});
