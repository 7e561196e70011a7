import type { Database } from './database';
import { InvalidDatabaseOptionsError } from './errors';
import { type DatabaseOptions, withDefaults } from './options';
import { Router } from './router';
import { Runner } from './runner';
import { Session } from './session';
import { StatementAnalyzer } from './statement-analyzer';
import { Topology } from './topology';
import { validateOptions } from './validate-options';

/**
 * Opens a database. Connects lazily: it returns at once, also while no server is up.
 *
 * @throws InvalidDatabaseOptionsError with every problem of the options
 */
export function createDatabase(given: DatabaseOptions): Database {
  const problems = validateOptions(given);
  if (problems.length > 0) throw new InvalidDatabaseOptionsError(problems);
  const options = withDefaults(given);
  const topology = new Topology(options);
  const analyzer = new StatementAnalyzer();
  const router = new Router(topology, options, analyzer);
  const runner = new Runner(router, options, analyzer);
  return {
    read: (sql, params, more) => runner.read(sql, params, more),
    write: (sql, params, more) => runner.write(sql, params, more),
    query: (sql, params, more) => runner.query(sql, params, more),
    transaction: (work, more) => runner.transaction(work, more),
    session: (token) => new Session(runner, token),
    ping: async (timeoutMillis = 1_000) => {
      await router.read('SELECT 1', undefined, { from: 'primary', timeoutMillis, waitMillis: timeoutMillis });
    },
    ready: () => topology.ready(),
    setReplicas: (replicas) => topology.setReplicas(replicas),
    statistics: () => ({
      servers: topology.all.map((server) => server.statistics()),
      readsFallenBack: router.readsFallenBack,
      readsRetried: router.readsRetried,
      failovers: topology.failovers,
    }),
    close: () => topology.close(),
  };
}
