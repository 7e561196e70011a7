import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type RotationEvent, rotateKeyRing } from './rotate-key-ring';

const secrets = new SecretsManagerClient();

export const handler = (event: RotationEvent) => rotateKeyRing(event, secrets, new Date());
