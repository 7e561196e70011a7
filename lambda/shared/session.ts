import pg from 'pg';
import { readMaintenanceConfiguration } from '../../service/src/maintenance-configuration';
import { ownerConnection } from '../../service/src/owner-connection';

/** Runs `use` on one connection of its own, with the service's `DATABASE_…` variables. */
export async function withSession<T>(
  environment: NodeJS.ProcessEnv,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    ...ownerConnection(readMaintenanceConfiguration(environment)),
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
