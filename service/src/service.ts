import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Health, Liveness } from '../../runtime/health';
import type { Metrics } from '../../runtime/telemetry';
import { app } from './app';
import type { Configuration } from './configuration';
import { createDependencies } from './create-dependencies';
import type { DrainState } from './plugins/drain';
import { serverOptions } from './server-options';
import { fillMemory } from './warming/fill-memory';
import { within } from './within';

/** The application, connected to its data tier; what a process or a Lambda puts a transport around. */
export interface Service {
  readonly instance: FastifyInstance;
  readonly drainState: DrainState;
  /** Fills this process's memory with what is asked for most, within a bound; resolves with how many keys it found. */
  fillMemory(): Promise<number>;
  /**
   * Settles when this process hears of what others invalidate, or could not within a bound. Until then the invalidator
   * does not wait for it, and what it answers is not to be kept (docs/decisions/0088).
   */
  listening(): Promise<void>;
}

/** A tenth of what memory holds; the rest comes with the requests. */
const FILL = { keys: 1_000, boundMs: 1_500 };
/** A cold start without a cache is longer by it. */
const LISTENING_WITHIN_MS = 500;

/** Connects and assembles. `instance.close()` ends the connections too, after the last request. */
export async function createService(configuration: Configuration, logger: Logger, metrics: Metrics): Promise<Service> {
  const dependencies = await createDependencies(configuration, metrics, logger);
  const { connection, database } = dependencies;
  const health = new Health({
    database: () => database.ping(),
    cache: async () => {
      await connection.client().ping();
    },
  });
  const liveness = new Liveness();
  const drainState: DrainState = { draining: false };
  const instance = fastify(serverOptions(configuration, logger));
  instance.addHook('onClose', async () => {
    liveness.close();
    await dependencies.close();
  });
  await instance.register(app, { configuration, drainState, health, liveness, dependencies });
  const fill = { cache: dependencies.cache, connection, ...FILL };
  return {
    instance,
    drainState,
    fillMemory: () => fillMemory(fill),
    listening: () => within(LISTENING_WITHIN_MS, dependencies.cache.ready()).catch(() => undefined),
  };
}
