import type { LookupAddress } from 'node:dns';
import { createSender, type DestinationPolicy, type Outcome, publicDestinations } from '../../../runtime/webhooks';
import { type Behaviour, loopbackDestinations, type Receiver, startReceiver } from './receiver';

const receivers: Receiver[] = [];
const senders: { close(): void }[] = [];

afterEach(async () => {
  for (const sender of senders.splice(0)) sender.close();
  await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
});

async function receiver(behave?: Behaviour): Promise<Receiver> {
  const started = await startReceiver(behave);
  receivers.push(started);
  return started;
}

function send(url: string, policy: DestinationPolicy = loopbackDestinations, timeoutMillis = 5_000): Promise<Outcome> {
  const sender = createSender({ policy, timeoutMillis });
  senders.push(sender);
  return sender.send(url, { 'webhook-id': 'one' }, '{"a":1}');
}

test('posts the body as JSON with the headers that were given', async () => {
  const { url, requests } = await receiver();
  expect(await send(`${url}/hook?x=1`)).toEqual({ kind: 'accepted', status: 204 });
  expect(requests).toHaveLength(1);
  const [request] = requests;
  expect(request).toMatchObject({ path: '/hook?x=1', body: '{"a":1}' });
  expect(request?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'one' });
});

test('keeps the connection for the next message', async () => {
  const target = await receiver();
  const sender = createSender({ policy: loopbackDestinations });
  senders.push(sender);
  for (let sent = 0; sent < 5; sent++) expect((await sender.send(target.url, {}, '{}')).kind).toBe('accepted');
  expect(target.connections).toBe(1);
});

test('follows no redirect', async () => {
  const elsewhere = await receiver();
  const { url } = await receiver((_, response) => response.writeHead(307, { location: elsewhere.url }).end());
  expect(await send(url)).toMatchObject({ kind: 'failed', reason: 'answered 307; redirects are not followed' });
  expect(elsewhere.requests).toEqual([]);
});

test.each([
  [500, {}, { reason: 'answered 500', gone: false }],
  [410, {}, { reason: 'answered 410', gone: true }],
  [429, { 'retry-after': '7' }, { reason: 'answered 429', retryAfterMillis: 7_000 }],
  [503, { 'retry-after': '86400' }, { reason: 'answered 503', retryAfterMillis: 3_600_000 }],
  [503, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, { reason: 'answered 503' }],
])('says what an answer of %d %j means', async (status, headers, expected) => {
  const { url } = await receiver((_, response) => response.writeHead(status, headers).end());
  expect(await send(url)).toMatchObject({ kind: 'failed', status, ...expected });
});

test('gives up on a receiver that does not answer', async () => {
  const { url } = await receiver(() => {});
  expect(await send(url, loopbackDestinations, 100)).toMatchObject({ reason: 'no answer within 100 ms' });
});

test('believes the status of an answer that never ends, and reads no more than it must', async () => {
  let closed: (() => void) | undefined;
  const closing = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const { url } = await receiver((_, response) => {
    response.writeHead(200);
    const flood = setInterval(() => response.write(Buffer.alloc(32 * 1024)), 5);
    response.once('close', () => {
      clearInterval(flood);
      closed?.();
    });
  });
  expect(await send(url)).toEqual({ kind: 'accepted', status: 200 });
  await closing;
});

test('says that nobody listens', async () => {
  const { url, stop } = await startReceiver();
  await stop();
  expect(await send(url)).toMatchObject({ kind: 'failed', reason: 'ECONNREFUSED' });
});

describe('towards this machine', () => {
  /** Everything public, but for TLS and the port: what keeps the sender away is the address alone. */
  function withNames(...answers: LookupAddress[][]): DestinationPolicy {
    return { ...publicDestinations, protocols: ['http:'], ports: 'any', resolve: async () => answers.shift() ?? [] };
  }
  const local = [{ address: '127.0.0.1', family: 4 }];

  test('refuses an address in the URL without connecting', async () => {
    const target = await receiver();
    const outcome = await send(target.url, withNames());
    expect(outcome).toMatchObject({ reason: expect.stringContaining('got the address 127.0.0.1') });
    expect(target.connections).toBe(0);
  });

  test('refuses a name that leads there when the connection is made, whatever it led to before', async () => {
    const target = await receiver();
    const policy = withNames([{ address: '1.1.1.1', family: 4 }], local);
    expect(await policy.resolve('rebound.example')).toEqual([{ address: '1.1.1.1', family: 4 }]);
    expect(await send(`http://rebound.example:${target.port}`, policy)).toMatchObject({
      kind: 'failed',
      reason: 'rebound.example must lead to the public internet, got the address 127.0.0.1',
    });
    expect(target.connections).toBe(0);
  });

  test('connects to the very addresses that were judged: the name is asked for once', async () => {
    const target = await receiver();
    const policy = {
      ...withNames(local, [{ address: '10.0.0.1', family: 4 }]),
      mayConnect: loopbackDestinations.mayConnect,
    };
    expect(await send(`http://once.example:${target.port}`, policy)).toMatchObject({ kind: 'accepted' });
    expect(target.connections).toBe(1);
  });
});
