import type { HttpConnection } from './http-connection';

/** One user: a kept-alive connection, an address, and a session where one is needed. */
export interface User {
  readonly line: HttpConnection;
  /** The bytes of one whole request. */
  request(wanted: { readonly method: string; readonly path: string; readonly body?: unknown }): string;
}

/** How many sign in at once: more would measure the sign-in. */
const AT_ONCE = 50;

/**
 * Opens every connection, and a session on it when `sessions` says so. Each user has an address of its own in
 * `X-Forwarded-For`, as behind a load balancer: limits by address would else see one very busy visitor.
 */
export async function signIn(lines: readonly HttpConnection[], sessions: boolean, atOnce = AT_ONCE): Promise<User[]> {
  const users: User[] = [];
  const queue = lines.map((line, index) => ({ line, index }));
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { line, index } = next;
      users[index] = await enter(line, `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`, sessions);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return users;
}

async function enter(line: HttpConnection, address: string, session: boolean): Promise<User> {
  const common = `Host: load\r\nAccept-Encoding: gzip\r\nX-Forwarded-For: ${address}\r\n`;
  await line.ready();
  if (!session) return { line, request: (wanted) => write(wanted, common) };
  const { status, head } = await line.send(write({ method: 'POST', path: '/api/session' }, common));
  if (status >= 400) throw new Error(`POST /api/session answered ${status}: a load test needs sessions`);
  const cookies = [...head.matchAll(/\r\nset-cookie: ([^;\r]+)/gi)].map(([, cookie]) => cookie);
  const headers = `${common}Cookie: ${cookies.join('; ')}\r\n`;
  return { line, request: (wanted) => write(wanted, headers) };
}

function write({ method, path, body }: { method: string; path: string; body?: unknown }, headers: string): string {
  const head = `${method} ${path} HTTP/1.1\r\n${headers}`;
  if (body === undefined) return `${head}${method === 'GET' ? '' : 'Content-Length: 0\r\n'}\r\n`;
  const json = JSON.stringify(body);
  return `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
}
