import type { FastifyInstance } from 'fastify';
import type { Configuration } from './configuration';

/** Time kept back from the stop time-out for the process to flush its log and leave by itself. */
const RESERVE_MILLISECONDS = 1000;

/** How a stop ended: everything was answered, or the time was up and connections were cut. */
export type StopResult = 'drained' | 'cut';

/**
 * Leaves without losing a request, in the order in which a load balancer notices:
 * answers carry `Connection: close` while the port stays open for `drainDelaySeconds` (a Spot task gets SIGTERM at the
 * same moment as the load balancer is told), then the port closes and idle connections with it, then the requests in
 * flight are awaited. What is left a second before `stopTimeoutSeconds` is cut, because SIGKILL would come next.
 */
export async function stopGracefully(
  instance: FastifyInstance,
  { drainDelaySeconds, stopTimeoutSeconds }: Pick<Configuration, 'drainDelaySeconds' | 'stopTimeoutSeconds'>,
): Promise<StopResult> {
  let result: StopResult = 'drained';
  const cut = setTimeout(
    () => {
      result = 'cut';
      instance.server.closeAllConnections();
    },
    stopTimeoutSeconds * 1000 - RESERVE_MILLISECONDS,
  );
  if (drainDelaySeconds > 0) await new Promise((resolve) => setTimeout(resolve, drainDelaySeconds * 1000));
  await instance.close();
  clearTimeout(cut);
  return result;
}
