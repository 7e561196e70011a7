import type { Database } from './database';
import { DatabaseUnavailableError } from './errors';
import type { DatabaseOptions } from './options';

/** Opens a database. Connects lazily: it returns at once, also while no server is up. */
export function createDatabase(options: DatabaseOptions): Database {
  throw new DatabaseUnavailableError(`${options.primary.name} has no router yet`);
}
