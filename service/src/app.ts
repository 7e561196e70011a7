import type { FastifyPluginAsync } from 'fastify';
import type { Configuration } from './configuration';
import { closeConnectionsWhileDraining, type DrainState } from './plugins/drain';
import { handleErrors } from './plugins/errors';
import { logRequests } from './plugins/request-log';
import { liveRoute } from './routes/live';

/** What the application is made of; it builds none of it itself, so that a test can hand in its own. */
export interface AppOptions {
  readonly configuration: Configuration;
  /** Set by the process when it is about to leave. */
  readonly drainState: DrainState;
}

/** The whole application, as a plugin: the container, the Lambda and the tests register the same one. */
export const app: FastifyPluginAsync<AppOptions> = async (instance, { configuration, drainState }) => {
  handleErrors(instance);
  closeConnectionsWhileDraining(instance, drainState);
  logRequests(instance, configuration);
  liveRoute(instance);
};
