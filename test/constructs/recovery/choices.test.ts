import { Duration } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { production } from '../../../lib/config/production';
import { BackupPlan } from '../../../lib/constructs/backup/backup-plan';
import { ImageReplication } from '../../../lib/constructs/backup/image-replication';
import { COMPLIANCE_CONFIRMATION, type VaultLock } from '../../../lib/constructs/backup/vault-lock';
import { RecoveryNetwork } from '../../../lib/constructs/recovery/recovery-network';
import { RecoveryVault } from '../../../lib/constructs/recovery/recovery-vault';
import { SecondaryDatabase } from '../../../lib/constructs/recovery/secondary-database';
import { synthesizedTemplate } from '../synthesized-template';

const { rules } = production.backup;
const AIR_GAP = { keepAtLeast: Duration.days(7), keepAtMost: Duration.days(400) };

test('an air-gapped vault gets every copy that the vault of copies gets', () => {
  const template = synthesizedTemplate((stack) => {
    const vault = new RecoveryVault(stack, 'Copies', {
      keyAlias: 'alias/copies',
      lock: 'none',
      airGap: AIR_GAP,
      rules,
    });
    const { airGappedVault } = vault;
    if (airGappedVault === undefined) throw new Error('there is no air-gapped vault');
    new BackupPlan(stack, 'Plan', { environment: 'production', rules, copyVault: vault.vault, airGappedVault });
  });
  template.hasResource('AWS::Backup::LogicallyAirGappedBackupVault', {
    Properties: { MinRetentionDays: 7, MaxRetentionDays: 400 },
    DeletionPolicy: 'Retain',
  });
  const plans = template.findResources('AWS::Backup::BackupPlan');
  const copies = Object.values(plans).flatMap(({ Properties }) =>
    (Properties.BackupPlan.BackupPlanRule as { CopyActions?: unknown[] }[]).map(
      ({ CopyActions = [] }) => CopyActions.length,
    ),
  );
  expect(copies).toEqual(rules.map(({ copy }) => (copy === 'none' ? 0 : 2)));
});

test('a compliance lock can be taken away for its days of grace only; governance for ever', () => {
  const bounds = { keepAtLeast: Duration.days(7), keepAtMost: Duration.days(400) };
  const lockOf = (lock: VaultLock): unknown => {
    const template = synthesizedTemplate((stack) => {
      new RecoveryVault(stack, 'Copies', { keyAlias: 'alias/copies', lock, airGap: 'none', rules });
    });
    return Object.values(template.findResources('AWS::Backup::BackupVault'))[0]?.['Properties'].LockConfiguration;
  };
  const retention = { MinRetentionDays: 7, MaxRetentionDays: 400 };
  const grace = Duration.days(3);
  expect(lockOf({ kind: 'compliance', ...bounds, grace, confirmation: COMPLIANCE_CONFIRMATION })).toEqual({
    ...retention,
    ChangeableForDays: 3,
  });
  expect(lockOf({ kind: 'governance', ...bounds })).toEqual(retention);
  expect(() => lockOf({ kind: 'compliance', ...bounds, grace, confirmation: 'yes' })).toThrow('`lock.confirmation`');
});

test('images go to the recovery region under the name that they have here', () => {
  const template = synthesizedTemplate((stack) => {
    new ImageReplication(stack, 'Images', { region: 'us-west-2' });
  });
  template.hasResourceProperties('AWS::ECR::ReplicationConfiguration', {
    ReplicationConfiguration: {
      Rules: [
        {
          Destinations: [{ Region: 'us-west-2', RegistryId: { Ref: 'AWS::AccountId' } }],
          RepositoryFilters: [{ FilterType: 'PREFIX_MATCH', Filter: 'cdk-hnb659fds-container-assets' }],
        },
      ],
    },
  });
});

function secondary(kind: 'headless' | 'write-forwarding'): Template {
  return synthesizedTemplate((stack) => {
    const network = new RecoveryNetwork(stack, 'Network', {
      cidr: '10.21.0.0/16',
      availabilityZones: ['us-east-1a', 'us-east-1b'],
    });
    new SecondaryDatabase(stack, 'Database', {
      globalIdentifier: 'platform',
      network,
      capacity: { kind: 'provisioned', instanceClass: 'r8g.large' },
      thresholds: { slowQuery: Duration.millis(50) },
      planManagement: false,
      kind,
      deletionProtection: true,
    });
  });
}

test('write forwarding has a reader that passes writes on; headless has no instance', () => {
  const forwarding = secondary('write-forwarding');
  forwarding.hasResourceProperties('AWS::RDS::DBCluster', {
    EnableGlobalWriteForwarding: true,
    GlobalClusterIdentifier: 'platform',
    MasterUsername: Match.absent(),
  });
  forwarding.hasResourceProperties('AWS::RDS::DBInstance', {
    DBInstanceClass: 'db.r8g.large',
    PubliclyAccessible: false,
  });
  const headless = secondary('headless');
  headless.hasResourceProperties('AWS::RDS::DBCluster', { EnableGlobalWriteForwarding: false });
  headless.resourceCountIs('AWS::RDS::DBInstance', 0);
});
