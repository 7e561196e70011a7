import type { LookupAddress } from 'node:dns';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { allowedAddresses, type DestinationPolicy, DestinationRefusedError, urlProblems } from './destination';

/** What came of one attempt. Of the answer only its status is kept: its body could be somebody else's. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly status: number }
  | {
      readonly kind: 'failed';
      /** In words, for who reads dead letters. */
      readonly reason: string;
      /** Absent when there was no answer. */
      readonly status?: number;
      /** The receiver asked for at least this pause, in milliseconds. */
      readonly retryAfterMillis?: number;
      /** The receiver said 410: it wants no more of this. */
      readonly gone: boolean;
    };

export interface SenderOptions {
  readonly policy: DestinationPolicy;

  /**
   * Time for one attempt from the look-up to the status of the answer, in milliseconds.
   *
   * @default 10,000
   */
  readonly timeoutMillis?: number;
}

/** Hands requests to receivers. */
export interface Sender {
  /** One attempt; never rejects. */
  send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Outcome>;
  /** Closes the connections that are kept for the next attempt. */
  close(): void;
}

/** An answer may be this long; of a longer one the connection is closed. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_RETRY_AFTER_MILLIS = 3_600_000;

/** Sends over HTTP/1.1, follows no redirect, and connects to no address that the policy refuses. */
export function createSender({ policy, timeoutMillis = 10_000 }: SenderOptions): Sender {
  const lookup = guardedLookup(policy);
  const settings = { keepAlive: true, maxFreeSockets: 64, timeout: 60_000 };
  const agents = { 'http:': new http.Agent(settings), 'https:': new https.Agent(settings) };
  return {
    async send(text, headers, body) {
      const [problem] = urlProblems(policy, text);
      if (problem !== undefined) return failed(`the URL ${problem}`);
      const url = new URL(text);
      const { request, agent } =
        url.protocol === 'https:'
          ? { request: https.request, agent: agents['https:'] }
          : { request: http.request, agent: agents['http:'] };
      const length = Buffer.byteLength(body);
      const outgoing = request(url, {
        method: 'POST',
        agent,
        lookup,
        headers: {
          'content-type': 'application/json',
          'content-length': length,
          'user-agent': 'Headroom-Webhooks/1',
          ...headers,
        },
      });
      return answerTo(outgoing, body, timeoutMillis);
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function answerTo(outgoing: ClientRequest, body: string, timeoutMillis: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const late = new Error(`no answer within ${timeoutMillis} ms`);
    const timer = setTimeout(() => outgoing.destroy(late), timeoutMillis);
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      resolve(failed(reasonOf(error)));
    });
    outgoing.on('response', (incoming) => {
      resolve(judged(incoming));
      // What is left of the answer has what is left of the time: then its connection can serve the next attempt.
      discard(incoming);
      incoming.once('close', () => clearTimeout(timer));
    });
    outgoing.end(body);
  });
}

/** A 2xx is a yes; a redirect is none, because where it leads was never checked. */
function judged({ statusCode: status = 0, headers }: IncomingMessage): Outcome {
  if (status >= 200 && status < 300) return { kind: 'accepted', status };
  const seconds = Number(headers['retry-after']);
  const asked = Number.isFinite(seconds) && seconds > 0 && { retryAfterMillis: retryAfter(seconds) };
  const hint = status >= 300 && status < 400 ? '; redirects are not followed' : '';
  return { ...failed(`answered ${status}${hint}`), status, gone: status === 410, ...asked };
}

function retryAfter(seconds: number): number {
  return Math.min(seconds * 1000, MAX_RETRY_AFTER_MILLIS);
}

function discard(incoming: IncomingMessage): void {
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) incoming.destroy();
  });
  incoming.on('error', () => {});
}

function failed(reason: string): Extract<Outcome, { kind: 'failed' }> {
  return { kind: 'failed', reason, gone: false };
}

/** A connection that fails may do so for each of several addresses; the first says enough. */
function reasonOf(error: Error): string {
  const [first = error] = error instanceof AggregateError ? (error.errors as Error[]) : [error];
  return first instanceof DestinationRefusedError || !('code' in first) ? first.message : `${first.code}`;
}

/**
 * Resolves names for the connection itself, so that the addresses that were judged are the ones that are connected to,
 * whatever the DNS says a moment later.
 */
function guardedLookup(policy: DestinationPolicy): LookupFunction {
  return (host, options, callback) => {
    const answer = (addresses: readonly LookupAddress[]): void => {
      const [first] = addresses;
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first?.address ?? '', first?.family);
    };
    allowedAddresses(policy, host).then(answer, (error: NodeJS.ErrnoException) => callback(error, []));
  };
}
