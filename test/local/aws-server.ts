import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as an AWS service sees it. */
export interface AwsRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The name that the request was signed for, such as `s3` or `monitoring`. */
  readonly service: string;
  /** The region that it was signed for. */
  readonly region: string;
  /** From `X-Amz-Target`, without the service, or from `Action=`; empty for the protocols that say it by path. */
  readonly operation: string;
  readonly body: string;
}

export interface AwsAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What goes wrong instead of an answer: an error of the service, or none at all for as long as the client waits. */
export type Fault = { readonly status: number; readonly code: string } | 'no answer';

/** An AWS service on loopback: start programs with `AWS_ENDPOINT_URL` set to `url`. */
export interface AwsServer {
  readonly url: string;
  /** Every request so far, oldest first, those that failed included. */
  readonly requests: readonly AwsRequest[];
  /** The next `times` requests (of `operation`, when given) meet `fault`. */
  fail(fault: Fault, times?: number, operation?: string): void;
  stop(): Promise<void>;
}

type Payload = Readonly<Record<string, unknown>>;

/** Refuses a request the way AWS does: thrown by an operation, it becomes the answer. */
export class AwsError extends Error {
  public constructor(
    public readonly code: string,
    message: string,
    public readonly status = 400,
  ) {
    super(message);
  }
}

/** Operations of a service that speaks AWS's JSON protocol, by name. */
export type JsonOperations = Readonly<Record<string, (payload: Payload) => Payload | Promise<Payload>>>;

export function jsonService(operations: JsonOperations): (request: AwsRequest) => Promise<AwsAnswer> {
  return async ({ operation, body }) => {
    const run = operations[operation];
    if (run === undefined) throw new AwsError('UnknownOperationException', `this server does not know ${operation}`);
    return { body: JSON.stringify(await run(body === '' ? {} : JSON.parse(body))) };
  };
}

/** Starts a service that gives `answer` to every request. */
export async function startAwsServer(
  answer: (request: AwsRequest) => AwsAnswer | Promise<AwsAnswer>,
): Promise<AwsServer> {
  const requests: AwsRequest[] = [];
  const faults: { readonly fault: Fault; left: number; readonly operation: string | undefined }[] = [];
  const server = createServer((incoming, outgoing) => {
    const request = read(incoming);
    void request
      .then(async (request) => {
        requests.push(request);
        const planned = faults.find(
          ({ left, operation = request.operation }) => left > 0 && operation === request.operation,
        );
        if (planned === undefined) return answer(request);
        planned.left -= 1;
        if (planned.fault === 'no answer') return undefined;
        throw new AwsError(planned.fault.code, 'asked to fail', planned.fault.status);
      })
      .catch(async (error: unknown) => refusal(error, await request))
      .then((result) => {
        const headers = { 'content-type': 'application/x-amz-json-1.0', ...result?.headers };
        if (result !== undefined) outgoing.writeHead(result.status ?? 200, headers).end(result.body);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fail: (fault, times = 1, operation = undefined) => void faults.push({ fault, left: times, operation }),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function read(incoming: IncomingMessage): Promise<AwsRequest> {
  let body = '';
  for await (const chunk of incoming.setEncoding('utf8')) body += chunk;
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const action = /^Action=(\w+)/.exec(body)?.[1] ?? '';
  const operation = headers['x-amz-target']?.replace(/^.*\./, '') ?? action;
  const [, region = '', service = ''] =
    /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers['authorization'] ?? '') ?? [];
  return { method: incoming.method ?? '', path: incoming.url ?? '', headers, service, region, operation, body };
}

/** Of the services that speak XML. */
export const XML = { 'content-type': 'text/xml' };

/** What no operation expected is the test's mistake, so the client hears it in full and does not try again. */
function refusal(error: unknown, { service }: AwsRequest): AwsAnswer {
  const { code, message, status } = error instanceof AwsError ? error : new AwsError('InvalidAction', String(error));
  const xml = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  if (service === 's3') return { status, headers: XML, body: xml };
  if (service === 'rds') return { status, headers: XML, body: `<ErrorResponse>${xml}</ErrorResponse>` };
  return { status, body: JSON.stringify({ __type: code, message }) };
}

/** The environment of a program whose AWS is `server`. */
export const awsEnvironment = ({ url }: Pick<AwsServer, 'url'>) => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
});
