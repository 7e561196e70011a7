import { randomBytes } from 'node:crypto';
import { createDatabase, type Database } from '../../../runtime/database';
import { appendEvents, newEvent } from '../../../runtime/events';
import { DeliveryQueue, SecretBox, Subscriptions } from '../../../runtime/webhooks';
import type { DataTier } from '../../local';
import { startServiceData } from '../../service/rig/local-service';
import { loopbackDestinations } from './receiver';

/** A real database with the service's schema, and what sends webhooks from it. */
export interface WebhookRig {
  readonly tier: DataTier;
  readonly database: Database;
  readonly secrets: SecretBox;
  /** Base64 of the key that seals the secrets, for other processes. */
  readonly key: string;
  readonly queue: DeliveryQueue;
  readonly subscriptions: Subscriptions;
  /** Makes a subscription to `ItemChanged` and gives its id and secret. */
  subscribe(url: string): Promise<{ readonly id: string; readonly secret: string }>;
  /** Commits `ItemChanged` events; `itemVersion` counts up from `first`. */
  emit(count: number, first?: number): Promise<void>;
  /** Single value of a query. */
  value<T>(sql: string, params?: unknown[]): Promise<T | undefined>;
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export async function openWebhookRig(): Promise<WebhookRig> {
  const tier = await startServiceData({ replicas: 0, cache: false, items: 10, events: 0 });
  const { host, port } = tier.primary;
  const database = createDatabase({
    credentials: { user: 'app_rw', database: 'app' },
    primary: { name: 'primary', host, port },
  });
  const key = randomBytes(32).toString('base64');
  const secrets = new SecretBox([key]);
  const options = { database, secrets, policy: loopbackDestinations, mostPerClient: 1_000 };
  const subscriptions = new Subscriptions(options);
  return {
    tier,
    database,
    secrets,
    key,
    queue: new DeliveryQueue(database, 10_000),
    subscriptions,
    async subscribe(url) {
      const { subscription, secret } = await subscriptions.create('tests', { url, eventTypes: ['ItemChanged'] });
      return { id: subscription.id, secret };
    },
    async emit(count, first = 1) {
      const events = Array.from({ length: count }, (_, index) => itemChanged(first + index));
      await database.transaction((transaction) => appendEvents(transaction, events));
    },
    async value(sql, params) {
      const [row] = await tier.primary.query<Record<string, never>>(sql, params);
      return row && Object.values(row)[0];
    },
    async clear() {
      await tier.primary.query('TRUNCATE webhook_subscriptions, outbox CASCADE');
    },
    async stop() {
      await database.close();
      await tier.stop();
    },
  };
}

function itemChanged(itemVersion: number) {
  return newEvent({
    type: 'ItemChanged',
    subject: 'item-5',
    data: { id: 5, category: 'lamps', title: 'Lamp', priceCents: 100, itemVersion },
  });
}
