import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from './fault-proxy';

describe('the fault proxy', () => {
  let echo: net.Server;
  let proxy: FaultProxy;

  beforeAll(async () => {
    echo = net.createServer((socket) => void socket.pipe(socket).on('error', () => {}));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    proxy = await FaultProxy.start({ host: '127.0.0.1', port: (echo.address() as net.AddressInfo).port });
  });

  afterEach(async () => {
    await proxy.heal();
  });

  afterAll(() => {
    proxy.stop();
    echo.close();
  });

  function connect(): Promise<net.Socket> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(proxy.port, proxy.host, () => resolve(socket));
      socket.once('error', reject);
    });
  }

  function answer(socket: net.Socket, text: string): Promise<string> {
    const received = new Promise<string>((resolve) => socket.once('data', (data) => resolve(`${data}`)));
    socket.write(text);
    return received;
  }

  test('passes on what is sent while nothing is wrong', async () => {
    const socket = await connect();
    expect(await answer(socket, 'hello')).toBe('hello');
    socket.destroy();
  });

  test('delays both directions', async () => {
    const socket = await connect();
    await proxy.inject({ latencyMillis: 60 });
    const started = performance.now();
    await answer(socket, 'slow');
    expect(performance.now() - started).toBeGreaterThanOrEqual(115);
    socket.destroy();
  });

  test('refuses new connections and leaves those that are there', async () => {
    const socket = await connect();
    await proxy.inject({ refuse: true });
    await expect(connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await answer(socket, 'still here')).toBe('still here');
    socket.destroy();
  });

  test('swallows everything without closing anything, and delivers it when it is over', async () => {
    const socket = await connect();
    expect(await answer(socket, 'before')).toBe('before');
    await proxy.inject({ blackHole: true });
    const late = answer(socket, 'late');
    expect(await Promise.race([late, sleep(100, 'nothing')])).toBe('nothing');
    expect(socket.destroyed).toBe(false);
    await proxy.heal();
    expect(await late).toBe('late');
    socket.destroy();
  });

  test('resets connections', async () => {
    const socket = await connect();
    expect(await answer(socket, 'before')).toBe('before');
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve));
    proxy.cut();
    expect((await failed).code).toBe('ECONNRESET');
  });
});
