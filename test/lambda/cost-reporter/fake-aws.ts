import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a fake answers to one call: a body, or an error with its AWS code. */
export type Answer = { readonly body: unknown } | { readonly error: string; readonly status: number };

export interface Call {
  /** `GetMetricData`, `GetCostAndUsage`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Region that the request was signed for. */
  readonly region: string;
}

/** A server that speaks AWS's JSON protocol, at the level of the wire. */
export class FakeAws {
  public readonly calls: Call[] = [];
  private readonly server: Server;

  /** @param answer decides on the answer of each call; it may keep state of its own. */
  public constructor(private readonly answer: (call: Call) => Answer) {
    this.server = createServer((request, response) => {
      void this.handle(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify(body));
      });
    });
  }

  public async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private async handle(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call: Call = {
      operation: String(request.headers['x-amz-target']).split('.').at(-1) ?? '',
      input: JSON.parse(Buffer.concat(chunks).toString()) as Call['input'],
      region: /Credential=[^/]+\/\d+\/([^/]+)\//u.exec(String(request.headers.authorization))?.[1] ?? '',
    };
    this.calls.push(call);
    const answer = this.answer(call);
    if ('body' in answer) return { status: 200, body: answer.body };
    return { status: answer.status, body: { __type: answer.error, message: answer.error } };
  }
}
