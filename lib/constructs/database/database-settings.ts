import type { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import { inRange, integerInRange } from '../../shared/validation';
import { capacityProblems, type DatabaseCapacity } from './database-capacity';
import { type DatabaseThresholds, thresholdMillis } from './database-parameters';

/** Port that PostgreSQL and the pool in front of it listen on. */
export const POSTGRES_PORT = 5432;

/** Name of the database that the service uses. */
export const DATABASE_NAME = 'app';

/** The same in every region of a global database. */
export const ENGINE_VERSION = rds.AuroraPostgresEngineVersion.VER_17_9;

/** Most readers that a cluster can have. */
export const MAX_READERS = 15;

/** What an environment decides about its database. */
export interface DatabaseSettings {
  /** Size of the writer and of every reader. */
  readonly capacity: DatabaseCapacity;

  /** `'io-optimized'` pays off when I/O is more than about a quarter of the bill. */
  readonly storage: 'standard' | 'io-optimized';

  /** How far back point-in-time recovery reaches, 1 to 35 days. */
  readonly backupRetention: Duration;

  /** `'advanced'` keeps 15 months of query history, fleet-wide views and lock trees; `'standard'` 7 days, free. */
  readonly insights: 'standard' | 'advanced';

  /** Whether the database refuses to be deleted. */
  readonly deletionProtection: boolean;

  /** What is left when the database leaves the template: itself, or a final snapshot. */
  readonly removal: 'retain' | 'snapshot';

  /** Whether execution plans can be pinned (`apg_plan_mgmt`), so that an upgrade cannot turn a good plan into a bad one. */
  readonly planManagement: boolean;
}

/** Problems with what an environment decides, with its readers and with its thresholds. */
export function databaseProblems(
  settings: DatabaseSettings,
  readers: number,
  thresholds: DatabaseThresholds,
): string[] {
  const millis = thresholdMillis(thresholds);
  return [
    ...capacityProblems(settings.capacity),
    ...integerInRange('readers', readers, 0, MAX_READERS),
    ...integerInRange('backupRetention (days)', settings.backupRetention.toDays({ integral: false }), 1, 35),
    ...(settings.deletionProtection && settings.removal === 'snapshot'
      ? [
          "`removal` must be 'retain' while `deletionProtection` is on, got 'snapshot': CloudFormation could not delete " +
            'the database; or turn the protection off',
        ]
      : []),
    ...Object.entries(millis).flatMap(([name, value]) => inRange(`thresholds.${name} (ms)`, value, 1, 2_147_483_647)),
    ...(millis.slowQuery < millis.statementTimeout
      ? []
      : [
          '`thresholds.slowQuery` must be shorter than `thresholds.statementTimeout`, got ' +
            `${millis.slowQuery} ms and ${millis.statementTimeout} ms: no slow query would live to be logged`,
        ]),
  ];
}

/** How much query history is kept; the cluster and every instance must say the same. */
export function insightsOptions(insights: DatabaseSettings['insights'], key: kms.IKey) {
  return {
    enablePerformanceInsights: true,
    // Advanced mode needs 15 months.
    performanceInsightRetention:
      insights === 'advanced' ? rds.PerformanceInsightRetention.MONTHS_15 : rds.PerformanceInsightRetention.DEFAULT,
    performanceInsightEncryptionKey: key,
  };
}

/** The capacity range as the cluster takes it; nothing for provisioned instances. */
export function capacityRange(capacity: DatabaseCapacity) {
  if (capacity.kind === 'provisioned') return {};
  return {
    serverlessV2MinCapacity: capacity.minAcu,
    serverlessV2MaxCapacity: capacity.maxAcu,
    serverlessV2AutoPauseDuration: capacity.autoPauseAfter === 'never' ? undefined : capacity.autoPauseAfter,
  };
}
