import type { Case } from './planted';
import { and, balancer, cluster, nothing, of, plan, queue, retained, secret, side, table } from './resources';

/** Cases of the rules about data. What replaces is from "Update requires" in the CloudFormation resource reference. */
export const DATA_CASES: readonly Case[] = [
  // StorageEncrypted: Replacement. BackupRetentionPeriod: No interruption.
  [
    'data-replaced',
    [cluster({ StorageEncrypted: true }), cluster()],
    [cluster({ BackupRetentionPeriod: 1 }), cluster({ BackupRetentionPeriod: 9 })],
  ],
  [
    'data-renamed',
    [table(), table({}, {}, 'OrdersTable')],
    // Another table, not the same one under another name.
    [table(), side({ Other: of('AWS::DynamoDB::Table', { BillingMode: 'PROVISIONED' }) })],
  ],
  ['data-deleted', [and(nothing, table().Resources), nothing], [and(nothing, table({}, retained).Resources), nothing]],
  // NumNodeGroups: Some interruptions, or Replacement unless the update policy reshards online.
  [
    'data-may-be-replaced',
    [
      side({ Cache: of('AWS::ElastiCache::ReplicationGroup', { NumNodeGroups: 2 }) }),
      side({ Cache: of('AWS::ElastiCache::ReplicationGroup', { NumNodeGroups: 3 }) }),
    ],
    [
      side({ Cache: of('AWS::ElastiCache::ReplicationGroup', { NumNodeGroups: 2 }) }),
      side({
        Cache: of(
          'AWS::ElastiCache::ReplicationGroup',
          { NumNodeGroups: 3 },
          { UpdatePolicy: { UseOnlineResharding: true } },
        ),
      }),
    ],
  ],
  [
    'data-left-behind',
    [and(nothing, table({}, retained).Resources), nothing],
    [and(nothing, table().Resources), nothing],
  ],
  [
    'deletion-protection-off',
    [cluster({ DeletionProtection: true }), cluster({ DeletionProtection: false })],
    [cluster({ DeletionProtection: false }), cluster({ DeletionProtection: true })],
  ],
  [
    'deletion-policy-lowered',
    [cluster({}, retained), cluster({}, { ...retained, DeletionPolicy: 'Delete' })],
    [cluster({}, { ...retained, DeletionPolicy: 'Delete' }), cluster({}, retained)],
  ],
  ['backup-left', [secret(['eu-west-1']), secret([])], [secret([]), secret(['eu-west-1'])]],
  [
    'backups-lowered',
    [cluster({ BackupRetentionPeriod: 35 }), cluster()],
    [cluster(), cluster({ BackupRetentionPeriod: 35 })],
  ],
  ['backups-lowered', [side(plan(true)), side(plan(false))], [side(plan(false)), side(plan(true))]],
  // FifoQueue: Replacement. VisibilityTimeout: No interruption.
  [
    'records-lost',
    [queue({ FifoQueue: true }), queue()],
    [queue({ VisibilityTimeout: 30 }), queue({ VisibilityTimeout: 60 })],
  ],
  // Type: Replacement. IpAddressType: No interruption.
  [
    'replaced',
    [
      side({ Door: of('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal', Type: 'network' }) }),
      balancer('internal'),
    ],
    [
      balancer('internal'),
      side({
        Door: of('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal', IpAddressType: 'dualstack' }),
      }),
    ],
  ],
];
