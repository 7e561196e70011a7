import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { BackupConfig } from '../config/recovery-config';
import { BackupEvents } from '../constructs/backup/backup-events';
import { BackupPlan } from '../constructs/backup/backup-plan';
import { ConfigurationBackup } from '../constructs/backup/configuration-backup';
import { ImageReplication } from '../constructs/backup/image-replication';
import { ManifestWriter } from '../constructs/backup/manifest-writer';
import type { AuroraDatabase } from '../constructs/database/aurora-database';
import type { PlatformNetwork } from '../constructs/network/platform-network';
import type { RecoveryVault } from '../constructs/recovery/recovery-vault';

export interface BackupStackProps extends StackProps {
  /** Name of the environment. */
  readonly environment: string;
  readonly backup: BackupConfig;
  /** CloudWatch namespace of everything that the environment reports. */
  readonly metricsNamespace: string;
  readonly recoveryRegion: string;
  readonly copies: RecoveryVault;
  readonly network: PlatformNetwork;
  readonly database: AuroraDatabase;
}

/**
 * What keeps the state of the primary region: plan, vault, exported configuration, and what the backups must hold.
 *
 * @stateful
 */
export class BackupStack extends Stack {
  public readonly plan: BackupPlan;
  public readonly events: BackupEvents;
  public readonly configuration: ConfigurationBackup;
  public readonly manifests: ManifestWriter;

  public constructor(scope: Construct, id: string, props: BackupStackProps) {
    super(scope, id, props);
    const { environment, backup, recoveryRegion: region, copies, network, database } = props;
    this.plan = new BackupPlan(this, 'Plan', {
      environment,
      rules: backup.rules,
      copyVault: copies.vault,
      ...(copies.airGappedVault === undefined ? {} : { airGappedVault: copies.airGappedVault }),
    });
    this.events = new BackupEvents(this, 'Events', { metricsNamespace: props.metricsNamespace });
    this.configuration = new ConfigurationBackup(this, 'Configuration', {
      environment,
      replica: { environment, region, content: 'configuration' },
    });
    this.manifests = new ManifestWriter(this, 'Manifests', {
      database,
      network: { vpc: network.vpc, vpcSubnets: network.isolatedSubnets },
      bucket: this.configuration.bucket,
    });
    if (backup.replication.images === 'replicated') new ImageReplication(this, 'Images', { region });
  }
}
