import { Signer } from '@aws-sdk/rds-signer';
import type { Credentials } from '../../runtime/database';
import type { DataConfiguration } from './data-configuration';

/** How to log in: with IAM a fresh token for every new connection, which is valid for 15 minutes. */
export function credentials(configuration: DataConfiguration): Credentials & { tls: boolean } {
  const { databaseUser: user, databaseName: database, databaseTls, databasePassword, ...rest } = configuration;
  const login = { user, database, tls: databaseTls === 'on' };
  if (rest.databaseAuthentication === 'iam') {
    const signer = new Signer({
      hostname: rest.databaseHost,
      port: rest.databasePort,
      username: user,
      region: rest.awsRegion,
    });
    return { ...login, password: () => signer.getAuthToken() };
  }
  return databasePassword === '' ? login : { ...login, password: databasePassword };
}
