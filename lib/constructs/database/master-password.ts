import { RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { recoverOtherwise } from '../../shared/recoverability';

/**
 * Who keeps the master password of a cluster. RDS, which rotates it, cannot for a member of a global database: then it
 * is a secret of its own, which somebody must rotate (docs/decisions/0077).
 */
export type MasterPasswordKeeper = 'rds' | 'own-secret';

export interface MasterSecretProps {
  readonly cluster: rds.DatabaseCluster;
  readonly keeper: MasterPasswordKeeper;
  readonly encryptionKey: kms.IKey;
}

/** What the cluster is made with. */
export function masterCredentials(
  keeper: MasterPasswordKeeper,
  encryptionKey: kms.IKey,
): Pick<rds.DatabaseClusterProps, 'credentials' | 'manageMasterUserPassword'> {
  return keeper === 'rds'
    ? { manageMasterUserPassword: true, credentials: rds.Credentials.fromUsername('postgres', { encryptionKey }) }
    : { credentials: rds.Credentials.fromGeneratedSecret('postgres', { encryptionKey }) };
}

/** The secret of a cluster that was made with {@link masterCredentials}, as `MasterSecret` under `scope`. */
export function masterSecret(
  scope: Construct,
  { cluster, keeper, encryptionKey }: MasterSecretProps,
): secretsmanager.ISecret {
  const secretCompleteArn = keeper === 'rds' ? managedSecretArn(cluster) : ownSecretArn(cluster);
  return secretsmanager.Secret.fromSecretAttributes(scope, 'MasterSecret', { secretCompleteArn, encryptionKey });
}

function managedSecretArn(cluster: rds.DatabaseCluster): string {
  return (cluster.node.defaultChild as rds.CfnDBCluster).attrMasterUserSecretSecretArn;
}

function ownSecretArn(cluster: rds.DatabaseCluster): string {
  const secret = cluster.node.findChild('Secret') as rds.DatabaseSecret;
  secret.applyRemovalPolicy(RemovalPolicy.RETAIN);
  recoverOtherwise(secret, { means: 'rebuild', reason: 'whoever runs the database sets another master password' });
  return cluster.secret?.secretFullArn ?? '';
}
