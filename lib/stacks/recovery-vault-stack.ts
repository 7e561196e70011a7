import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { BackupConfig } from '../config/recovery-config';
import { RecoveryVault } from '../constructs/recovery/recovery-vault';
import { ReplicaBucket } from '../constructs/storage/replica-bucket';
import { replicaKeyAlias } from '../constructs/storage/replica-name';

export interface RecoveryVaultStackProps extends StackProps {
  /** Name of the environment. */
  readonly environment: string;
  readonly backup: BackupConfig;
}

/**
 * What outlives the primary region: the vault of the copies and the replicas of buckets. The first to be deployed; it
 * knows nothing of the other stacks, so that it can be made in an empty account.
 *
 * @stateful
 */
export class RecoveryVaultStack extends Stack {
  public readonly copies: RecoveryVault;
  public readonly configuration: ReplicaBucket;

  public constructor(scope: Construct, id: string, props: RecoveryVaultStackProps) {
    super(scope, id, props);
    const { environment, backup } = props;
    this.copies = new RecoveryVault(this, 'Copies', { ...backup, keyAlias: replicaKeyAlias({ environment }) });
    const replicas = { environment, region: this.region, encryptionKey: this.copies.encryptionKey };
    this.configuration = new ReplicaBucket(this, 'Configuration', { ...replicas, content: 'configuration' });
    new ReplicaBucket(this, 'Assets', { ...replicas, content: 'assets' });
  }
}
