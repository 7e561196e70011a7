import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DatabaseSession } from '../../../runtime/database';
import type { Session } from '../../../runtime/session';
import type { Dependencies } from '../dependencies';
import { HttpProblem } from '../problem';
import type { VisitorSession } from '../visitor-session';
import { applyLimit } from './callers';

/** The visitor behind a request. */
export interface Visitor {
  readonly id: string;
  readonly session: Session<VisitorSession>;
  /** Reads what this visitor has written, also in earlier requests to other instances. */
  readonly database: DatabaseSession;
}

declare module 'fastify' {
  interface FastifyRequest {
    visitor: Visitor | undefined;
  }
}

/**
 * Makes every route of `instance` one for visitors: without a session it answers 401. What a visitor wrote is noted in
 * the session before the answer leaves, so that the next request sees it whichever instance gets it.
 */
export function admitVisitors(instance: FastifyInstance, { sessions, database }: Dependencies): void {
  instance.decorateRequest('visitor', undefined);
  instance.addHook('onRequest', async (request) => {
    const resumed = await sessions.resume(request.headers.cookie);
    if (resumed.state === 'unavailable') {
      throw new HttpProblem(503, 'sessions cannot be read now; try again', undefined, { 'retry-after': '1' });
    }
    const id = resumed.state === 'active' ? resumed.session.data.visitorId : undefined;
    if (resumed.state === 'none' || id === undefined) {
      throw new HttpProblem(401, 'there is no session, or it has ended: POST /api/session starts one');
    }
    const { session } = resumed;
    request.visitor = { id, session, database: database.session(session.readToken) };
  });
  instance.addHook('onSend', async ({ visitor }, _reply, payload) => {
    const token = visitor?.database.token;
    if (visitor !== undefined && token !== undefined && token !== visitor.session.readToken) {
      await visitor.session.keepReadToken(token);
    }
    return payload;
  });
}

/** Refuses visitors who ask too often, each by itself. */
export function limitVisitors(instance: FastifyInstance, deps: Dependencies): void {
  instance.addHook('onRequest', (request, reply, done) => {
    applyLimit(deps, request, reply, 'free', `visitor:${visitorOf(request).id}`, done);
  });
}

/** Begins a session for somebody who is not known yet. */
export function newVisitor({ sessions }: Dependencies): Promise<Session<VisitorSession>> {
  return sessions.start({ visitorId: randomUUID() });
}

/** The visitor of a route that admits only visitors. */
export function visitorOf({ visitor }: FastifyRequest): Visitor {
  if (visitor === undefined) throw new Error('the route is not among those that admit visitors');
  return visitor;
}
