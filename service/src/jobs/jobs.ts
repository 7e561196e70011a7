import type { Database } from '../../../runtime/database';
import { effectOnce, type JobDefinitions, type JobHandlers } from '../../../runtime/jobs';
import { integer } from '../../../runtime/messages';
import { rebuildListing } from '../catalogue/listing';
import { refreshPopularity } from '../catalogue/popularity';

/** Every kind of job of the application: what must happen, but not while somebody waits for the answer. */
export const JOBS = {
  /** Counts anew what visitors did with each item in the last days. */
  'refresh-popularity': { data: { days: integer(1, 366) } },
  /** Makes the read model of the catalogue anew from the items. */
  'rebuild-listing': { data: {} },
} as const satisfies JobDefinitions;

export function jobHandlers(database: Database): JobHandlers<typeof JOBS> {
  return {
    'refresh-popularity': async ({ id, data: { days } }) => {
      await effectOnce(database, id, (transaction) => refreshPopularity(transaction, days));
    },
    'rebuild-listing': async ({ id }) => {
      await effectOnce(database, id, rebuildListing);
    },
  };
}
