import { parseEvent } from '../../runtime/events';
import { projectItem } from '../../service/src/catalogue/listing';
import { backgroundDatabase } from '../shared/background-database';

const database = backgroundDatabase();

/** Keeps the read model of the catalogue up to date with one event of the bus. */
export async function handler({ detail }: { readonly detail: unknown }): Promise<void> {
  const event = parseEvent(detail);
  if (event.type === 'ItemChanged') await projectItem(database, event);
}
