import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import pg from 'pg';
import { readMaintenanceConfiguration } from '../../service/src/maintenance-configuration';
import { ownerConnection } from '../../service/src/owner-connection';
import { schemaUpkeep, type UpkeepReport } from '../../service/src/schema-upkeep';

export interface UpkeepInput {
  /** The service's variables, and `DATABASE_SECRET_ARN`: the secret that RDS keeps the master user in. */
  readonly environment: NodeJS.ProcessEnv;
  readonly secrets: Pick<SecretsManagerClient, 'send'>;
  readonly now: Date;
}

/** The secret is not what RDS makes of a master user. Its value is not quoted. */
class MasterSecretError extends Error {
  public override readonly name = 'MasterSecretError';
}

/**
 * Logs in as the owner of the schema and brings it up to date: users, grants, tables, partitions.
 *
 * @throws MasterSecretError when the secret cannot be read as one of RDS
 */
export async function runUpkeep({ environment, secrets, now }: UpkeepInput): Promise<UpkeepReport> {
  const { username, password } = await masterUser(secrets, environment['DATABASE_SECRET_ARN'] ?? '');
  const login = { DATABASE_USER: username, DATABASE_PASSWORD: password, DATABASE_AUTHENTICATION: 'password' };
  const configuration = readMaintenanceConfiguration({ ...environment, ...login });
  const client = new pg.Client({ ...ownerConnection(configuration), connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { partitionMonthsAhead: monthsAhead, eventRetentionMonths: retentionMonths } = configuration;
    return await schemaUpkeep(client, { monthsAhead, retentionMonths }, now);
  } finally {
    await client.end();
  }
}

async function masterUser(
  secrets: Pick<SecretsManagerClient, 'send'>,
  arn: string,
): Promise<{ username: string; password: string }> {
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: arn }));
  const parsed: unknown = parse(SecretString);
  if (typeof parsed === 'object' && parsed !== null && 'username' in parsed && 'password' in parsed) {
    const { username, password } = parsed;
    if (typeof username === 'string' && typeof password === 'string') return { username, password };
  }
  throw new MasterSecretError(
    `the secret ${arn} must be JSON with \`username\` and \`password\`; is it the one of RDS?`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
