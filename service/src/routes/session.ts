import type { FastifyInstance } from 'fastify';
import type { Dependencies } from '../dependencies';
import { applyLimit } from '../plugins/callers';
import { newVisitor, visitorOf } from '../plugins/visitors';
import * as schema from '../schemas';

const SESSION = schema.object({ visitorId: { type: 'string' } }, ['visitorId']);

/**
 * Begins a session, with or without an old one. The service never takes a visitor's word for who it is: each session is
 * a new visitor; an identity provider in front of it would put its own id there.
 */
export function newSessionRoute(instance: FastifyInstance, deps: Dependencies): void {
  instance.post(
    '/api/session',
    {
      schema: { summary: 'Begins a session for a new visitor', response: schema.answers('the visitor', SESSION) },
      onRequest: (request, reply, done) => applyLimit(deps, request, reply, 'signIn', `address:${request.ip}`, done),
    },
    async (_request, reply) => {
      const session = await newVisitor(deps);
      reply.code(201).header('set-cookie', deps.sessions.cookieFor(session)).header('cache-control', 'no-store');
      return { visitorId: session.data.visitorId };
    },
  );
}

/** What a visitor can do with the session there is. */
export function sessionRoutes(instance: FastifyInstance, { sessions }: Dependencies): void {
  instance.get(
    '/api/session',
    { schema: { summary: 'Who the visitor is', response: schema.answers('the visitor', SESSION) } },
    (request) => ({ visitorId: visitorOf(request).id }),
  );

  instance.delete(
    '/api/session',
    { schema: { summary: 'Ends the session', response: schema.answers('the session has ended') } },
    async (request, reply) => {
      await visitorOf(request).session.end();
      return reply.code(204).header('set-cookie', sessions.cookieForNone()).send();
    },
  );
}
