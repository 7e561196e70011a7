import type { FastifyInstance } from 'fastify';
import type { Configuration } from '../configuration';
import { traceIdOf } from './trace-requests';

/** One line for a sample of the requests, and for every one that failed or was slow. */
export function logRequests(
  instance: FastifyInstance,
  { logSamplePercent, slowRequestMilliseconds }: Pick<Configuration, 'logSamplePercent' | 'slowRequestMilliseconds'>,
): void {
  // Every n-th request instead of a coin: no random number per request, and the share is exact.
  let credit = 0;
  instance.addHook('onResponse', (request, reply, done) => {
    credit += logSamplePercent;
    const sampled = credit >= 100;
    if (sampled) credit -= 100;
    const failed = reply.statusCode >= 500;
    if (sampled || failed || reply.elapsedTime >= slowRequestMilliseconds) {
      const line = {
        requestId: request.id,
        method: request.method,
        // The path without its query string, which is the client's own text.
        path: request.url.split('?', 1)[0],
        route: request.routeOptions.url,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 10) / 10,
        sampled,
        ...traceIdOf(request),
        ...(request.failure === undefined ? {} : { failure: request.failure }),
      };
      request.log[failed ? 'error' : 'info'](line, 'request');
    }
    done();
  });
}
