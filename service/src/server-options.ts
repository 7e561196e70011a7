import { type FastifyBaseLogger, type FastifyServerOptions, LogController } from 'fastify';
import type { Configuration } from './configuration';
import { answerBrokenRequest } from './plugins/broken-requests';
import { sendProblem } from './plugins/errors';

const TRACE_HEADER = 'x-amzn-trace-id';
const TRACE_ID = /^[\w=;:.-]{1,256}$/;

/** Options of the Fastify instance, the same for the container and the Lambda. */
export function serverOptions(configuration: Configuration, logger: FastifyBaseLogger): FastifyServerOptions {
  let lastId = 0;
  return {
    loggerInstance: logger,
    // One sampled line per request instead of two for each (plugins/request-log.ts): the default costs 60 % of the throughput.
    logController: new LogController({ disableRequestLogging: true }),
    // A child logger per request costs as much as the routing; lines carry the request id themselves.
    childLoggerFactory: (parent) => parent,
    // The load balancer's trace id ties our line to its access log.
    genReqId: ({ headers }) => {
      const trace = headers[TRACE_HEADER];
      if (typeof trace === 'string' && TRACE_ID.test(trace)) return trace;
      lastId += 1;
      return `${process.pid}-${lastId}`;
    },
    trustProxy: (_address, hop) => hop < configuration.trustedProxies,
    bodyLimit: configuration.bodyLimitBytes,
    keepAliveTimeout: configuration.keepAliveSeconds * 1000,
    requestTimeout: configuration.requestTimeoutSeconds * 1000,
    handlerTimeout: configuration.handlerTimeoutSeconds * 1000,
    // While the port closes, what comes in on open connections is still answered: the load balancer does not repeat it.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // What is refused before there is a route, such as a path that cannot be decoded.
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, error.statusCode ?? 400, error.message),
    clientErrorHandler: answerBrokenRequest,
    ajv: { customOptions: { allErrors: true, coerceTypes: 'array', removeAdditional: false } },
  };
}
