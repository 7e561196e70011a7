import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { BackupConfig, RecoveryRegion } from '../config/recovery-config';
import { FailoverProgram } from '../constructs/recovery/failover-program';
import { RecoveryNetwork } from '../constructs/recovery/recovery-network';
import { RestoreTesting } from '../constructs/recovery/restore-testing';
import { pinReferences } from '../shared/references';
import type { RecoveryVaultStack } from './recovery-vault-stack';

/**
 * Rows come and go: queues whose work is done, keys that were kept long enough, and what is derived from other tables.
 * Every other table is compared (test/platform/disposable-tables.test.ts).
 */
export const DISPOSABLE_TABLES = [
  'public.catalogue_listing',
  'public.cdn_purge_batches',
  'public.cdn_purge_turn',
  'public.cdn_purges',
  'public.job_keys',
  'public.outbox',
  'public.webhook_dead_letters',
  'public.webhook_deliveries',
];

export interface RecoveryStackProps extends StackProps {
  /** Name of the environment. */
  readonly environment: string;
  readonly backup: BackupConfig;
  readonly region: RecoveryRegion;
  readonly primaryRegion: string;
  readonly vault: RecoveryVaultStack;
  readonly metricsNamespace: string;
}

/** What restores and looks: a network for restored databases, and restore tests. Stateless; needs nothing of the primary. */
export class RecoveryStack extends Stack {
  public readonly network: RecoveryNetwork;
  public readonly restoreTesting: RestoreTesting;

  /** Moves the platform here; absent where nothing stands by. */
  public readonly failover: FailoverProgram | undefined;

  public constructor(scope: Construct, id: string, props: RecoveryStackProps) {
    super(scope, id, props);
    pinReferences(this);
    const { environment, backup, region, vault, metricsNamespace } = props;
    this.network = new RecoveryNetwork(this, 'Network', region);
    this.restoreTesting = new RestoreTesting(this, 'RestoreTesting', {
      ...backup.restoreTest,
      environment,
      vault: vault.copies.vault,
      network: this.network,
      manifests: vault.configuration,
      reportTo: props.primaryRegion,
      disposableTables: DISPOSABLE_TABLES,
    });
    if (backup.failover !== 'none') {
      this.failover = new FailoverProgram(this, 'Failover', { ...backup.failover, metricsNamespace });
    }
  }
}
