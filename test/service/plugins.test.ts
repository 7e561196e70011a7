import { Writable } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { readConfiguration } from '../../service/src/configuration';
import { createLogger } from '../../service/src/logging';
import { closeConnectionsWhileDraining } from '../../service/src/plugins/drain';
import { handleErrors } from '../../service/src/plugins/errors';
import { logRequests } from '../../service/src/plugins/request-log';
import { HttpProblem } from '../../service/src/problem';
import { serverOptions } from '../../service/src/server-options';
import { offlineEnvironment } from './rig/service-process';

interface Harness {
  /** Sends one request over a real socket. */
  send(path: string, init?: RequestInit): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }>;
  readonly log: Record<string, unknown>[];
}

const instances: FastifyInstance[] = [];

afterEach(async () => {
  await Promise.all(instances.splice(0).map((instance) => instance.close()));
});

/** The plugins around a few routes that misbehave, and its log in memory. */
async function harness(environment: NodeJS.ProcessEnv = {}, draining = false): Promise<Harness> {
  const log: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  const configuration = readConfiguration({ ...offlineEnvironment, LOG_SAMPLE_PERCENT: '0', ...environment });
  const instance = fastify(serverOptions(configuration, createLogger(configuration, sink)));
  handleErrors(instance);
  closeConnectionsWhileDraining(instance, { draining });
  logRequests(instance, configuration);
  instance.get('/fine', () => ({ status: 'ok' }));
  instance.get('/broken', () => {
    throw Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (email)=(a@b.c) already exists',
    });
  });
  instance.get('/busy', () => {
    throw new HttpProblem(503, 'the queue is full', undefined, { 'retry-after': '3' });
  });
  instance.get('/slow', () => new Promise((resolve) => setTimeout(resolve, 1500, { ok: true })));
  instance.post(
    '/thing',
    { schema: { body: { type: 'object', required: ['a'], additionalProperties: false } } },
    () => ({}),
  );
  instances.push(instance);
  const url = await instance.listen({ host: '127.0.0.1', port: 0 });
  log.length = 0;
  return {
    send: async (path, init) => {
      const answer = await fetch(url + path, init);
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
    },
    log,
  };
}

test('an unknown path is a 404 that names the path and not the query', async () => {
  const { send } = await harness();
  const answer = await send('/nowhere?token=secret');
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body).toMatchObject({ status: 404, title: 'Not Found', detail: 'there is no GET /nowhere' });
});

test('an unexpected error is a 500 that tells the client nothing, and is logged once without the data in it', async () => {
  const { send, log } = await harness();
  const answer = await send('/broken');
  expect(answer.body).toMatchObject({ status: 500, detail: 'something went wrong on our side; try again' });
  expect(log.filter(({ msg }) => msg === 'request failed')).toHaveLength(1);
  expect(log[0]).toMatchObject({ level: 'error', err: { message: 'duplicate key', code: '23505' } });
  expect(JSON.stringify(log)).not.toContain('a@b.c');
});

test('a route says no with its own status, text and headers', async () => {
  const { send } = await harness();
  const answer = await send('/busy');
  expect([answer.status, answer.headers.get('retry-after'), answer.body['detail']]).toEqual([
    503,
    '3',
    'the queue is full',
  ]);
});

test('a handler that takes too long is a 503', async () => {
  const { send } = await harness({ HANDLER_TIMEOUT_SECONDS: '1' });
  expect((await send('/slow')).body).toMatchObject({ status: 503 });
});

test('a request that does not match the schema is a 400 that lists the fields', async () => {
  const { send } = await harness();
  const answer = await send('/thing', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"b":1}',
  });
  expect(answer.body).toMatchObject({
    status: 400,
    problems: [
      { field: 'body.a', message: "must have required property 'a'" },
      { field: 'body.b', message: 'must NOT have additional properties' },
    ],
  });
});

test('a sample of the successes and every failure leave a line, without the query string', async () => {
  const { send, log } = await harness({ LOG_SAMPLE_PERCENT: '25' });
  for (let request = 0; request < 8; request += 1) await send('/fine?key=secret');
  await send('/broken?key=secret');
  expect(log.filter(({ msg }) => msg === 'request')).toHaveLength(3);
  expect(log.at(-1)).toMatchObject({ level: 'error', path: '/broken', status: 500, sampled: false });
  expect(JSON.stringify(log)).not.toContain('secret');
});

test('a slow request leaves a line whatever the sample says', async () => {
  const { send, log } = await harness({ SLOW_REQUEST_MILLISECONDS: '1000' });
  await send('/slow');
  expect(log).toMatchObject([{ msg: 'request', path: '/slow', status: 200 }]);
});

test('the trace id of the load balancer is the request id, but not whatever a client puts there', async () => {
  const { send } = await harness();
  const trace = 'Root=1-67891233-abcdef012345678912345678';
  const told = await send('/x', { headers: { 'x-amzn-trace-id': trace } });
  const forged = await send('/x', { headers: { 'x-amzn-trace-id': '<script>' } });
  expect(told.body['requestId']).toBe(trace);
  expect(forged.body['requestId']).toMatch(/^\d+-\d+$/);
});

test('while draining, every answer asks for a new connection', async () => {
  const { send } = await harness({}, true);
  expect((await send('/fine')).headers.get('connection')).toBe('close');
});
