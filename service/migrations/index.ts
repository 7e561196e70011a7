import { roles } from './0001-roles';
import { catalogue } from './0002-catalogue';
import { events } from './0003-events';
import { visitors } from './0004-visitors';
import { outbox } from './0005-outbox';
import { webhooks } from './0006-webhooks';
import { cdnPurges } from './0007-cdn-purges';
import { monitor } from './0008-monitor';
import { schemaReadable } from './0009-schema-readable';
import { jobKeys } from './0010-job-keys';
import { catalogueListing } from './0011-catalogue-listing';
import { orders } from './0012-orders';
import { cdnWarmRequests } from './0013-cdn-warm-requests';
import { cdnPurgesRipen } from './0014-cdn-purges-ripen';
import { eventsIndexDropped } from './0015-events-index-dropped';
import type { Migration } from './migration';

export { type MigrationClient, migrate } from './migrate';
export type { Migration } from './migration';

/** Every step of the schema, oldest first. */
export const migrations: readonly Migration[] = [
  roles,
  catalogue,
  events,
  visitors,
  outbox,
  webhooks,
  cdnPurges,
  monitor,
  schemaReadable,
  jobKeys,
  catalogueListing,
  orders,
  cdnWarmRequests,
  cdnPurgesRipen,
  eventsIndexDropped,
];
