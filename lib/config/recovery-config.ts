import type { Duration } from 'aws-cdk-lib';
import type { BackupRule } from '../constructs/backup/backup-rule';
import type { VaultLock } from '../constructs/backup/vault-lock';
import type { FailoverSettings } from '../constructs/recovery/failover-program';
import type { AirGap } from '../constructs/recovery/recovery-vault';
import type { RestoreTestSettings } from '../constructs/recovery/restore-testing';

/** The region that copies go to. */
export interface RecoveryRegion {
  /** Region name, different from the primary one. */
  readonly region: string;

  /** Two or three zones of it. */
  readonly availabilityZones: readonly string[];

  /** Private address range of its VPC, other than the primary's, so that the two can be connected. */
  readonly cidr: string;
}

/** What the recovery region has all the time, besides copies of backups. */
export interface ReplicationConfig {
  /**
   * `none`: the newest copy of a backup. `headless`: storage that follows within seconds and no instance, the cheapest.
   * `write-forwarding`: a reader too, which passes writes on.
   */
  readonly database: 'none' | 'headless' | 'write-forwarding';

  /** Container images: `rebuilt` by whoever deploys there, or `replicated`, a setting of the whole account and region. */
  readonly images: 'rebuilt' | 'replicated';
}

/** What another region follows. */
export interface DataReplication {
  /** Identifier of the global database, or `'none'`. */
  readonly globalDatabase: string;
  readonly region: string;
}

/** Backups, copies and replicas. */
export interface BackupConfig {
  readonly kind: 'plan';

  /** The rows of the plan. */
  readonly rules: readonly BackupRule[];

  /** Who may delete copies before their time. */
  readonly lock: VaultLock | 'none';

  /** A second copy that AWS keeps out of this account's reach. */
  readonly airGap: AirGap | 'none';

  readonly restoreTest: RestoreTestSettings;

  /** Longest time between two drills of the whole plan; a copy must outlive it. */
  readonly drillEvery: Duration;

  readonly replication: ReplicationConfig;

  /** How the platform moves to the recovery region, where an application stands by; names of what is deployed there. */
  readonly failover: FailoverSettings | 'none';
}

/** Why an environment needs none of it. */
export interface NoBackupConfig {
  readonly kind: 'none';

  /** For whoever asks where its data went. */
  readonly reason: string;
}
