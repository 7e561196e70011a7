import type { ClientConfig } from 'pg';
import type { DataConfiguration } from './data-configuration';
import { credentials } from './database-credentials';

/** One connection straight to the writer, for what a pooler cannot carry: locks of a session, DETACH … CONCURRENTLY. */
export function ownerConnection(configuration: DataConfiguration): ClientConfig {
  const { password, tls, ...login } = credentials(configuration);
  const server = { name: 'primary', host: configuration.databaseHost, port: configuration.databasePort };
  const { host, port } = server;
  const secret = typeof password === 'function' ? () => password(server) : password;
  return { ...login, host, port, ssl: tls, ...(secret === undefined ? {} : { password: secret }) };
}
