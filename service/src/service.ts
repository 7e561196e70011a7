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

/** The application, connected to its data tier; what a process or a Lambda puts a transport around. */
export interface Service {
  readonly instance: FastifyInstance;
  readonly drainState: DrainState;
  /** Fills this process's memory with what is asked for most, within a bound; resolves with how many keys it found. */
  fillMemory(): Promise<number>;
}

/** A tenth of what memory holds; the rest comes with the requests. */
const FILL = { keys: 1_000, boundMs: 1_500 };

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
  return { instance, drainState, fillMemory: () => fillMemory(fill) };
}
