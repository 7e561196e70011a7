import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type FieldProblem, HttpProblem, problem } from '../problem';
import { problemOf } from './runtime-errors';
import { traceIdOf } from './trace-requests';

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

declare module 'fastify' {
  interface FastifyRequest {
    /** Kind of what was thrown, for the log. */
    failure: string | undefined;
  }
}

/** Turns everything that is thrown into one clear body, and logs what is our fault, once. */
export function handleErrors(instance: FastifyInstance): void {
  instance.decorateRequest('failure', undefined);
  instance.setErrorHandler((thrown: FastifyError, request, reply) => {
    const known = problemOf(thrown);
    const error = known ?? thrown;
    const status = error instanceof HttpProblem ? error.statusCode : (error.statusCode ?? 500);
    if (error instanceof HttpProblem) reply.headers(error.headers);
    // What the runtime refuses on purpose is one line per request (plugins/request-log.ts): an overload must not be
    // made worse by thousands of stacks that say the same.
    if (status >= 500 && known === undefined) {
      const where = { requestId: request.id, ...traceIdOf(request), route: request.routeOptions.url };
      request.log.error({ err: thrown, ...where }, 'request failed');
    }
    request.failure = thrown.name;
    return sendProblem(request, reply, status, detail(error, status), fieldProblems(error));
  });
  instance.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, 404, `there is no ${request.method} ${request.url.split('?', 1)[0]}`),
  );
}

/** Answers with a problem, whatever the route's schema says of its successes. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  text: string,
  problems?: readonly FieldProblem[],
): FastifyReply {
  // The serialised string bypasses the route's response schema, which describes its successes only.
  const body = JSON.stringify(problem(status, text, request.id, problems));
  return reply.code(status).type(PROBLEM_TYPE).header('cache-control', 'no-store').serializer(String).send(body);
}

/** What the client is told. The text of an error that we did not write may quote data or statements. */
function detail(error: FastifyError | HttpProblem, status: number): string {
  if (error instanceof HttpProblem) return error.message;
  if (error.validation !== undefined) return 'the request does not match the API; see problems';
  if (status < 500) return error.message;
  return status === 503
    ? 'the service is too busy to answer; try again'
    : 'something went wrong on our side; try again';
}

function fieldProblems(error: FastifyError | HttpProblem): readonly FieldProblem[] | undefined {
  if (error instanceof HttpProblem) return error.problems;
  const part = error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? 'request');
  return error.validation?.map(({ instancePath, message, params }) => {
    const extra = params['additionalProperty'] ?? params['missingProperty'];
    const path = [...instancePath.split('/').filter(Boolean), ...(typeof extra === 'string' ? [extra] : [])];
    return { field: [part, ...path].join('.'), message: message ?? 'is not valid' };
  });
}
