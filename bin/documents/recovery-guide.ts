import { ENVIRONMENTS, type PlatformConfig } from '../../lib/config';
import type { BackupRule } from '../../lib/constructs/backup/backup-rule';
import { FAILURE_SCENARIOS } from '../../lib/constructs/recovery/failure-scenarios';
import { type Blocks, markdownTable } from './generated-blocks';

/** The tables of `docs/disaster-recovery.md`, from the code that is deployed. */
export function recoveryGuideBlocks(): Blocks {
  return {
    scenarios: markdownTable(
      ['Failure', 'Detected by', 'Procedure', 'Serves again', 'Lost', 'Rehearsed by'],
      FAILURE_SCENARIOS.map((row) => [
        `\`${row.id}\`: ${row.what}`,
        row.alarms.map((alarm) => `\`${alarm}\``).join(', '),
        row.procedure.length === 0
          ? 'none: it heals by itself'
          : row.procedure.map((step, at) => `${at + 1}. ${step}`).join(' '),
        row.recoveryTime,
        row.recoveryPoint,
        row.rehearsed,
      ]),
    ),
    plans: markdownTable(
      ['Environment', 'Row', 'Every', 'Kept here', 'Kept in the recovery region'],
      ENVIRONMENTS.flatMap(planRows),
    ),
  };
}

function planRows({ name, backup }: PlatformConfig): string[][] {
  if (backup.kind === 'none') return [[name, 'none', '–', '–', backup.reason]];
  return backup.rules.map((rule) => [
    name,
    `${rule.name} (${rule.kind})`,
    rule.every,
    days(rule.keepFor),
    copied(rule),
  ]);
}

const days = (kept: BackupRule['keepFor']): string => `${kept.toDays()} days`;
const copied = ({ copy }: BackupRule): string => (copy === 'none' ? '–' : days(copy.keepFor));
