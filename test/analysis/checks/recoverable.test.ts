import { CHECKS } from '../../../analysis/checks';
import { assemblyOf } from './template-assembly';

const messages = (id: string, resources: Record<string, object>): string[] =>
  (CHECKS.find((check) => check.id === id)?.find(assemblyOf(resources)) ?? []).map(
    ({ resource }) => resource.logicalId,
  );

const PLAN = {
  Key: { Type: 'AWS::KMS::Key' },
  Vault: { Type: 'AWS::Backup::BackupVault' },
  Plan: {
    Type: 'AWS::Backup::BackupPlan',
    Properties: {
      BackupPlan: {
        BackupPlanRule: [
          {
            Lifecycle: { MoveToColdStorageAfterDays: 30, DeleteAfterDays: 119 },
            CopyActions: [{ DestinationBackupVaultArn: { 'Fn::GetAtt': ['Vault', 'BackupVaultArn'] } }],
          },
        ],
      },
    },
  },
  Selection: {
    Type: 'AWS::Backup::BackupSelection',
    Properties: {
      BackupPlanId: { Ref: 'Plan' },
      BackupSelection: {
        Conditions: { StringEquals: [{ ConditionKey: 'aws:ResourceTag/backup', ConditionValue: 'required' }] },
      },
    },
  },
};
const bucket = (extra: object = {}): object => ({ Type: 'AWS::S3::Bucket', ...extra });
const signed = (recovery: object) => bucket({ Metadata: { 'Headroom::Recovery': recovery } });

test('state in a plan that copies to its own region only is not recoverable', () => {
  const tagged = bucket({ Properties: { Tags: [{ Key: 'backup', Value: 'required' }] } });
  expect(messages('state-recoverable', { ...PLAN, Files: tagged })).toEqual(['Files']);
});

test('a signature needs its means and a reason', () => {
  const found = messages('state-recoverable', {
    Fine: signed({ means: 'rebuild', reason: 'a deployment makes it again' }),
    NoReason: signed({ means: 'rebuild', reason: '' }),
    NoMeans: signed({ reason: 'a deployment makes it again' }),
    Silent: bucket(),
  });
  expect(found).toEqual(['NoReason', 'NoMeans', 'Silent']);
});

test('a secret comes back from its replica, keys and caches by themselves', () => {
  const secret = (regions: object[]) => ({
    Type: 'AWS::SecretsManager::Secret',
    Properties: { ReplicaRegions: regions },
  });
  const found = messages('state-recoverable', {
    There: secret([{ Region: 'us-west-2' }]),
    Here: secret([]),
    Key: { Type: 'AWS::KMS::Key' },
    Cache: { Type: 'AWS::ElastiCache::ReplicationGroup' },
  });
  expect(found).toEqual(['Here']);
});

test('cold storage shorter than 90 days is found in a template too', () => {
  expect(messages('cold-long-enough', PLAN)).toEqual(['Plan']);
});
