import { type Protection, statefulResources } from '../../checks';
import type { ResourceChange } from '../../diff';
import type { Assembly, Resource } from '../../template';
import type { EnvironmentChange } from '../environment-change';

/** Types that hold data and that this platform does not use, so that its checks do not know them. */
const OTHER_STORES: ReadonlySet<string> = new Set([
  'AWS::Cognito::UserPool',
  'AWS::DocDB::DBCluster',
  'AWS::DynamoDB::GlobalTable',
  'AWS::EC2::Volume',
  'AWS::FSx::FileSystem',
  'AWS::MSK::Cluster',
  'AWS::Neptune::DBCluster',
  'AWS::OpenSearchService::Domain',
  'AWS::Redshift::Cluster',
]);

/** Types that hold what passes through: messages on their way, records of what happened. */
const PASSING: ReadonlySet<string> = new Set(['AWS::Kinesis::Stream', 'AWS::Logs::LogGroup', 'AWS::SQS::Queue']);

/** What a resource holds. */
export type Holding = 'data' | 'records' | 'nothing';

/** What becomes of a resource that its stack lets go. */
export type Fate = 'kept' | 'snapshot' | 'deleted';

export const FATES: Readonly<Record<Fate, string>> = {
  kept: 'the old one is kept, outside the stack',
  snapshot: 'a snapshot of the old one is kept',
  deleted: 'the old one is deleted with all it holds',
};

/** How each stateful resource of one side is protected. */
export function protectionsOf(assembly: Assembly | undefined): ReadonlyMap<Resource, Protection> {
  return new Map((assembly ? statefulResources(assembly) : []).map((protection) => [protection.resource, protection]));
}

/** Changed resources of all stacks that held something before. */
export function holders({ before, stacks }: EnvironmentChange, wanted: Holding): readonly ResourceChange[] {
  const stateful = protectionsOf(before);
  return stacks
    .flatMap(({ resources }) => resources)
    .filter((change) => change.before !== undefined && holdingOf(change.before, stateful) === wanted);
}

function holdingOf(resource: Resource, stateful: ReadonlyMap<Resource, Protection>): Holding {
  if (stateful.has(resource) || OTHER_STORES.has(resource.type) || isOwnDatabase(resource)) return 'data';
  return PASSING.has(resource.type) ? 'records' : 'nothing';
}

/** An instance of a cluster holds nothing itself. */
function isOwnDatabase(resource: Resource): boolean {
  return resource.type === 'AWS::RDS::DBInstance' && resource.property('DBClusterIdentifier') === undefined;
}

/**
 * Databases are snapshotted when nothing is said, everything else is deleted.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
 */
export function fateOnDelete(resource: Resource): Fate {
  const snapshotted = resource.type === 'AWS::RDS::DBCluster' || isOwnDatabase(resource);
  return fate(resource.deletionPolicy ?? (snapshotted ? 'Snapshot' : 'Delete'));
}

/** The policy of the template that is being deployed counts. */
export function fateOnReplace(resource: Resource): Fate {
  return fate(resource.updateReplacePolicy);
}

function fate(policy: string | undefined): Fate {
  if (policy === 'Snapshot') return 'snapshot';
  return policy === 'Retain' || policy === 'RetainExceptOnCreate' ? 'kept' : 'deleted';
}
