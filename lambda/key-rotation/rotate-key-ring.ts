import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { keysOf, rotated } from './key-ring';

/** One of the four steps that Secrets Manager asks for, one after the other, each perhaps more than once. */
export interface RotationEvent {
  readonly SecretId: string;
  /** Id of the version that is being made. */
  readonly ClientRequestToken: string;
  readonly Step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
}

/** The rotation cannot go on. Its message never quotes a key. */
class RotationError extends Error {
  public override readonly name = 'RotationError';
}

/**
 * Does one step of rotating a ring of keys.
 *
 * @throws RotationError when the new version is not a ring of keys
 */
export async function rotateKeyRing(
  { SecretId, ClientRequestToken: VersionId, Step }: RotationEvent,
  secrets: Pick<SecretsManagerClient, 'send'>,
  now: Date,
): Promise<void> {
  const pending = { SecretId, VersionId, VersionStage: 'AWSPENDING' };
  if (Step === 'createSecret') {
    if ((await secretValue(secrets, pending)) !== undefined) return;
    const current = (await secretValue(secrets, { SecretId, VersionStage: 'AWSCURRENT' })) ?? '';
    await secrets.send(
      new PutSecretValueCommand({
        SecretId,
        ClientRequestToken: VersionId,
        SecretString: rotated(current, now),
        VersionStages: ['AWSPENDING'],
      }),
    );
  } else if (Step === 'testSecret') {
    const keys = keysOf((await secretValue(secrets, pending)) ?? '');
    if (keys.length < 2) throw new RotationError(`version ${VersionId} of ${SecretId} is not a ring of keys`);
  } else if (Step === 'finishSecret') {
    await finish(secrets, SecretId, VersionId);
  }
  // setSecret: there is no other place that must learn the keys.
}

async function secretValue(
  secrets: Pick<SecretsManagerClient, 'send'>,
  version: { SecretId: string; VersionId?: string; VersionStage: string },
): Promise<string | undefined> {
  try {
    return (await secrets.send(new GetSecretValueCommand(version))).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function finish(
  secrets: Pick<SecretsManagerClient, 'send'>,
  SecretId: string,
  MoveToVersionId: string,
): Promise<void> {
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId }));
  const current = Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id]?.includes('AWSCURRENT'));
  if (current === MoveToVersionId) return;
  await secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId,
      RemoveFromVersionId: current,
    }),
  );
}
