import { request } from 'node:http';

/** One answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As it came over the wire: compressed when the headers say so. */
  readonly bytes: Buffer;
  /** The body as text, and as JSON where it is. */
  readonly text: string;
  json<T = Record<string, unknown>>(): T;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON; text and bytes as they are. */
  readonly body?: unknown;
}

/** One request on a connection of its own. Unlike `fetch` it expands nothing and repeats nothing. */
export function ask(url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const payload = body === undefined || raw ? (body as string | Buffer | undefined) : JSON.stringify(body);
  const type: Record<string, string> = body === undefined || raw ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent: false, headers: { ...type, ...headers } }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString();
        const flat = Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join('; ')]);
        resolve({
          status: incoming.statusCode ?? 0,
          headers: Object.fromEntries(flat),
          bytes,
          text,
          json: () => JSON.parse(text),
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

/** Begins a session at `url` and returns the header that continues it. */
export async function signIn(url: string): Promise<{ cookie: string }> {
  const answer = await ask(`${url}/api/session`, { method: 'POST' });
  if (answer.status !== 201) throw new Error(`POST /api/session answered ${answer.status}: ${answer.text}`);
  return { cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '' };
}
