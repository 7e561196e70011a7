import { type Context, context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { traceOf, traceOfParent } from '../../../runtime/telemetry';
import type { Configuration } from '../configuration';
import { isSampled } from '../trace-sampling';

declare module 'fastify' {
  interface FastifyRequest {
    span: Span | undefined;
  }
}

type Settings = Pick<Configuration, 'traceSamplePercent' | 'slowRequestMilliseconds'>;

/**
 * A span for a sample of the requests, with everything below it; and afterwards, alone, for every request that failed or
 * was slow: registered before the log of requests, whose lines then carry its id. Outside of the sample a request costs a random number.
 */
export function traceRequests(instance: FastifyInstance, settings: Settings): void {
  instance.decorateRequest('span', undefined);
  instance.addHook('onRequest', (request, _reply, done) => {
    if (!isSampled(request, settings.traceSamplePercent)) {
      done();
      return;
    }
    const parent = callersTrace(request);
    request.span = begin(request, parent);
    context.with(trace.setSpan(parent, request.span), done);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const { elapsedTime, statusCode } = reply;
    const isKept = statusCode >= 500 || elapsedTime >= settings.slowRequestMilliseconds;
    if (isKept) request.span ??= begin(request, callersTrace(request), Date.now() - elapsedTime);
    if (request.span !== undefined) end(request.span, request, reply);
    done();
  });
  instance.addHook('onRequestAbort', (request, done) => {
    request.span?.setStatus({ code: SpanStatusCode.ERROR, message: 'the client went away' }).end();
    done();
  });
}

/**
 * Where the caller's trace goes on. Its id is taken over, its wish to be recorded is not: anybody can send one. So the
 * sampler must not see it, and what is decided here is recorded always.
 */
function callersTrace({ headers }: FastifyRequest): Context {
  const parent = traceOfParent(text(headers['traceparent']));
  const from = parent === ROOT_CONTEXT ? traceOf(text(headers['x-amzn-trace-id'])) : parent;
  const span = trace.getSpanContext(from);
  return span === undefined ? from : trace.setSpanContext(from, { ...span, traceFlags: 1 });
}

/** What ties a line of the log to its trace; nothing when there is none. */
export function traceIdOf({ span }: FastifyRequest): { readonly traceId?: string } {
  return span === undefined ? {} : { traceId: span.spanContext().traceId };
}

const text = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** Attributes by the conventions for HTTP servers: https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
function begin(request: FastifyRequest, parent: Context, startTime?: number): Span {
  const route = request.routeOptions.url ?? 'no route';
  const attributes = {
    'http.request.method': request.method,
    'http.route': route,
    // The path without its query string, which is the client's own text.
    'url.path': request.url.split('?', 1)[0],
  };
  const options = { kind: SpanKind.SERVER, attributes, ...(startTime === undefined ? {} : { startTime }) };
  return trace.getTracer('service').startSpan(`${request.method} ${route}`, options, parent);
}

function end(span: Span, request: FastifyRequest, { statusCode }: FastifyReply): void {
  span.setAttribute('http.response.status_code', statusCode);
  if (request.failure !== undefined) span.setAttribute('error.type', request.failure);
  if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
