import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { runUpkeep } from './run-upkeep';

const secrets = new SecretsManagerClient();

/** Runs after every deploy that changes it, and every day. What it throws fails the deploy. */
export const handler = () => runUpkeep({ environment: process.env, secrets, now: new Date() });
