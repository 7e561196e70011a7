import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { BackedUpType, BackupEvents } from '../../backup/backup-events';
import { type BackupFrequency, type BackupRule, INTERVAL_DAYS } from '../../backup/backup-rule';
import type { PlatformFunction } from '../../function/platform-function';
import type { RestoreTestSettings } from '../../recovery/restore-testing';
import type { AlarmRow, Concern, MissingData } from '../alarm-row';

/** Backups, copies and restore tests, and how often they should be. */
export interface WatchedBackups {
  readonly events: BackupEvents;
  readonly rules: readonly BackupRule[];
  readonly restoreTest: RestoreTestSettings;
  /** Run once a day and write down what the backups of the day should hold: configuration and manifests. */
  readonly preparations: readonly PlatformFunction[];
  /** Longest that a restore may take. */
  readonly recoveryTime: Duration;
}

const TYPES: readonly BackedUpType[] = ['Aurora', 'S3'];
const HOUR = Duration.hours(1);
const NOTHING_ENDED: MissingData = { counts: 'notBreaching', because: 'hours in which no job ends report nothing' };
const NOTHING_HAPPENED: MissingData = { counts: 'breaching', because: 'that nothing was reported is the trouble' };
const NO_TEST: MissingData = { counts: 'notBreaching', because: 'days without a restore test report nothing' };

/** A test restores the copy of the same day, hours after it was ordered. */
const DAYS_UNTIL_TESTED = 1;

type What = 'backup' | 'copy';

/** What became of backups, copies and restore tests: one that never began is as bad as one that failed. */
export function backupAlarms({ events, rules, restoreTest, preparations, recoveryTime }: WatchedBackups): Concern {
  const copied = rules.filter(({ copy }) => copy !== 'none');
  // What a continuous row reports while it goes on is not documented, so snapshots are waited for.
  const snapshots = rules.filter(({ kind }) => kind === 'snapshot');
  return {
    name: 'backups',
    rows: [
      failed('backup', (type) => events.metricBackupsFailed(type, { period: HOUR })),
      failed('copy', (type) => events.metricCopiesFailed(type, { period: HOUR })),
      ...missing('backup', often(snapshots), (type, period) => events.metricBackupsCompleted(type, { period })),
      ...missing('copy', often(copied), (type, period) => events.metricCopiesCompleted(type, { period })),
      unprepared(preparations),
      ...restoreTestRows(events, restoreTest),
      {
        id: 'restore-test-slow',
        says: `A restore test took longer than the objective of ${recoveryTime.toHumanString()}`,
        metric: events.metricRestoreSeconds(),
        when: { above: recoveryTime.toSeconds() },
        datapoints: [1, 1],
        severity: 'ticket',
        missing: NO_TEST,
      },
      {
        id: 'restore-test-data-loss',
        says: 'The newest copy was older when it was restored than copies ever should be',
        metric: events.metricDataLossSeconds(),
        when: { above: Duration.days(INTERVAL_DAYS[often(copied)] + DAYS_UNTIL_TESTED).toSeconds() },
        datapoints: [1, 1],
        severity: 'ticket',
        missing: NO_TEST,
        runbook: 'restore-test-slow',
      },
    ],
  };
}

/** How often the most frequent of `rules` makes a recovery point. */
function often(rules: readonly BackupRule[]): BackupFrequency {
  const least = Math.min(...rules.map(({ every }) => INTERVAL_DAYS[every]));
  return rules.find(({ every }) => INTERVAL_DAYS[every] === least)?.every ?? 'month';
}

/** The calendar period in which one is due; an alarm looks back a week at most, so a month has none. */
const CALENDAR: Readonly<Record<BackupFrequency, Duration | undefined>> = {
  hour: Duration.days(1),
  day: Duration.days(1),
  week: Duration.days(7),
  month: undefined,
};

function failed(what: What, metricOf: (type: BackedUpType) => cloudwatch.IMetric): AlarmRow {
  return {
    id: `${what}-failed`,
    says: `A ${what} of the database or of a bucket failed, or was made only in part`,
    metric: ofTypes('failed', metricOf, HOUR, (values) => values.join(' + ')),
    when: { atLeast: 1 },
    datapoints: [1, 1],
    severity: 'ticket',
    missing: NOTHING_ENDED,
    runbook: 'backup-failed',
  };
}

function missing(
  what: What,
  every: BackupFrequency,
  metricOf: (type: BackedUpType, period: Duration) => cloudwatch.IMetric,
): AlarmRow[] {
  const period = CALENDAR[every];
  if (period === undefined) return [];
  return [
    {
      id: `${what}-missing`,
      says: `${period.toHumanString()} went by without a ${what} of the database, or without one of a bucket`,
      metric: ofTypes(`least ${what}s`, (type) => metricOf(type, period), period, least),
      when: { below: 1 },
      datapoints: [1, 1],
      severity: 'ticket',
      missing: NOTHING_HAPPENED,
      window: 'calendar',
      runbook: 'backup-missing',
    },
  ];
}

function unprepared(preparations: readonly PlatformFunction[]): AlarmRow {
  const period = Duration.days(1);
  const metrics = preparations.map(
    (preparation, index) =>
      [`n${index}`, preparation.metricInvocations({ period }), preparation.metricErrors({ period })] as const,
  );
  return {
    id: 'backup-unprepared',
    says: 'A day went by without an export of the configuration, or without a manifest of the database',
    metric: new cloudwatch.MathExpression({
      expression: least(metrics.map(([id]) => `FILL(${id}, 0) - FILL(${id}errors, 0)`)),
      usingMetrics: Object.fromEntries(
        metrics.flatMap(([id, runs, errors]) => [
          [id, runs],
          [`${id}errors`, errors],
        ]),
      ),
      label: 'runs that succeeded',
      period,
    }),
    when: { below: 1 },
    datapoints: [1, 1],
    severity: 'ticket',
    missing: NOTHING_HAPPENED,
    window: 'calendar',
    runbook: 'backup-missing',
  };
}

function restoreTestRows(events: BackupEvents, { every }: RestoreTestSettings): AlarmRow[] {
  const period = CALENDAR[every];
  return [
    {
      id: 'restore-test-failed',
      says: 'A restored copy is not what its manifest says, or nobody could look into it',
      metric: events.metricRestoreTestsFailed({ period: HOUR }),
      when: { atLeast: 1 },
      datapoints: [1, 1],
      severity: 'ticket',
      missing: NO_TEST,
    },
    ...(period === undefined
      ? []
      : [
          {
            id: 'restore-test-missing',
            says: `${period.toHumanString()} went by without a restore test that came to a result`,
            metric: new cloudwatch.MathExpression({
              expression: 'FILL(passed, 0) + FILL(failed, 0)',
              usingMetrics: {
                passed: events.metricRestoreTestsPassed({ period }),
                failed: events.metricRestoreTestsFailed({ period }),
              },
              label: 'restore tests',
              period,
            }),
            when: { below: 1 },
            datapoints: [1, 1] as const,
            severity: 'ticket' as const,
            missing: NOTHING_HAPPENED,
            window: 'calendar' as const,
            runbook: 'restore-test-failed',
          },
        ]),
  ];
}

const least = (values: readonly string[]): string => `MIN([${values.join(', ')}])`;

function ofTypes(
  label: string,
  metricOf: (type: BackedUpType) => cloudwatch.IMetric,
  period: Duration,
  join: (values: readonly string[]) => string,
): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: join(TYPES.map((type) => `FILL(${type.toLowerCase()}, 0)`)),
    usingMetrics: Object.fromEntries(TYPES.map((type) => [type.toLowerCase(), metricOf(type)])),
    label,
    period,
  });
}
