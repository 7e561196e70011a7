import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DestinationPolicy } from '../../../runtime/webhooks';

/** A request as the receiver got it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver does with a request; whoever does not answer stalls. */
export type Behaviour = (received: Received, response: ServerResponse) => void;

/** Somebody's server on loopback. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  /** Every request so far, also those that were not answered. */
  readonly requests: readonly Received[];
  /** Connections so far. */
  readonly connections: number;
  stop(): Promise<void>;
}

export const accept: Behaviour = (_received, response) => void response.writeHead(204).end();

export async function startReceiver(behave: Behaviour = accept): Promise<Receiver> {
  const requests: Received[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const received = { path: request.url ?? '', headers: request.headers, body };
    requests.push(received);
    behave(received, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    get connections() {
      return connections;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Where tests may send: this machine, without TLS. */
export const loopbackDestinations: DestinationPolicy = {
  protocols: ['http:'],
  ports: 'any',
  mayConnect: (address) => address === '127.0.0.1',
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
};
