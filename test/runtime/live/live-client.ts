import { type ClientOptions, WebSocket } from 'ws';

/** What a client has been told. */
export type Told =
  | { readonly type: 'following'; readonly topics: readonly string[]; readonly refused: readonly string[] }
  | { readonly type: 'update'; readonly topic: string; readonly data: unknown }
  | { readonly type: 'gap' };

/** How a connection ended. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A WebSocket of a test. */
export interface LiveClient {
  readonly socket: WebSocket;
  /** Everything so far, oldest first. */
  readonly told: readonly Told[];
  readonly updates: readonly unknown[];
  readonly closed: Promise<Closed>;
  /** Says what to follow and resolves with the answer. */
  follow(...topics: string[]): Promise<Told>;
}

/** Resolves once the connection is open; rejects with the answer when it is refused, such as `401 there is no session`. */
export function connectLive(url: string, options: ClientOptions = {}): Promise<LiveClient> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), options);
  const told: Told[] = [];
  const waiting: ((answer: Told) => void)[] = [];
  socket.on('message', (data) => {
    const message: Told = JSON.parse(String(data));
    told.push(message);
    if (message.type === 'following') waiting.shift()?.(message);
  });
  const closed = new Promise<Closed>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  const client: LiveClient = {
    socket,
    told,
    closed,
    get updates() {
      return told.flatMap((message) => (message.type === 'update' ? [message.data] : []));
    },
    follow(...topics) {
      const answer = new Promise<Told>((resolve) => waiting.push(resolve));
      socket.send(JSON.stringify({ follow: topics }));
      return answer;
    },
  };
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(client));
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      response.setEncoding('utf8').once('data', (body: string) => {
        reject(new Error(`${response.statusCode} ${JSON.parse(body).detail}`));
      });
    });
  });
}
