import { randomUUID } from 'node:crypto';

/** A request as a client makes it. */
export interface ClientRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Whether API Gateway takes the body for binary. @default false */
  readonly binary?: boolean;
}

/** What a function answers to API Gateway. */
export interface GatewayAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
  /** Of the HTTP API only. */
  readonly cookies?: readonly string[];
}

/** The viewer, then CloudFront, which API Gateway saw. */
const FORWARDED = { 'X-Forwarded-For': '203.0.113.7, 192.0.2.9', 'X-Forwarded-Proto': 'https' };
const SOURCE = '192.0.2.9';

/** The HTTP API's, which it puts in front of the path. */
const STAGE = 'functions';

/** As an HTTP API hands it over: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function httpApiEvent(request: ClientRequest): object {
  const [path = '', rawQueryString = ''] = request.path.split('?');
  const rawPath = `/${STAGE}${path}`;
  const headers = { ...FORWARDED, ...contentType(request), ...request.headers };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    ...(request.cookies === undefined ? {} : { cookies: request.cookies }),
    ...(rawQueryString === '' ? {} : { queryStringParameters: lastValues(rawQueryString, ',') }),
    requestContext: {
      requestId: randomUUID(),
      stage: STAGE,
      http: { method: request.method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: SOURCE, userAgent: 'test' },
    },
    ...bodyOf(request),
  };
}

/** As a REST API hands it over: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
export function restApiEvent(request: ClientRequest): object {
  const [path = '', query = ''] = request.path.split('?');
  const cookie = request.cookies === undefined ? {} : { Cookie: request.cookies.join('; ') };
  const headers = { ...FORWARDED, ...contentType(request), ...cookie, ...request.headers };
  const parameters = new URLSearchParams(query);
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: request.method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: query === '' ? null : lastValues(query),
    multiValueQueryStringParameters:
      query === '' ? null : Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)])),
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      requestId: randomUUID(),
      stage: 'live',
      resourcePath: '/{proxy+}',
      path: `/live${path}`,
      httpMethod: request.method,
      protocol: 'HTTP/1.1',
      identity: { sourceIp: SOURCE, userAgent: 'test' },
    },
    body: null,
    ...bodyOf(request),
  };
}

function contentType({ body }: ClientRequest): Record<string, string> {
  return body === undefined ? {} : { 'Content-Type': 'application/json' };
}

function bodyOf({ body, binary = false }: ClientRequest): object {
  if (body === undefined) return { isBase64Encoded: false };
  const text = JSON.stringify(body);
  return { body: binary ? Buffer.from(text).toString('base64') : text, isBase64Encoded: binary };
}

/** One value per name: the last one, or all of them with `join` between. */
function lastValues(query: string, join?: string): Record<string, string | undefined> {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries(
    [...parameters.keys()].map((name) => {
      const values = parameters.getAll(name);
      return [name, join === undefined ? values.at(-1) : values.join(join)];
    }),
  );
}
