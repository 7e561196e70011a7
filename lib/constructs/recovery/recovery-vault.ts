import { Annotations, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { encryptionKey } from '../../shared/encryption-key';
import { assertNoProblems } from '../../shared/validation';
import type { BackupRule } from '../backup/backup-rule';
import { lockConfiguration, lockWarning, type VaultLock, vaultLockProblems } from '../backup/vault-lock';

/** How long the logically air-gapped vault, which is always locked for ever, keeps a copy. */
export interface AirGap {
  readonly keepAtLeast: Duration;
  readonly keepAtMost: Duration;
}

export interface RecoveryVaultProps {
  /** What the key of the copies is found by. */
  readonly keyAlias: string;

  /** Who may delete copies before their time, or `'none'` for whoever may delete backups. */
  readonly lock: VaultLock | 'none';

  /** A second vault that AWS keeps in accounts of its own, out of reach of whoever takes over this one, or `'none'`. */
  readonly airGap: AirGap | 'none';

  /** The rows whose copies come here; what the lock does not let in is refused at synth. */
  readonly rules: readonly BackupRule[];
}

/**
 * Where copies are kept that outlive the primary region: a vault with a key of its own, locked by choice.
 *
 * @stateful kept when its stack goes
 */
export class RecoveryVault extends Construct {
  /** The underlying vault. */
  public readonly vault: backup.BackupVault;

  /** The vault out of reach, if there is one. */
  public readonly airGappedVault: backup.IBackupVault | undefined;

  /** Key of the copies. A copy needs a key of its own region: that of the primary is lost with it. */
  public readonly encryptionKey: kms.Key;

  public constructor(scope: Construct, id: string, { keyAlias, lock, airGap, rules }: RecoveryVaultProps) {
    super(scope, id);
    assertNoProblems(this, vaultLockProblems(lock, rules));

    this.encryptionKey = encryptionKey(this, 'Copies in the recovery region');
    this.encryptionKey.addAlias(keyAlias);
    this.vault = new backup.BackupVault(this, 'Vault', {
      encryptionKey: this.encryptionKey,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(lock === 'none' ? {} : { lockConfiguration: lockConfiguration(lock) }),
    });
    const warning = lock === 'none' ? undefined : lockWarning(lock);
    if (warning !== undefined) Annotations.of(this).addWarningV2('@headroom/recovery:compliance-lock', warning);
    this.airGappedVault = airGap === 'none' ? undefined : this.addAirGappedVault(airGap);
  }

  private addAirGappedVault({ keepAtLeast, keepAtMost }: AirGap): backup.IBackupVault {
    const vault = new backup.CfnLogicallyAirGappedBackupVault(this, 'AirGapped', {
      backupVaultName: `${this.node.addr.slice(0, 8)}-air-gapped`,
      minRetentionDays: keepAtLeast.toDays(),
      maxRetentionDays: keepAtMost.toDays(),
    });
    vault.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Annotations.of(this).addWarningV2(
      '@headroom/recovery:air-gapped',
      `an air-gapped vault is locked from its first moment: what it holds stays ${keepAtLeast.toDays()} days at least`,
    );
    return backup.BackupVault.fromBackupVaultArn(this, 'AirGappedVault', vault.attrBackupVaultArn);
  }
}
