import type { FastifyInstance } from 'fastify';
import type { Dependencies } from '../dependencies';

declare module 'fastify' {
  interface FastifyRequest {
    leave: (() => void) | undefined;
  }
}

/** Works on a bounded number of requests, lets a bounded number wait, and refuses the rest at once. */
export function shedLoad(instance: FastifyInstance, { shedder }: Pick<Dependencies, 'shedder'>): void {
  instance.decorateRequest('leave', undefined);
  instance.addHook('onRequest', async (request) => {
    request.leave = await shedder.enter();
  });
  instance.addHook('onResponse', (request, _reply, done) => {
    request.leave?.();
    done();
  });
  // The client went away: no response will tell.
  instance.addHook('onRequestAbort', (request, done) => {
    request.leave?.();
    done();
  });
}
