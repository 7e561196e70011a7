import compress from '@fastify/compress';
import etag from '@fastify/etag';
import type { FastifyPluginAsync } from 'fastify';
import type { Health, Liveness } from '../../runtime/health';
import type { Configuration } from './configuration';
import type { Dependencies } from './dependencies';
import { describeApi } from './plugins/api-document';
import { limitCallers } from './plugins/callers';
import { closeConnectionsWhileDraining, type DrainState } from './plugins/drain';
import { handleErrors } from './plugins/errors';
import { logRequests } from './plugins/request-log';
import { shedLoad } from './plugins/shed-load';
import { traceRequests } from './plugins/trace-requests';
import { admitVisitors, limitVisitors } from './plugins/visitors';
import { eventRoutes } from './routes/events';
import { healthRoutes } from './routes/health';
import { itemRoutes } from './routes/items';
import { listingRoute } from './routes/listing';
import { liveRoute } from './routes/live';
import { orderRoutes } from './routes/orders';
import { preferenceRoutes } from './routes/preferences';
import { recommendationRoute } from './routes/recommendations';
import { searchRoute } from './routes/search';
import { newSessionRoute, sessionRoutes } from './routes/session';
import { webhookRoutes } from './routes/webhooks';

/** What the application is made of; it builds none of it itself, so that a test can hand in its own. */
export interface AppOptions {
  readonly configuration: Configuration;
  /** Set by the process when it is about to leave. */
  readonly drainState: DrainState;
  readonly health: Health;
  readonly liveness: Liveness;
  readonly dependencies: Dependencies;
}

/** The whole application, as a plugin: the container, the Lambda and the tests register the same one. */
export const app: FastifyPluginAsync<AppOptions> = async (instance, options) => {
  handleErrors(instance);
  closeConnectionsWhileDraining(instance, options.drainState);
  if (options.configuration.traceEndpoint !== '') traceRequests(instance, options.configuration);
  logRequests(instance, options.configuration);
  healthRoutes(instance, options);
  await instance.register(api, options);
};

/** Everything but health checks, which must answer also when the rest is overloaded. */
const api: FastifyPluginAsync<AppOptions> = async (instance, options) => {
  shedLoad(instance, options.dependencies);
  await describeApi(instance);
  await instance.register(publicRoutes, options);
  await instance.register(clientRoutes, options);
  await instance.register(personalRoutes, options);
};

/** The same for everybody, so every tier of cache may keep it. Stored answers carry their own ETag and compression. */
const publicRoutes: FastifyPluginAsync<AppOptions> = async (instance, { dependencies }) => {
  limitCallers(instance, dependencies);
  itemRoutes(instance, dependencies);
  searchRoute(instance, dependencies);
  listingRoute(instance, dependencies);
};

/** Of one client of the API each. */
const clientRoutes: FastifyPluginAsync<AppOptions> = async (instance, { dependencies }) => {
  const { subscriptions } = dependencies;
  if (subscriptions === undefined) return;
  limitCallers(instance, dependencies);
  webhookRoutes(instance, subscriptions);
};

/** Of one visitor each, so made anew every time and kept by nobody but the visitor's browser, which asks each time. */
const personalRoutes: FastifyPluginAsync<AppOptions> = async (instance, { dependencies }) => {
  newSessionRoute(instance, dependencies);
  liveRoute(instance, dependencies);
  await instance.register(visitorRoutes, { dependencies });
};

const visitorRoutes: FastifyPluginAsync<Pick<AppOptions, 'dependencies'>> = async (instance, { dependencies }) => {
  await instance.register(etag, { weak: true });
  await instance.register(compress, { threshold: 1024, encodings: ['gzip'] });
  instance.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'private, no-cache');
  });
  admitVisitors(instance, dependencies);
  limitVisitors(instance, dependencies);
  sessionRoutes(instance, dependencies);
  preferenceRoutes(instance, dependencies);
  recommendationRoute(instance, dependencies);
  eventRoutes(instance);
  orderRoutes(instance);
};
