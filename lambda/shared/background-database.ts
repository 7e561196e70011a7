import type { Database } from '../../runtime/database';
import { type DataConfiguration, dataProblems, dataRows } from '../../service/src/data-configuration';
import { readEnvironment } from '../../service/src/environment';
import { openDatabase } from '../../service/src/open-database';

/**
 * The database of a function, from its environment. Connects with the first statement.
 *
 * @throws InvalidEnvironmentError naming every variable that is wrong
 */
export const backgroundDatabase = (): Database =>
  openDatabase(readEnvironment<DataConfiguration>(process.env, dataRows, dataProblems));
