import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { requireEnv } from '../shared/env';
import { isFromCdn, remembered } from './is-from-cdn';

const SecretId = requireEnv('ORIGIN_SECRET_ARN');
const header = requireEnv('ORIGIN_HEADER');
const secrets = new SecretsManagerClient();
const secret = remembered(async () => {
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  return SecretString;
}, 300_000);

interface AuthorizerEvent {
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers an HTTP API (payload format 2.0, simple responses) whether a request came through the CDN. */
export async function handler(event: AuthorizerEvent): Promise<{ readonly isAuthorized: boolean }> {
  return { isAuthorized: await isFromCdn(event.headers?.[header], secret) };
}
