import { Signer } from '@aws-sdk/rds-signer';
import type { Credentials, ServerAddress } from '../../runtime/database';
import type { DataConfiguration } from './data-configuration';

/** How to log in: with IAM a fresh token for every new connection, which is valid for 15 minutes. */
export function credentials(configuration: DataConfiguration): Credentials & { tls: boolean } {
  const { databaseUser: user, databaseName: database, databaseTls, databasePassword, ...rest } = configuration;
  const login = { user, database, tls: databaseTls === 'on' };
  if (rest.databaseAuthentication === 'iam') {
    // Host and user are signed: the reader endpoint refuses a token that was made for the writer.
    const password = (server: Pick<ServerAddress, 'host' | 'port' | 'user'>): Promise<string> => {
      const { host: hostname, port = 5432, user: username = user } = server;
      return new Signer({ hostname, port, username, region: rest.awsRegion }).getAuthToken();
    };
    return { ...login, password };
  }
  return databasePassword === '' ? login : { ...login, password: databasePassword };
}
