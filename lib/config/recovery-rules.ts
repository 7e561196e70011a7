import { backupRuleProblems, copyIntervalDays, longestCopyDays } from '../constructs/backup/backup-rule';
import { vaultLockProblems } from '../constructs/backup/vault-lock';
import { restoreTestProblems, SELECTION_DAYS } from '../constructs/recovery/restore-testing';
import { type CrossFieldRule, when } from './cross-field-rule';
import type { PlatformConfig } from './platform-config';

/** A construct knows its props, not the section that they come from. */
const inBackup = (problem: string): string =>
  problem.replaceAll(/`(rules|lock|validateWithin)/g, (_, prop: string) =>
    prop === 'validateWithin' ? '`backup.restoreTest.validateWithin' : `\`backup.${prop}`,
  );

/** What must hold between backups, copies, replicas and what was promised. */
export const RECOVERY_RULES: readonly CrossFieldRule[] = [
  {
    reads: ['primary.region', 'recovery'],
    problems: ({ primary, recovery }) =>
      recovery === 'none'
        ? []
        : [
            ...when(
              recovery.region === primary.region,
              `\`recovery.region\` must differ from \`primary.region\`, got '${primary.region}' twice; a region cannot recover itself`,
            ),
            ...recovery.availabilityZones
              .filter((zone) => zone.slice(0, -1) !== recovery.region)
              .map((zone) => `\`recovery.availabilityZones\` must be in ${recovery.region}, got '${zone}'`),
          ],
  },
  {
    reads: ['recovery', 'network.cidr'],
    problems: ({ recovery, network }) =>
      when(
        recovery !== 'none' && recovery.cidr === network.cidr,
        `\`recovery.cidr\` must differ from \`network.cidr\`, got ${network.cidr} twice; the two could never be connected`,
      ),
  },
  {
    reads: ['recovery', 'backup'],
    problems: ({ recovery, backup }) =>
      when(
        (recovery === 'none') !== (backup.kind === 'none'),
        `\`backup.kind\` must be '${recovery === 'none' ? 'none' : 'plan'}' where \`recovery\` is ` +
          `${recovery === 'none' ? "'none'" : 'a region'}, got '${backup.kind}'; copies need a region, and a region copies`,
      ),
  },
  { reads: ['backup'], problems: ({ backup }) => planProblems(backup) },
  {
    reads: ['backup', 'database.backupRetention'],
    problems: ({ backup, database }) => {
      const continuous = backup.kind === 'plan' ? backup.rules.find(({ kind }) => kind === 'continuous') : undefined;
      const days = database.backupRetention.toDays();
      return when(
        continuous !== undefined && continuous.keepFor.toDays() !== days,
        '`database.backupRetention` must be what the continuous row of `backup.rules` keeps, got ' +
          `${days} and ${continuous?.keepFor.toDays()} days; AWS Backup takes the setting over, and deployments would take it back`,
      );
    },
  },
  {
    reads: ['backup', 'objectives.recovery'],
    problems: ({ backup, objectives }) => {
      if (backup.kind === 'none' || backup.replication.database !== 'none') return [];
      const [lost, promised] = [
        copyIntervalDays(backup.rules) * 24,
        objectives.recovery.point.toHours({ integral: false }),
      ];
      return when(
        lost > promised,
        `\`backup.replication.database\` must not be 'none' while \`objectives.recovery.point\` is ${promised} h and copies ` +
          `are made every ${lost} h: a lost region would take more than was promised; replicate, copy oftener, or promise less`,
      );
    },
  },
];

function planProblems(backup: PlatformConfig['backup']): string[] {
  if (backup.kind === 'none') return [];
  const { rules, lock, restoreTest, drillEvery } = backup;
  const kept = longestCopyDays(rules);
  return [
    ...[...backupRuleProblems(rules), ...vaultLockProblems(lock, rules), ...restoreTestProblems(restoreTest)].map(
      inBackup,
    ),
    ...when(
      kept < drillEvery.toDays(),
      `\`backup.drillEvery\` must not be longer than the longest copy of \`backup.rules\` is kept, got ${drillEvery.toDays()} ` +
        `and ${kept} days; a drill would find nothing that the last one has not seen`,
    ),
    ...when(
      copyIntervalDays(rules) > SELECTION_DAYS[restoreTest.every],
      `\`backup.restoreTest.every\` must not be shorter than the time between two copies, got '${restoreTest.every}' and ` +
        `${copyIntervalDays(rules)} days; there would be nothing new to test`,
    ),
  ];
}
