import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { killServices, startAndFail, startService } from './rig/service-process';

afterEach(killServices);

/** Opens a connection and sends the head of a POST whose body is still to come, so that the request is in flight. */
async function openRequest(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /nowhere HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{');
  return socket;
}

/** Sends the rest of the body and resolves with the first line of the answer. */
async function finishRequest(socket: Socket): Promise<string> {
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.write('}');
  await once(socket, 'close');
  return answer.split('\r\n', 1)[0] ?? '';
}

test('starts, answers, and leaves with 0 on SIGTERM', async () => {
  const service = await startService();
  const answer = await fetch(`${service.url}/health/live`);
  expect([answer.status, answer.headers.get('keep-alive')]).toEqual([200, 'timeout=75']);
  expect(await service.stop()).toBe(0);
});

test('200 requests in flight at SIGTERM are all answered, while new connections are refused', async () => {
  const service = await startService();
  const sockets = await Promise.all(Array.from({ length: 200 }, () => openRequest(service.port)));
  await fetch(`${service.url}/health/live`);
  const exit = service.stop();
  await service.logged('stopping');
  await refused(service.port);
  const answers = await Promise.all(sockets.map(finishRequest));
  expect(answers.filter((line) => line.startsWith('HTTP/1.1 404'))).toHaveLength(200);
  expect(await exit).toBe(0);
});

/** Resolves once the port takes no more connections. */
async function refused(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const event = await Promise.race([
      once(socket, 'connect').then(() => 'open'),
      once(socket, 'error').then(() => 'refused'),
    ]).catch(() => 'refused');
    socket.destroy();
    if (event === 'refused') return;
  }
}

test('during the drain delay the port stays open and answers ask for a new connection', async () => {
  const service = await startService({ DRAIN_DELAY_SECONDS: '1' });
  const exit = service.stop();
  await service.logged('stopping');
  const answer = await fetch(`${service.url}/health/live`);
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  expect(await exit).toBe(0);
});

test('a connection that never ends its request is cut before the stop time-out, and the exit code says so', async () => {
  const service = await startService({ STOP_TIMEOUT_SECONDS: '3', HANDLER_TIMEOUT_SECONDS: '1' });
  const socket = connect(service.port, '127.0.0.1').on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n');
  await fetch(`${service.url}/health/live`);
  expect(await service.stop()).toBe(1);
  expect(await service.logged('stopped')).toMatchObject({ result: 'cut' });
});

test('a second signal does not wait', async () => {
  const service = await startService({ DRAIN_DELAY_SECONDS: '20' });
  const exit = service.stop('SIGINT');
  await service.logged('stopping');
  await service.stop('SIGINT');
  expect(await exit).toBe(1);
});

test('fails when the port is in use, and says what to do', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as AddressInfo;
  const advice = 'stop the process that listens there or set PORT to a free one (0 picks one)';
  expect(await startAndFail({ PORT: String(port) })).toEqual({
    code: 2,
    stderr: `PORT ${port} is already in use: ${advice}\n`,
  });
  squatter.close();
});

test('fails when the environment is wrong, with every problem at once', async () => {
  const { code, stderr } = await startAndFail({ PORT: 'http', LOG_LEVEL: 'loud', KEEP_ALIVE_SECONDS: '0' });
  expect(code).toBe(2);
  expect(stderr).toBe(
    'invalid environment:\n' +
      "  - PORT must be a whole number between 0 and 65535, got 'http'\n" +
      "  - LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, got 'loud'\n" +
      "  - KEEP_ALIVE_SECONDS must be a whole number between 1 and 4000, got '0'\n",
  );
});
