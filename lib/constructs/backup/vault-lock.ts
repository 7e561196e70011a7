import type { Duration } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import type { BackupRule } from './backup-rule';

/** What must be typed to lock a vault for ever. */
export const COMPLIANCE_CONFIRMATION = 'nobody, AWS included, can undo this after the grace period';

/**
 * Who may delete recovery points before their time. Under `governance` whoever has the permission to take the lock away;
 * under `compliance`, once `graceDays` are over, nobody: not the root user, not AWS, and not by deleting the stack.
 */
export type VaultLock =
  | { readonly kind: 'governance'; readonly keepAtLeast: Duration; readonly keepAtMost: Duration }
  | {
      readonly kind: 'compliance';
      readonly keepAtLeast: Duration;
      readonly keepAtMost: Duration;
      /** How long the lock can still be taken away, at least 3 days. */
      readonly grace: Duration;
      /** {@link COMPLIANCE_CONFIRMATION}, word for word. */
      readonly confirmation: string;
    };

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html */
const SHORTEST_GRACE_DAYS = 3;

/** What is wrong with a lock on the vault that the copies of `rules` go to; paths begin with `lock`. */
export function vaultLockProblems(lock: VaultLock | 'none', rules: readonly BackupRule[]): string[] {
  if (lock === 'none') return [];
  const [least, most] = [lock.keepAtLeast.toDays(), lock.keepAtMost.toDays()];
  const refused = rules.flatMap(({ copy }, index) => {
    const days = copy === 'none' ? least : copy.keepFor.toDays();
    return days >= least && days <= most
      ? []
      : [
          `\`rules[${index}].copy.keepFor\` must be between \`lock.keepAtLeast\` and \`lock.keepAtMost\`, got ${days} and ` +
            `${least} to ${most} days; the locked vault refuses every copy that is not`,
        ];
  });
  return [
    ...(least > most
      ? [`\`lock.keepAtLeast\` must not be above \`lock.keepAtMost\`, got ${least} and ${most} days`]
      : refused),
    ...(lock.kind === 'compliance' ? complianceProblems(lock) : []),
  ];
}

function complianceProblems({ grace, confirmation }: Extract<VaultLock, { kind: 'compliance' }>): string[] {
  return [
    ...(grace.toDays() < SHORTEST_GRACE_DAYS
      ? [`\`lock.grace\` must be at least ${SHORTEST_GRACE_DAYS} days, got ${grace.toDays()}`]
      : []),
    ...(confirmation === COMPLIANCE_CONFIRMATION
      ? []
      : [
          `\`lock.confirmation\` must be '${COMPLIANCE_CONFIRMATION}', got '${confirmation}'; type it when that is what you ` +
            "want, or use the kind 'governance'",
        ]),
  ];
}

/** The lock as the vault takes it; a date after which it cannot be changed is what makes it compliance. */
export function lockConfiguration(lock: VaultLock): backup.LockConfiguration {
  return {
    minRetention: lock.keepAtLeast,
    maxRetention: lock.keepAtMost,
    ...(lock.kind === 'compliance' ? { changeableFor: lock.grace } : {}),
  };
}

/** What is spelled out at synth when a lock cannot be taken away. */
export function lockWarning(lock: VaultLock): string | undefined {
  if (lock.kind === 'governance') return undefined;
  return (
    `this vault is locked for ever ${lock.grace.toDays()} days after it is made: no recovery point goes before its time, ` +
    `${lock.keepAtMost.toDays()} days at the most, and none of it can be undone, by the root user or by AWS; you pay for ` +
    'all of them until then'
  );
}
