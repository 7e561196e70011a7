import pg from 'pg';
import { migrate, migrations } from '../../../service/migrations';
import { maintainPartitions } from '../../../service/src/events/partitions';
import { fillCatalogue } from '../../load/sample-catalogue';
import { type DataTier, type DataTierOptions, startDataTier } from '../../local';

export interface LocalDataOptions extends DataTierOptions {
  /** Items of the sample catalogue. */
  readonly items: number;
  /** Events of the last days. */
  readonly events: number;
}

/** A data tier with the service's schema and the sample catalogue in it, on every replica. */
export async function startServiceData({ items, events, ...options }: LocalDataOptions): Promise<DataTier> {
  const tier = await startDataTier(options);
  const { host, port } = tier.primary;
  const client = new pg.Client({ host, port, user: 'postgres', database: tier.credentials.database });
  await client.connect();
  try {
    await migrate(client, migrations);
    await maintainPartitions(client, new Date(), { monthsAhead: 2, retentionMonths: 1 });
    await fillCatalogue(client, { items, events });
    await tier.caughtUp();
    return tier;
  } catch (error) {
    await tier.stop();
    throw error;
  } finally {
    await client.end();
  }
}

/** The environment of a service that uses `tier`. */
export function environmentOf(tier: DataTier): Record<string, string> {
  return {
    DATABASE_HOST: tier.primary.host,
    DATABASE_PORT: String(tier.primary.port),
    DATABASE_NAME: tier.credentials.database,
    DATABASE_TLS: 'off',
    DATABASE_READERS: tier.replicas.map(({ name, host, port }) => `${name}=${host}:${port}`).join(','),
    CACHE_URL: tier.cache.url,
    CACHE_CONNECT_MILLISECONDS: '10000',
    COOKIE_SECURE: 'off',
    TRUSTED_PROXIES: '1',
  };
}
