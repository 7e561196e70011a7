import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An error as the runtime client reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** What the runtime said about an event. */
export type Answer =
  | { readonly kind: 'response'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: FunctionError };

/** Lambda's side of one execution environment: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export interface RuntimeApi {
  /** Host and port. */
  readonly address: string;
  /** Resolves when the runtime asks for an event: it has nothing to do. */
  idle(): Promise<void>;
  /** Resolves with why the initialisation failed; never when it does not. */
  readonly initError: Promise<FunctionError>;
  /** Hands over an event and resolves with what becomes of it. One at a time, as Lambda does. */
  give(event: unknown, timeoutMillis: number): Promise<Answer>;
  stop(): Promise<void>;
}

const PREFIX = '/2018-06-01/runtime';

export async function startRuntimeApi(functionArn: string): Promise<RuntimeApi> {
  const asking = new Exchange<ServerResponse>();
  const answers = new Map<string, (answer: Answer) => void>();
  let failInit: (error: FunctionError) => void = () => {};
  const initError = new Promise<FunctionError>((resolve) => {
    failInit = resolve;
  });
  const server = createServer((request, response) => {
    if (request.url === `${PREFIX}/invocation/next`) return asking.put(response);
    void read(request).then((body) => {
      const [, id = '', outcome] = /\/invocation\/([^/]+)\/(response|error)$/.exec(request.url ?? '') ?? [];
      if (outcome === 'response') answers.get(id)?.({ kind: 'response', value: JSON.parse(body) });
      else if (outcome === 'error') answers.get(id)?.({ kind: 'error', error: JSON.parse(body) });
      else failInit(JSON.parse(body));
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    idle: async () => void (await asking.peek()),
    initError,
    give: async (event, timeoutMillis) => {
      const id = randomUUID();
      const answered = new Promise<Answer>((resolve) => answers.set(id, resolve));
      const response = await asking.take();
      response.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': id,
        'lambda-runtime-deadline-ms': String(Date.now() + timeoutMillis),
        'lambda-runtime-invoked-function-arn': functionArn,
        'lambda-runtime-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
      });
      response.end(JSON.stringify(event));
      return answered.finally(() => answers.delete(id));
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A place where one side puts a thing and the other waits for it. */
class Exchange<Thing> {
  private thing: Thing | undefined;
  private readonly waiting: (() => void)[] = [];

  public put(thing: Thing): void {
    this.thing = thing;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  public async peek(): Promise<Thing> {
    while (this.thing === undefined) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.thing;
  }

  public async take(): Promise<Thing> {
    const thing = await this.peek();
    this.thing = undefined;
    return thing;
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}
