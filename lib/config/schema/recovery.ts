import { Duration } from 'aws-cdk-lib';
import type { BackupRule, Lifecycle } from '../../constructs/backup/backup-rule';
import type { VaultLock } from '../../constructs/backup/vault-lock';
import type { FailoverSettings } from '../../constructs/recovery/failover-program';
import type { FailoverOrigin, FailoverTarget } from '../../constructs/recovery/failover-subject';
import type { AirGap } from '../../constructs/recovery/recovery-vault';
import type { RestoreTestSettings } from '../../constructs/recovery/restore-testing';
import { type Check, duration, integer, list, noneOr, oneOf, shape, text, variant, wordOr } from '../checks';
import type { BackupConfig, NoBackupConfig, RecoveryRegion, ReplicationConfig } from '../recovery-config';
import { anyText, days, emails, type Kind, region, seconds, zone } from './values';

export const recovery = noneOr(
  shape<RecoveryRegion>({
    region,
    availabilityZones: list(zone, 2, 3),
    cidr: text(/^\d+\.\d+\.\d+\.\d+\/(1[6-9])$/, 'an address range of /16 to /19 such as 10.21.0.0/16'),
  }),
);

const lifecycle: { readonly [K in keyof Lifecycle]: Check } = {
  keepFor: days(1, 3_653),
  coldAfter: wordOr('never', days(1, 3_653)),
};

const rule = shape<BackupRule>({
  name: text(/^[a-z][a-z0-9-]{0,40}$/, 'a lower-case name such as daily'),
  kind: oneOf('continuous', 'snapshot'),
  every: oneOf('hour', 'day', 'week', 'month'),
  ...lifecycle,
  copy: noneOr(shape<Lifecycle>(lifecycle)),
});

const bounds = { keepAtLeast: days(1, 3_653), keepAtMost: days(1, 3_653) };

const lock = variant({
  governance: shape<Kind<VaultLock, 'governance'>>({ kind: oneOf('governance'), ...bounds }),
  compliance: shape<Kind<VaultLock, 'compliance'>>({
    kind: oneOf('compliance'),
    ...bounds,
    grace: days(0, 3_653),
    confirmation: text(/^/, 'a text'),
  }),
} satisfies Record<VaultLock['kind'], Check>);

const arn = text(/^arn:/, 'an ARN');
const origin = { region, databaseClusterArn: arn };

const failover = shape<FailoverSettings>({
  globalCluster: anyText,
  from: shape<FailoverOrigin>(origin),
  to: shape<FailoverTarget>({
    ...origin,
    databaseCluster: anyText,
    databaseInstanceClass: text(/^db\./, 'an instance class such as db.r8g.large'),
    connectionPool: anyText,
    secrets: list(anyText, 0, 10),
    serviceCluster: anyText,
    service: anyText,
    tasks: integer(1, 1_000),
    idleTasks: integer(0, 1_000),
  }),
  keyValueStoreArn: arn,
  approvers: emails,
  probeUrl: text(/^https:/, 'an address such as https://example.com/api/items?limit=1'),
  maxLag: seconds(1, 3_600),
  drain: seconds(1, 900),
  poll: seconds(1, 60),
  approvalTime: duration(Duration.minutes(1), Duration.days(1)),
});

export const backup = variant({
  none: shape<NoBackupConfig>({ kind: oneOf('none'), reason: anyText }),
  plan: shape<BackupConfig>({
    kind: oneOf('plan'),
    rules: list(rule, 1, 10),
    lock: noneOr(lock),
    airGap: noneOr(shape<AirGap>(bounds)),
    restoreTest: shape<RestoreTestSettings>({
      every: oneOf('week', 'month'),
      validateWithin: duration(Duration.hours(0), Duration.days(7)),
    }),
    drillEvery: days(1, 366),
    replication: shape<ReplicationConfig>({
      database: oneOf('none', 'headless', 'write-forwarding'),
      images: oneOf('rebuilt', 'replicated'),
    }),
    failover: noneOr(failover),
  }),
} satisfies Record<(BackupConfig | NoBackupConfig)['kind'], Check>);
