import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An edge of the CDN: it keeps what it was asked for, and says whether it had it. */
export interface EdgeServer {
  readonly port: number;
  /** Paths that were asked for, oldest first. */
  readonly asked: readonly string[];
  /** Answers by path; 200 unless said otherwise. */
  readonly statuses: Map<string, number>;
  /** From now on it is asked and answers nothing. */
  fallSilent(): void;
  stop(): Promise<void>;
}

/**
 * Starts an edge on an address of loopback. Several with the same port and an address each are a CDN: which one a client
 * reaches is a matter of what its resolver answers, as with CloudFront.
 */
export async function startEdgeServer(address: string, port = 0): Promise<EdgeServer> {
  const asked: string[] = [];
  const statuses = new Map<string, number>();
  let silent = false;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    // The common rule set of AWS WAF: NoUserAgent_HEADER.
    if (request.headers['user-agent'] === undefined) return response.writeHead(403).end();
    const hit = asked.includes(path);
    asked.push(path);
    if (silent) return undefined;
    const status = statuses.get(path) ?? 200;
    const headers = { 'content-type': 'application/json', 'x-cache': `${hit ? 'Hit' : 'Miss'} from cloudfront` };
    // A redirect leads to the spelling in small letters, as the viewer-request function sends it.
    const location = status >= 300 && status < 400 ? { location: path.toLowerCase() } : {};
    return response.writeHead(status, { ...headers, ...location }).end('{}');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    statuses,
    fallSilent: () => {
      silent = true;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
