import type { FastifyInstance } from 'fastify';
import type { Health, Liveness } from '../../../runtime/health';
import type { DrainState } from '../plugins/drain';

export interface HealthDeps {
  readonly health: Health;
  readonly liveness: Liveness;
  readonly drainState: DrainState;
}

/**
 * `/health/live`, which the load balancer asks: is this process in order? It asks nothing of the database or the cache,
 * because replacing every task while the database is away would turn a partial outage into a full one.
 * `/health`, for canaries, alarms and deployments: can the service do its work? Answers within a second.
 */
export function healthRoutes(instance: FastifyInstance, { health, liveness, drainState }: HealthDeps): void {
  instance.get('/health/live', (_request, reply) => {
    const { httpStatus, ...report } = liveness.check();
    return reply.code(httpStatus).header('cache-control', 'no-store').send(report);
  });

  instance.get('/health', async (_request, reply) => {
    const { httpStatus, ...report } = await health.check();
    const status = drainState.draining ? 'draining' : report.status;
    reply.code(drainState.draining ? 503 : httpStatus).header('cache-control', 'no-store');
    return { ...report, status };
  });
}
