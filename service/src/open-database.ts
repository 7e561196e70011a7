import { createDatabase, type Database } from '../../runtime/database';
import type { DataConfiguration } from './data-configuration';
import { credentials } from './database-credentials';

/** The database of a process that works in the background: everything it does goes to the primary. */
export function openDatabase(configuration: DataConfiguration): Database {
  const { databaseHost: host, databasePort: port, databasePoolMax: max } = configuration;
  return createDatabase({
    credentials: credentials(configuration),
    primary: { name: 'primary', host, port },
    pool: { max, acquireTimeoutMillis: 10_000 },
  });
}
