import type { FastifyInstance } from 'fastify';

/**
 * Am I alive? Asks nothing of the database or the cache: a load balancer that replaced every task because the database
 * is away would turn a partial outage into a full one.
 */
export function liveRoute(instance: FastifyInstance): void {
  instance.get('/health/live', { logLevel: 'silent' }, (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );
}
