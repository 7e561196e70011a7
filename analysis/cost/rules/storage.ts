import { mapQuantity, type Quantity } from '../quantity';
import { type Charge, type Context, fixed, monthly, originRequests, perRequest, type Rule, type Subject } from './rule';

/** Days between two runs of a schedule, as far as its fields tell. */
function intervalDays(expression: string): number {
  const [, hour, dayOfMonth, , dayOfWeek] = expression.replace(/^cron\(|\)$/gu, '').split(' ');
  if (/[A-Z1-7]/u.test(dayOfWeek ?? '')) return 7;
  if (/\d/u.test(dayOfMonth ?? '')) return 30;
  return hour === '*' ? 1 / 24 : 1;
}

interface PlanRow {
  readonly continuous: boolean;
  /** Recovery points of a month. */
  readonly points: number;
  readonly keptDays: number;
  /** Days that each of its copies is kept. */
  readonly copies: readonly number[];
}

function rowsOf(plan: Subject): readonly PlanRow[] {
  return plan.list('BackupPlan.BackupPlanRule').map((_, index) => {
    const at = (name: string): string => `BackupPlan.BackupPlanRule.${index}.${name}`;
    return {
      continuous: plan.flag(at('EnableContinuousBackup')),
      points: DAYS_PER_MONTH / intervalDays(plan.text(at('ScheduleExpression'), 'cron(0 5 ? * * *)')),
      keptDays: plan.number(at('Lifecycle.DeleteAfterDays'), DAYS_FOR_EVER),
      copies: plan
        .list(at('CopyActions'))
        .map((_copy, copy) => plan.number(at(`CopyActions.${copy}.Lifecycle.DeleteAfterDays`), DAYS_FOR_EVER)),
    };
  });
}

const DAYS_PER_MONTH = 30;
const DAYS_FOR_EVER = 3650;

/**
 * Aurora snapshots are full ones. Those inside the days that can be restored to any second of are free, and the changes
 * of those days are billed with the cluster: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-storage-backup.html
 */
function keptGb(plan: Subject, { traffic }: Context): number {
  const rows = rowsOf(plan);
  const free = Math.max(0, ...rows.filter(({ continuous }) => continuous).map(({ keptDays }) => keptDays));
  const full = rows
    .filter(({ continuous }) => !continuous)
    .reduce((sum, { points, keptDays }) => sum + (points / DAYS_PER_MONTH) * Math.max(0, keptDays - free), 0);
  return full * traffic.storageGb;
}

function copiesKeptGb(plan: Subject, { traffic }: Context): number {
  const full = rowsOf(plan).reduce(
    (sum, { points, copies }) => sum + (points / DAYS_PER_MONTH) * copies.reduce((days, kept) => days + kept, 0),
    0,
  );
  return full * traffic.storageGb;
}

function copiedGb(plan: Subject, { traffic }: Context): number {
  return rowsOf(plan).reduce((sum, { points, copies }) => sum + points * copies.length, 0) * traffic.storageGb;
}

/** Hours that a restored database has an instance: it is made, looked into, and goes again. */
const RESTORE_TEST_HOURS = 1;

export const STORAGE_RULES: Readonly<Record<string, Rule>> = {
  'AWS::S3::Bucket': {
    inputs: {
      storageGb: fixed('GB stored', 'a few GB', () => ({ low: 1, expected: 5, high: 50 })),
      puts: fixed('PUT, COPY, POST and LIST requests', 'deliveries of logs and assets', () => 10_000),
      gets: perRequest(
        'GET requests',
        'one in a thousand passed requests',
        (_, context) => originRequests(context) / 1000,
      ),
    },
    charges: (bucket) => [
      { meter: 's3.standard.gb', quantity: bucket.use('storageGb') },
      { meter: 's3.put', quantity: thousands(bucket.use('puts')) },
      { meter: 's3.get', quantity: thousands(bucket.use('gets')) },
    ],
  },
  'AWS::ECR::Repository': {
    inputs: { storageGb: fixed('GB of images', 'ten images of 200 MB', () => 2) },
    charges: (repository) => [{ meter: 'ecr.gb', quantity: repository.use('storageGb') }],
  },
  'AWS::Backup::BackupPlan': {
    inputs: {
      storedGb: fixed('GB of backups kept here', 'full snapshots that outlive the continuous days', keptGb),
      copiesGb: fixed('GB of copies kept in other regions', 'full snapshots', copiesKeptGb),
      copiedGb: fixed('GB copied to other regions in a month', 'full snapshots', copiedGb),
    },
    charges: backupPlan,
  },
  'AWS::Backup::RestoreTestingPlan': { charges: restoreTests },
};

/** The instance and the storage of the hour; what AWS Backup itself may ask for a test is not in the price book. */
function restoreTests(plan: Subject, context: Context): readonly Charge[] {
  const tests = DAYS_PER_MONTH / intervalDays(plan.text('ScheduleExpression'));
  const hours = tests * RESTORE_TEST_HOURS;
  return [
    monthly(
      'aurora.instance.standard.db.t4g.medium',
      hours,
      `hours of a restored database in ${tests.toFixed(1)} tests`,
    ),
    monthly(
      'aurora.storage.standard',
      (hours / context.hours) * context.traffic.storageGb,
      'GB-months of restored databases',
    ),
  ];
}

function backupPlan(plan: Subject, context: Context): readonly Charge[] {
  const rules = plan.list('BackupPlan.BackupPlanRule');
  const copies = rules.flatMap((_, index) => plan.list(`BackupPlan.BackupPlanRule.${index}.CopyActions`));
  const stored: Charge = { meter: 'backup.aurora.warm', quantity: plan.use('storedGb') };
  if (copies.length === 0) return [stored];
  const elsewhere = context.assembly.ofType('AWS::Backup::BackupVault').map(({ stack }) => stack.region);
  const region = elsewhere.find((name) => name !== undefined && name !== plan.resource.stack.region);
  return [
    stored,
    { meter: 'dt.interregion', quantity: plan.use('copiedGb'), label: 'copies' },
    {
      meter: 'backup.aurora.warm',
      quantity: plan.use('copiesGb'),
      label: 'copies',
      ...(region === undefined ? {} : { region }),
    },
  ];
}

function thousands(quantity: Quantity): Quantity {
  return mapQuantity(quantity, (count) => count / 1000);
}
