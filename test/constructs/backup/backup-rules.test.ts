import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { type BackupRule, backupRuleProblems } from '../../../lib/constructs/backup/backup-rule';
import { COMPLIANCE_CONFIRMATION, type VaultLock, vaultLockProblems } from '../../../lib/constructs/backup/vault-lock';
import { RecoveryVault } from '../../../lib/constructs/recovery/recovery-vault';
import { restoreTestProblems } from '../../../lib/constructs/recovery/restore-testing';

const DAILY: BackupRule = {
  name: 'daily',
  kind: 'snapshot',
  every: 'day',
  keepFor: Duration.days(7),
  coldAfter: 'never',
  copy: { keepFor: Duration.days(35), coldAfter: 'never' },
};
const row = (changes: Partial<BackupRule>): BackupRule => ({ ...DAILY, ...changes });

test('a daily row with a copy is fine', () => {
  expect(backupRuleProblems([DAILY])).toEqual([]);
});

test.each<[string, BackupRule[], string]>([
  [
    'cold storage shorter than AWS allows',
    [row({ keepFor: Duration.days(119), coldAfter: Duration.days(30) })],
    "`rules[0].keepFor` must be at least 90 days longer than `rules[0].coldAfter`, which AWS bills anyway, got 119 and 30 days; keep it 120 days, or set coldAfter to 'never'",
  ],
  [
    'a copy that is cold too late',
    [row({ copy: { keepFor: Duration.days(100), coldAfter: Duration.days(30) } })],
    '`rules[0].copy.keepFor` must be at least 90 days longer than `rules[0].copy.coldAfter`',
  ],
  [
    'a continuous row beyond 35 days',
    [row({ kind: 'continuous', keepFor: Duration.days(36), copy: 'none' }), row({ name: 'other' })],
    '`rules[0].keepFor` must be at most 35 days for a continuous row, got 36',
  ],
  [
    'a copy of a continuous row',
    [row({ kind: 'continuous' })],
    "`rules[0].copy` must be 'none' for a continuous row: a copy is a snapshot; copy a snapshot row instead",
  ],
  [
    'two continuous rows',
    [
      row({ kind: 'continuous', copy: 'none' }),
      row({ name: 'b', kind: 'continuous', copy: 'none' }),
      row({ name: 'c' }),
    ],
    '`rules` must have one continuous row at most',
  ],
  ['the same name twice', [DAILY, DAILY], "`rules[1].name` must be unique in the plan, got 'daily' twice"],
  ['no copy at all', [row({ copy: 'none' })], '`rules` must have a row with a `copy`'],
  [
    'gaps between recovery points',
    [row({ every: 'week', keepFor: Duration.days(6) })],
    '`rules[0].keepFor` must not be shorter than the week between two recovery points, got 6 days',
  ],
])('fails with %s', (_what, rules, problem) => {
  expect(backupRuleProblems(rules).join('\n')).toContain(problem);
});

test('takes cold storage of exactly 90 days', () => {
  expect(backupRuleProblems([row({ keepFor: Duration.days(120), coldAfter: Duration.days(30) })])).toEqual([]);
});

const COMPLIANCE: VaultLock = {
  kind: 'compliance',
  keepAtLeast: Duration.days(7),
  keepAtMost: Duration.days(400),
  grace: Duration.days(3),
  confirmation: COMPLIANCE_CONFIRMATION,
};

test.each<[string, VaultLock, string]>([
  [
    'a compliance lock without its confirmation',
    { ...COMPLIANCE, confirmation: 'yes' },
    "`lock.confirmation` must be 'nobody, AWS included,",
  ],
  [
    'a grace below three days',
    { ...COMPLIANCE, grace: Duration.days(2) },
    '`lock.grace` must be at least 3 days, got 2',
  ],
  [
    'a copy that the lock refuses',
    { ...COMPLIANCE, keepAtLeast: Duration.days(36) },
    '`rules[0].copy.keepFor` must be between `lock.keepAtLeast` and `lock.keepAtMost`, got 35 and 36 to 400 days',
  ],
  [
    'bounds the wrong way round',
    { ...COMPLIANCE, keepAtLeast: Duration.days(401) },
    '`lock.keepAtLeast` must not be above `lock.keepAtMost`, got 401 and 400 days',
  ],
])('fails with %s', (_what, lock, problem) => {
  expect(vaultLockProblems(lock, [DAILY]).join('\n')).toContain(problem);
});

test('spells out at synth what a compliance lock means; governance is silent', () => {
  const vaultWith = (lock: VaultLock): Annotations => {
    const stack = new Stack(new App(), 'Stack');
    new RecoveryVault(stack, 'Vault', { keyAlias: 'alias/copies', lock, airGap: 'none', rules: [DAILY] });
    return Annotations.fromStack(stack);
  };
  vaultWith(COMPLIANCE).hasWarning(
    '*',
    Match.stringLikeRegexp('locked for ever 3 days after it is made.*none of it can be undone'),
  );
  const { grace: _, confirmation: __, ...bounds } = COMPLIANCE;
  vaultWith({ ...bounds, kind: 'governance' }).hasNoWarning('*', Match.anyValue());
});

test('fails with a restore test that nobody looks into', () => {
  expect(restoreTestProblems({ every: 'week', validateWithin: Duration.hours(0) })).toEqual([
    '`validateWithin (hours)` must be between 1 and 168, got 0',
  ]);
});
