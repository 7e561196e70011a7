import type { Duration } from 'aws-cdk-lib';

/** When a recovery point is made. */
export type BackupFrequency = 'hour' | 'day' | 'week' | 'month';

/** How long a recovery point is kept, and where. */
export interface Lifecycle {
  /** Age at which it is deleted. */
  readonly keepFor: Duration;

  /**
   * Age at which it moves to cold storage, at least 90 days before it is deleted, or `'never'`. Neither Aurora nor S3
   * can: https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html#features-by-resource
   */
  readonly coldAfter: Duration | 'never';
}

/** One row of a backup plan. */
export interface BackupRule extends Lifecycle {
  /** Name, unique in the plan, such as `daily`. */
  readonly name: string;

  /** A `snapshot` is one moment; `continuous` can be restored to any second of the last days, here only. */
  readonly kind: 'continuous' | 'snapshot';

  readonly every: BackupFrequency;

  /** What the recovery region gets of it, or `'none'`. */
  readonly copy: Lifecycle | 'none';
}

/** Days between two recovery points; a month at its longest. */
export const INTERVAL_DAYS: Readonly<Record<BackupFrequency, number>> = { hour: 1 / 24, day: 1, week: 7, month: 31 };

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html */
const COLD_DAYS = 90;
/** https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html */
const LONGEST_CONTINUOUS_DAYS = 35;

/** What is wrong with a plan of these rows, each in one sentence; paths begin with `rules`. */
export function backupRuleProblems(rules: readonly BackupRule[]): string[] {
  const copied = rules.filter(({ copy }) => copy !== 'none');
  return [
    ...rules.flatMap((rule, index) => rowProblems(rule, `rules[${index}]`)),
    ...rules.flatMap(({ name }, index) =>
      rules.findIndex((other) => other.name === name) === index
        ? []
        : [`\`rules[${index}].name\` must be unique in the plan, got '${name}' twice`],
    ),
    ...(rules.filter(({ kind }) => kind === 'continuous').length > 1
      ? ['`rules` must have one continuous row at most: AWS keeps one continuous recovery point per resource']
      : []),
    ...(copied.length === 0
      ? ['`rules` must have a row with a `copy`: a region that is lost takes its backups along']
      : []),
  ];
}

function rowProblems(rule: BackupRule, path: string): string[] {
  const { kind, every, keepFor, copy } = rule;
  const days = keepFor.toDays();
  return [
    ...coldProblems(rule, path),
    ...(copy === 'none' ? [] : coldProblems(copy, `${path}.copy`)),
    ...(kind === 'continuous' && days > LONGEST_CONTINUOUS_DAYS
      ? [`\`${path}.keepFor\` must be at most ${LONGEST_CONTINUOUS_DAYS} days for a continuous row, got ${days}`]
      : []),
    ...(kind === 'continuous' && copy !== 'none'
      ? [`\`${path}.copy\` must be 'none' for a continuous row: a copy is a snapshot; copy a snapshot row instead`]
      : []),
    ...(days < INTERVAL_DAYS[every]
      ? [`\`${path}.keepFor\` must not be shorter than the ${every} between two recovery points, got ${days} days`]
      : []),
  ];
}

function coldProblems({ keepFor, coldAfter }: Lifecycle, path: string): string[] {
  if (coldAfter === 'never') return [];
  const least = coldAfter.toDays() + COLD_DAYS;
  return keepFor.toDays() >= least
    ? []
    : [
        `\`${path}.keepFor\` must be at least ${COLD_DAYS} days longer than \`${path}.coldAfter\`, which AWS bills anyway, ` +
          `got ${keepFor.toDays()} and ${coldAfter.toDays()} days; keep it ${least} days, or set coldAfter to 'never'`,
      ];
}

/** Days between two copies that reach the other region. */
export function copyIntervalDays(rules: readonly BackupRule[]): number {
  return Math.min(...rules.filter(({ copy }) => copy !== 'none').map(({ every }) => INTERVAL_DAYS[every]));
}

/** Days that the copy that is kept longest is kept. */
export function longestCopyDays(rules: readonly BackupRule[]): number {
  return Math.max(0, ...rules.map(({ copy }) => (copy === 'none' ? 0 : copy.keepFor.toDays())));
}
