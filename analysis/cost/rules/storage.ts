import { mapQuantity, type Quantity } from '../quantity';
import { type Charge, type Context, fixed, originRequests, perRequest, type Rule, type Subject } from './rule';

/** A plan's daily backups: how much is kept is the data plus its changes over the retention. */
function keptGb(plan: Subject, { traffic }: Context): number {
  const days = plan
    .list('BackupPlan.BackupPlanRule')
    .map((_, index) => plan.number(`BackupPlan.BackupPlanRule.${index}.Lifecycle.DeleteAfterDays`, 35));
  return days.reduce((sum, retained) => sum + traffic.storageGb * traffic.dailyChange * retained, 0);
}

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
      storedGb: fixed('GB of backups kept here', 'daily changes over the retention', keptGb),
      copiedGb: fixed(
        'GB copied to other regions in a month',
        'the data changes of a month',
        (_, { traffic }) => traffic.storageGb * traffic.dailyChange * 30,
      ),
    },
    charges: backupPlan,
  },
};

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
      quantity: plan.use('storedGb'),
      label: 'copies',
      ...(region === undefined ? {} : { region }),
    },
  ];
}

function thousands(quantity: Quantity): Quantity {
  return mapQuantity(quantity, (count) => count / 1000);
}
