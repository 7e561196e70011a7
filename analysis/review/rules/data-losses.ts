import { leafChanges, type ResourceChange, shown, shownChange } from '../../diff';
import { type Resource, shortPath } from '../../template';
import type { EnvironmentChange } from '../environment-change';
import type { Observation } from '../rule';
import { FATES, type Fate, fateOnDelete, fateOnReplace, holders } from './holdings';

/** Versions, texts, and ties between two others, that everyday changes replace without anybody noticing. */
const INTERCHANGEABLE: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::Deployment',
  'AWS::Athena::NamedQuery',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::ECS::TaskDefinition',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::S3::BucketPolicy',
]);

/** Data that stays in, or goes with, a resource that is made anew. */
export function replacedData(change: EnvironmentChange): readonly Observation[] {
  return holders(change, 'data')
    .filter(({ kind }) => kind === 'replaced')
    .map(replacement);
}

export function perhapsReplacedData(change: EnvironmentChange): readonly Observation[] {
  return holders(change, 'data')
    .filter(({ kind }) => kind === 'may-replace')
    .map(replacement);
}

/** Deleted with what they hold, and nothing of the kind takes their place. */
export function deletedData(change: EnvironmentChange): readonly Observation[] {
  return removedData(change, (fate) => fate === 'deleted').flatMap(({ before, twin }) =>
    before && twin === undefined ? [removal(before)] : [],
  );
}

/** Kept, but nobody manages them from then on. */
export function leftBehindData(change: EnvironmentChange): readonly Observation[] {
  return removedData(change, (fate) => fate !== 'deleted').flatMap(({ before, twin }) =>
    before && twin === undefined ? [removal(before)] : [],
  );
}

/** Another logical id: CloudFormation sees one that goes and one that comes, empty. */
export function renamedData(change: EnvironmentChange): readonly Observation[] {
  return removedData(change, () => true).flatMap(({ before, twin }) =>
    before && twin ? [{ ...removal(before), from: before.logicalId, to: twin.logicalId, what: 'logical id' }] : [],
  );
}

/** Messages and logs that go with what held them. */
export function lostRecords(change: EnvironmentChange): readonly Observation[] {
  return holders(change, 'records').flatMap((item) => {
    if (item.kind === 'replaced')
      return item.after && fateOnReplace(item.after) === 'deleted' ? [replacement(item)] : [];
    return item.kind === 'removed' && item.before && fateOnDelete(item.before) === 'deleted'
      ? [removal(item.before)]
      : [];
  });
}

/** Nothing is lost, but what asks for it does not find it for a while, or finds it under another name. */
export function replacedWork(change: EnvironmentChange): readonly Observation[] {
  return holders(change, 'nothing')
    .filter(({ kind, type }) => kind === 'replaced' && !INTERCHANGEABLE.has(type) && !type.startsWith('Custom::'))
    .map((item) => ({ ...replacement(item), detail: item.type }));
}

interface Removed extends ResourceChange {
  readonly twin: Resource | undefined;
}

function removedData(change: EnvironmentChange, wanted: (fate: Fate) => boolean): readonly Removed[] {
  const added = change.stacks.flatMap(({ resources }) => resources).filter(({ kind }) => kind === 'added');
  return holders(change, 'data')
    .filter(({ kind, before }) => kind === 'removed' && before !== undefined && wanted(fateOnDelete(before)))
    .map((item) => ({
      ...item,
      twin: added.find(({ type, after }) => type === item.type && item.before && after && alike(item.before, after))
        ?.after,
    }));
}

/** Half of their properties are the same: the one is meant to be the other. */
function alike(one: Resource, other: Resource): boolean {
  const names = new Set([...Object.keys(one.properties), ...Object.keys(other.properties)]);
  const different = new Set(leafChanges(one.properties, other.properties).map(({ path }) => path.split('.')[0]));
  return different.size * 2 <= names.size;
}

function removal(resource: Resource): Observation {
  return { at: shortPath(resource), what: resource.type, detail: FATES[fateOnDelete(resource)] };
}

function replacement({ type, before, after, properties, replacedBy }: ResourceChange): Observation {
  const place = { at: before ? shortPath(before) : '', ...(after && { detail: FATES[fateOnReplace(after)] }) };
  const reasons = properties.filter(({ path }) => replacedBy.includes(path.split('.')[0] ?? ''));
  const [reason, ...others] = reasons;
  // Without a property of its own that changed, it names something that is replaced, or it became another type.
  if (reason === undefined) return { ...place, what: replacedBy.join(', ') || type };
  const { path, from, to } = reason;
  if (others.length === 0) return { ...place, what: path, ...shownChange(from, to) };
  return { ...place, what: reasons.map((one) => `${one.path}: ${shown(one.from)} → ${shown(one.to)}`).join(', ') };
}
