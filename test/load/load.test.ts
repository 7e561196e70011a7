import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Random } from '../../analysis/rehearsal/queueing/random';
import { arrivals } from './arrivals';
import { HttpConnection } from './http-connection';
import { judge } from './judge';
import type { LoadResult } from './load-result';
import { runOpenLoop } from './open-loop';
import { profiles, within } from './profiles';
import { Recorder } from './recorder';
import { pickKind, type RequestKind, requestMix } from './request-mix';

const BASIS = { requestsPerSecond: 30, concurrentUsers: 1000, stressUsers: 2000, spikeFactor: 5, growthFactor: 10 };

const kind = (changes: Partial<RequestKind> = {}): RequestKind => ({
  name: 'one',
  percent: 100,
  cached: true,
  needsSession: false,
  next: () => ({ method: 'GET', path: '/' }),
  ...changes,
});

const servers: Server[] = [];

/** A server that answers each request as `answer` says, by the number of the request. */
async function serve(answer: (index: number) => { status: number; afterMs: number }): Promise<string> {
  let index = 0;
  const server = createServer((request, response) => {
    request.resume();
    const { status, afterMs } = answer(index);
    index += 1;
    setTimeout(() => response.writeHead(status).end('{}'), afterMs).unref();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const plan = (target: string, changes = {}) => ({
  profile: 'test',
  target,
  stages: [{ seconds: 1, from: 100, to: 100 }],
  connections: 20,
  kinds: [kind()],
  seed: 1,
  timeoutSeconds: 5,
  ...changes,
});

describe('arrivals', () => {
  test('are a Poisson process: mean and variance of the counts are the rate', () => {
    const counts = new Array<number>(1000).fill(0);
    for (const at of arrivals([{ seconds: 1000, from: 50, to: 50 }], new Random(7))) {
      counts[Math.floor(at)] = (counts[Math.floor(at)] ?? 0) + 1;
    }
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
    // Four standard errors: √(50/1000) for the mean, 50·√(2/1000) for the variance.
    expect(Math.abs(mean - 50)).toBeLessThan(4 * Math.sqrt(50 / 1000));
    expect(Math.abs(variance - 50)).toBeLessThan(4 * 50 * Math.sqrt(2 / 1000));
  });

  test('follow a rate that rises: a ramp from 0 to 100 has a quarter of its arrivals in its first half', () => {
    const times = [...arrivals([{ seconds: 200, from: 0, to: 100 }], new Random(3))];
    expect(Math.abs(times.length - 10_000)).toBeLessThan(400);
    expect(times.filter((at) => at < 100).length / times.length).toBeCloseTo(0.25, 1);
    expect(times.every((at, index) => at >= (times[index - 1] ?? 0))).toBe(true);
  });

  test('stop where the rate is 0, and are the same for the same seed', () => {
    const stages = [
      { seconds: 1, from: 20, to: 20 },
      { seconds: 5, from: 0, to: 0 },
      { seconds: 1, from: 20, to: 20 },
    ];
    const times = [...arrivals(stages, new Random(1))];
    expect(times.filter((at) => at >= 1 && at < 6)).toEqual([]);
    expect([...arrivals(stages, new Random(1))]).toEqual(times);
  });
});

describe('profiles', () => {
  const shape = (name: string) => {
    const profile = profiles.find((candidate) => candidate.name === name);
    const stages = profile?.stages(BASIS) ?? [];
    return {
      seconds: stages.reduce((sum, { seconds }) => sum + seconds, 0),
      peak: Math.max(...stages.map(({ from, to }) => Math.max(from, to))),
      requests: Math.round(stages.reduce((sum, { seconds, from, to }) => sum + (seconds * (from + to)) / 2, 0)),
    };
  };

  test('are what the requirements name: 1,000 users, 2,000 under stress, 24 hours, 5×, 100,000 an hour, 10×', () => {
    expect(shape('users').peak).toBe(1000);
    expect(shape('stress').peak).toBe(2000);
    expect(shape('endurance').seconds).toBe(86_400);
    expect(shape('spike').peak).toBe(150);
    expect(shape('volume')).toMatchObject({ seconds: 3600, requests: 100_000 });
    expect(shape('ten-times').peak).toBe(300);
  });

  test('keep their shape in less time', () => {
    const stages = profiles.find(({ name }) => name === 'spike')?.stages(BASIS) ?? [];
    const shorter = within(stages, 62);
    expect(shorter.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(62);
    expect(shorter.map(({ from, to }) => [from, to])).toEqual(stages.map(({ from, to }) => [from, to]));
  });

  test('the shares of the request mix add up, and are drawn', () => {
    expect(requestMix.reduce((sum, { percent }) => sum + percent, 0)).toBe(100);
    const random = new Random(5);
    const drawn = Array.from({ length: 20_000 }, () => pickKind(requestMix, random).name);
    for (const { name, percent } of requestMix) {
      expect(drawn.filter((candidate) => candidate === name).length / 200).toBeCloseTo(percent, -0.4);
    }
  });
});

describe('the open loop', () => {
  test('charges a stall to everybody who came meanwhile', async () => {
    // The first answer takes half a second and there is one connection: the next requests wait for it.
    const target = await serve((index) => ({ status: 200, afterMs: index === 0 ? 500 : 0 }));
    const result = await runOpenLoop(plan(target, { connections: 1, stages: [{ seconds: 0.4, from: 50, to: 50 }] }));
    expect(result.requests).toBeGreaterThan(8);
    expect(result.latency.p50).toBeGreaterThan(100);
    expect(result.serviceTime.p50).toBeLessThan(result.latency.p50 ?? 0);
  });

  test('goes on sending while answers are outstanding', async () => {
    let open = 0;
    let most = 0;
    const target = await serve(() => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
      }, 600);
      return { status: 200, afterMs: 600 };
    });
    const result = await runOpenLoop(
      plan(target, { connections: 200, stages: [{ seconds: 0.5, from: 100, to: 100 }] }),
    );
    expect(most).toBe(result.requests);
  });

  test('counts every failure by its reason and leaves none out', async () => {
    const target = await serve((index) => ({ status: [200, 404, 503][index % 3] ?? 500, afterMs: 0 }));
    const result = await runOpenLoop(plan(target));
    const { requests, failed, failures } = result;
    expect(failed).toBe((failures['404'] ?? 0) + (failures['503'] ?? 0));
    expect(Math.abs(failed - (requests * 2) / 3)).toBeLessThan(2);
    expect(result.perSecond.reduce((sum, { arrivals: count }) => sum + count, 0)).toBe(requests);
  });

  test('an answer that never comes is a timeout, and the connection is not used again', async () => {
    const target = await serve((index) => ({ status: 200, afterMs: index === 0 ? 60_000 : 0 }));
    const result = await runOpenLoop(plan(target, { connections: 1, timeoutSeconds: 0.3 }));
    expect(result.failures).toEqual({ timeout: 1 });
  });

  test('ends early when it is told to, with what was measured until then', async () => {
    const target = await serve(() => ({ status: 200, afterMs: 0 }));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const result = await runOpenLoop(
      plan(target, { signal: stop.signal, stages: [{ seconds: 600, from: 50, to: 50 }] }),
    );
    expect(result.seconds).toBeLessThan(60);
  });
});

test('the recorder adds up by hand-made outcomes', () => {
  const recorder = new Recorder();
  const cached = kind({ name: 'cached' });
  const slow = kind({ name: 'slow', cached: false });
  recorder.record({ kind: cached, intendedAt: 0.1, sentAt: 0.1, endedAt: 0.2, failure: undefined });
  recorder.record({ kind: slow, intendedAt: 0.5, sentAt: 1.0, endedAt: 2.5, failure: undefined });
  recorder.record({ kind: slow, intendedAt: 2.0, sentAt: 2.0, endedAt: 2.1, failure: '503' });
  const test = { profile: 'p', target: 't', startedAt: '', seconds: 3, connections: 1, seed: 1 };
  const result = recorder.result(test);
  expect(result).toMatchObject({ requests: 3, failed: 1, arrivalRate: 1, failures: { '503': 1 } });
  // Busy for 0.1 s, 2 s and 0.1 s of 3 s: on average 2.2/3 requests are in the system.
  expect(result.concurrency).toBeCloseTo(2.2 / 3, 9);
  expect(
    result.perSecond.map(({ arrivals: count, failed, concurrency }) => [count, failed, Number(concurrency.toFixed(6))]),
  ).toEqual([
    [2, 0, 0.6],
    [0, 0, 1],
    [1, 1, 0.6],
  ]);
  expect(result.cachedLatency.p50).toBeCloseTo(100, -1);
  expect(result.serviceTime.p99).toBeCloseTo(1500, -2);
});

test('the verdict names every objective with its limit and figure', () => {
  const latency = { mean: 1, p50: 1, p90: 1, p95: 250, p99: 1, p999: 1 };
  const result = { requests: 1000, failed: 2, latency, cachedLatency: { ...latency, p95: null } } as LoadResult;
  expect(judge(result, { p95Ms: 200, p95CachedMs: 100, availability: 0.998 })).toEqual([
    { objective: 'p95 of all requests', limit: 200, measured: 250, unit: 'ms', met: false },
    { objective: 'p95 of cached requests', limit: 100, measured: null, unit: 'ms', met: false },
    { objective: 'availability', limit: 0.998, measured: 0.998, unit: 'share', met: true },
  ]);
});

test('a connection reads answers that come in pieces, in chunks, or without a body', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/chunks') {
      response.write('a'.repeat(10));
      setTimeout(() => response.end('b'), 20);
    } else if (request.url === '/none') response.writeHead(304).end();
    else response.end('c'.repeat(200_000));
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const line = new HttpConnection('127.0.0.1', (server.address() as AddressInfo).port);
  const get = (path: string) => line.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  expect((await get('/large')).body.length).toBe(200_000);
  expect((await get('/none')).status).toBe(304);
  expect((await get('/chunks')).body.toString()).toMatch(/^a\r\na{10}\r\n1\r\nb\r\n0\r\n\r\n$/);
  expect((await get('/large')).status).toBe(200);
  line.close();
});
