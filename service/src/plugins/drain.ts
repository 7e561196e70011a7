import type { FastifyInstance } from 'fastify';

/** Whether the process is on its way out. Shared by the process, which sets it, and the routes, which tell it. */
export interface DrainState {
  draining: boolean;
}

/**
 * While draining, every answer asks the client to open its next connection elsewhere. Decided when the answer is sent,
 * not when the request came: the connection of a request that was in flight would stay open after its answer.
 */
export function closeConnectionsWhileDraining(instance: FastifyInstance, state: DrainState): void {
  instance.addHook('onSend', (_request, reply, payload, done) => {
    if (state.draining) reply.header('connection', 'close');
    done(null, payload);
  });
}
