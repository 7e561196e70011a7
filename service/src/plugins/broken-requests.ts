import type { Socket } from 'node:net';
import { problem } from '../problem';

interface Refusal {
  readonly status: number;
  readonly detail: string;
}

/** What Node's parser says and what the client is told; everything else is a 400. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'the headers are larger than 16 KiB' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'the request took too long to arrive' },
};

const NOT_HTTP: Refusal = { status: 400, detail: 'the request is no HTTP/1.1 that can be read' };

/** Answers bytes that never become a request, and closes their connection. */
export function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, detail } = REFUSALS[error.code ?? ''] ?? NOT_HTTP;
  const body = problem(status, detail, 'none');
  const json = JSON.stringify(body);
  const head = `HTTP/1.1 ${status} ${body.title}\r\nContent-Type: application/problem+json; charset=utf-8\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(json)}\r\nConnection: close\r\n\r\n${json}`);
}
