import { createDatabase, type Database } from '../../runtime/database';
import type { Metrics } from '../../runtime/telemetry/metrics';
import { type CacheConfiguration, cacheProblems, cacheRows } from './cache-configuration';
import { type DataConfiguration, dataProblems, dataRows, readers } from './data-configuration';
import { credentials } from './database-credentials';
import { type Rows, readEnvironment } from './environment';

/** Database and cache, for a program that is not the service. */
export interface DataTierConfiguration extends DataConfiguration, CacheConfiguration {}

const rows: Rows<DataTierConfiguration> = { ...dataRows, ...cacheRows };

/** @throws InvalidEnvironmentError naming every variable that is wrong */
export function readDataTierConfiguration(environment: NodeJS.ProcessEnv): DataTierConfiguration {
  return readEnvironment(environment, rows, (settings) => [...dataProblems(settings), ...cacheProblems(settings)]);
}

/** @param failoverTimeoutMillis how long a write waits for a new primary */
export function connectDatabase(
  configuration: DataConfiguration,
  metrics: Metrics,
  failoverTimeoutMillis: number,
): Database {
  const { databaseHost: host, databasePort: port, databasePoolMax } = configuration;
  const replicas = readers(configuration);
  return createDatabase({
    credentials: credentials(configuration),
    primary: { name: 'primary', host, port },
    ...(replicas === undefined ? {} : { replicas }),
    pool: { max: databasePoolMax },
    failoverTimeoutMillis,
    metrics,
  });
}
