import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A real HTTP process with one worker: it does one request after the other, each for the milliseconds its query asks for,
 * and says how long it really was busy with it. Run as a process of its own; prints its port.
 */
let last: Promise<void> = Promise.resolve();
let busyMs = 0;
let busySince: number | undefined;
let lastEnd = 0;

const server = http.createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/health') response.end('fine');
  else if (url.pathname === '/busy')
    response.end(String(busyMs + (busySince === undefined ? 0 : performance.now() - busySince)));
  else {
    const arrived = performance.now();
    last = last.then(() => work(Number(url.searchParams.get('ms')), arrived, response));
  }
});

/** Busy is from when it could begin, so that what the process itself needs between two requests counts. */
async function work(ms: number, arrived: number, response: http.ServerResponse): Promise<void> {
  const start = Math.max(arrived, lastEnd);
  busySince = start;
  await sleep(ms);
  lastEnd = performance.now();
  const served = lastEnd - start;
  busySince = undefined;
  busyMs += served;
  response.setHeader('x-served-ms', served.toFixed(3));
  response.end('done');
}

server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : ''}\n`);
});
process.on('disconnect', () => process.exit(0));
