import { Duration } from 'aws-cdk-lib';
import { InvalidConfigError, type PlatformConfig, validateConfig } from '../../lib/config';
import { production } from '../../lib/config/production';

function problemsOf(changes: Partial<PlatformConfig>): readonly string[] {
  try {
    validateConfig({ ...production, ...changes });
    return [];
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.problems;
    throw error;
  }
}

const { backup, recovery, database } = production;
const [continuous, ...snapshots] = backup.rules;

test.each<[string, Partial<PlatformConfig>, string]>([
  [
    'a recovery region that is the primary one',
    { recovery: { ...recovery, region: 'us-east-1', availabilityZones: ['us-east-1a', 'us-east-1b'] } },
    "`recovery.region` must differ from `primary.region`, got 'us-east-1' twice; a region cannot recover itself",
  ],
  [
    'zones of another region',
    { recovery: { ...recovery, availabilityZones: ['us-west-2a', 'us-east-1b'] } },
    "`recovery.availabilityZones` must be in us-west-2, got 'us-east-1b'",
  ],
  [
    'the address range of the primary',
    { recovery: { ...recovery, cidr: production.network.cidr } },
    '`recovery.cidr` must differ from `network.cidr`, got 10.20.0.0/16 twice',
  ],
  [
    'a region and no plan',
    { backup: { kind: 'none', reason: 'no time' } },
    "`backup.kind` must be 'plan' where `recovery` is a region, got 'none'",
  ],
  ['a plan and no region', { recovery: 'none' }, "`backup.kind` must be 'none' where `recovery` is 'none', got 'plan'"],
  [
    'a retention that deployments would take back',
    { database: { ...database, backupRetention: Duration.days(14) } },
    '`database.backupRetention` must be what the continuous row of `backup.rules` keeps, got 14 and 35 days',
  ],
  [
    'more promised than copies can keep',
    { backup: { ...backup, replication: { ...backup.replication, database: 'none' } } },
    "`backup.replication.database` must not be 'none' while `objectives.recovery.point` is",
  ],
  [
    'drills rarer than copies live',
    { backup: { ...backup, drillEvery: Duration.days(366) } },
    '`backup.drillEvery` must not be longer than the longest copy of `backup.rules` is kept, got 366 and 365 days',
  ],
  [
    'restore tests oftener than copies',
    { backup: { ...backup, rules: [continuous, ...snapshots.filter(({ every }) => every === 'month')] } },
    "`backup.restoreTest.every` must not be shorter than the time between two copies, got 'week' and 31 days",
  ],
  [
    'a restore test without validation',
    { backup: { ...backup, restoreTest: { ...backup.restoreTest, validateWithin: Duration.hours(0) } } },
    '`backup.restoreTest.validateWithin (hours)` must be between 1 and 168, got 0',
  ],
])('fails with %s', (_what, changes, problem) => {
  expect(problemsOf(changes).join('\n')).toContain(problem);
});
