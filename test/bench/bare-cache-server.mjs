// The peer of the service's benchmark: the least that an HTTP server can do and still answer from a shared cache. One
// GET of one key for each request, with the same client as the service and no time-out per command.
import { createServer } from 'node:http';
import { createClient } from '@redis/client';

const client = createClient({ url: process.env.CACHE_URL, commandOptions: { timeout: 0 } });
await client.connect();
await client.set('bare:item', process.env.BODY ?? '{}');

const server = createServer((_request, response) => {
  client.get('bare:item').then(
    (body) => response.setHeader('content-type', 'application/json; charset=utf-8').end(body),
    () => response.writeHead(503).end(),
  );
});
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.once('disconnect', () => process.exit(0));
