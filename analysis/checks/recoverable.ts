import { type Assembly, isList, isMap, numberOf, type Resource, resourcesIn, type Value } from '../template';
import type { Check } from './check';
import { statefulResources } from './stateful';

/** Where a resource or a stack says how it comes back without a backup plan. */
const SIGNATURE = 'Headroom::Recovery';
const MEANS: readonly unknown[] = ['copy', 'rebuild', 'none'];

/** Why a type comes back although no plan can hold it. */
const OF_THEIR_OWN: Readonly<Record<string, string>> = {
  'AWS::KMS::Key': 'a key holds no data; copies are encrypted with keys of the region that they are in',
  'AWS::Backup::BackupVault': 'a vault holds the backups',
  'AWS::Backup::LogicallyAirGappedBackupVault': 'a vault holds the backups',
  'AWS::ElastiCache::ReplicationGroup': 'a cache starts cold; what is in it is made again from the database',
  'AWS::ElastiCache::ServerlessCache': 'a cache starts cold; what is in it is made again from the database',
};

/** How a stateful resource comes back after its region, or an administrator's account, is lost. */
export interface Recovery {
  readonly resource: Resource;
  /** The plans that hold it and copy it to another region. */
  readonly plans: readonly Resource[];
  /** Regions that have the secret too. */
  readonly replicas: readonly string[];
  /** Why nothing of that is needed; `undefined` without a signature. */
  readonly signed: string | undefined;
}

/** Every stateful resource of `assembly` with what brings it back. */
export function recoveries(assembly: Assembly): readonly Recovery[] {
  const plans = assembly.ofType('AWS::Backup::BackupPlan').filter((plan) => copyVaults(plan).length > 0);
  return statefulResources(assembly).map(({ resource }) => ({
    resource,
    plans: plans.filter((plan) => sameStage(plan, resource) && selects(assembly, plan, resource)),
    replicas: itemsOf(resource.property('ReplicaRegions')).flatMap((item) => {
      const region = isMap(item) ? item['Region'] : undefined;
      return typeof region === 'string' && region !== resource.stack.region ? [region] : [];
    }),
    signed: signature(resource.metadata) ?? signature(resource.stack.metadata) ?? OF_THEIR_OWN[resource.type],
  }));
}

/** Vaults in other regions that a row of `plan` copies to. */
export function copyVaults(plan: Resource): readonly Resource[] {
  return rulesOf(plan)
    .flatMap((rule) => itemsOf(rule['CopyActions']))
    .flatMap((action) =>
      isMap(action) ? resourcesIn(action['DestinationBackupVaultArn'], 'AWS::Backup::BackupVault') : [],
    )
    .filter((vault) => vault.stack.region !== undefined && vault.stack.region !== plan.stack.region);
}

/** What must hold so that nothing is lost with a region. */
export const RECOVERY_CHECKS: readonly Check[] = [
  {
    id: 'state-recoverable',
    severity: 'error',
    rule: 'everything stateful is in a backup plan with a copy in another region, or somebody has signed why not',
    find: (assembly) =>
      recoveries(assembly)
        .filter(({ plans, replicas, signed }) => plans.length === 0 && replicas.length === 0 && signed === undefined)
        .map(({ resource }) => ({
          resource,
          message:
            'in no backup plan with a copy in another region: tag it for one (`backUp`), or sign why it needs none ' +
            '(`recoverOtherwise`)',
        })),
  },
  {
    id: 'copy-keys-there',
    severity: 'error',
    rule: 'copies are encrypted with a key of the region that they are in',
    find: (assembly) =>
      [...new Set(assembly.ofType('AWS::Backup::BackupPlan').flatMap(copyVaults))]
        .filter((vault) => {
          const keys = resourcesIn(vault.property('EncryptionKeyArn'), 'AWS::KMS::Key');
          return !keys.some((key) => key.stack.region === vault.stack.region);
        })
        .map((resource) => ({
          resource,
          message: 'has no own key in its region: a key elsewhere is lost with the region that it is in',
        })),
  },
  {
    id: 'cold-long-enough',
    severity: 'error',
    rule: 'what moves to cold storage stays there for the 90 days that AWS bills',
    find: (assembly) =>
      assembly.ofType('AWS::Backup::BackupPlan').flatMap((resource) =>
        rulesOf(resource)
          .flatMap((rule) => [rule, ...itemsOf(rule['CopyActions']).filter(isMap)])
          .flatMap(({ Lifecycle }) => {
            const [cold, end] = ['MoveToColdStorageAfterDays', 'DeleteAfterDays'].map((name) =>
              numberOf(Lifecycle !== undefined && isMap(Lifecycle) ? Lifecycle[name] : undefined),
            );
            if (typeof cold !== 'number' || typeof end !== 'number' || end >= cold + 90) return [];
            return [
              { resource, message: `cold after ${cold} days and deleted after ${end}: keep it ${cold + 90} days` },
            ];
          }),
      ),
  },
];

const sameStage = (one: Resource, other: Resource): boolean => one.stack.stages.join() === other.stack.stages.join();

/** Whether all conditions of a selection of `plan` hold for the tags of `resource`. */
function selects(assembly: Assembly, plan: Resource, resource: Resource): boolean {
  const tags = tagsOf(resource);
  return assembly.linksTo(plan, 'AWS::Backup::BackupSelection').some(({ from }) => {
    const conditions = itemsOf(from.property('BackupSelection', 'Conditions', 'StringEquals'));
    return (
      conditions.length > 0 &&
      conditions.every((condition) => {
        if (!isMap(condition)) return false;
        const key = String(condition['ConditionKey']).replace('aws:ResourceTag/', '');
        return tags.get(key) === condition['ConditionValue'];
      })
    );
  });
}

function tagsOf(resource: Resource): ReadonlyMap<Value | undefined, Value | undefined> {
  const tags = itemsOf(resource.property('Tags')).filter(isMap);
  return new Map(tags.map(({ Key, Value: value }) => [Key, value]));
}

function rulesOf(plan: Resource): readonly Readonly<Record<string, Value>>[] {
  return itemsOf(plan.property('BackupPlan', 'BackupPlanRule')).filter(isMap);
}

function itemsOf(value: Value | undefined): readonly Value[] {
  return value !== undefined && isList(value) ? value : [];
}

/** Only with its means and a reason is a signature one. */
function signature(metadata: Readonly<Record<string, unknown>>): string | undefined {
  const signed = metadata[SIGNATURE];
  if (typeof signed !== 'object' || signed === null) return undefined;
  const { means, reason } = signed as { readonly means?: unknown; readonly reason?: unknown };
  return MEANS.includes(means) && typeof reason === 'string' && reason.length > 10 ? reason : undefined;
}
