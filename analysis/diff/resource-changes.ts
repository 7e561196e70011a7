import { ResourceImpact, type TemplateDiff } from '@aws-cdk/cloudformation-diff';
import type { Resource, Stack } from '../template';
import { leafChanges, type PropertyChange } from './leaf-changes';
import type { Json } from './normalize-template';
import { plainId } from './plain-template';

/**
 * What CloudFormation does with a resource. `renewed` is one that keeps its definition and gets other code or another
 * version, `may-replace` one of which only the account knows whether it is replaced.
 */
export type ChangeKind = 'added' | 'removed' | 'replaced' | 'may-replace' | 'changed' | 'renewed';

/** One resource that a change touches. */
export interface ResourceChange {
  readonly kind: ChangeKind;
  readonly type: string;
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
  readonly properties: readonly PropertyChange[];
  /** Names of the properties that make CloudFormation replace it. */
  readonly replacedBy: readonly string[];
}

const KINDS: Readonly<Record<ResourceImpact, ChangeKind>> = {
  [ResourceImpact.WILL_CREATE]: 'added',
  [ResourceImpact.WILL_IMPORT]: 'added',
  [ResourceImpact.WILL_DESTROY]: 'removed',
  [ResourceImpact.WILL_ORPHAN]: 'removed',
  [ResourceImpact.WILL_REPLACE]: 'replaced',
  [ResourceImpact.MAY_REPLACE]: 'may-replace',
  [ResourceImpact.WILL_UPDATE]: 'changed',
  [ResourceImpact.NO_CHANGE]: 'changed',
};

/** The resources that differ between two versions of a stack; `undefined` is a stack that is not there. */
export function resourceChanges(
  before: Stack | undefined,
  after: Stack | undefined,
  diff: TemplateDiff,
): readonly ResourceChange[] {
  const [old, now] = [byPlainId(before), byPlainId(after)];
  const changes = diff.resources.logicalIds.map((id): ResourceChange => {
    const { changeImpact, propertyUpdates } = diff.resources.get(id);
    const [from, to] = [old.get(id), now.get(id)];
    const forces = [ResourceImpact.WILL_REPLACE, ResourceImpact.MAY_REPLACE];
    const updates = Object.entries(propertyUpdates);
    return {
      kind: reshardsOnline(to, Object.keys(propertyUpdates)) ? 'changed' : KINDS[changeImpact],
      type: (to ?? from)?.type ?? '',
      before: from,
      after: to,
      properties: from && to ? leafChanges(from.properties, to.properties) : [],
      replacedBy: updates.flatMap(([name, { changeImpact: impact }]) =>
        impact && forces.includes(impact) ? name : [],
      ),
    };
  });
  const touched = new Set(diff.resources.logicalIds);
  const renewed = [...now].flatMap(([id, to]): ResourceChange[] => {
    const from = old.get(id);
    if (touched.has(id) || from === undefined || written(from) === written(to)) return [];
    return [{ kind: 'renewed', type: to.type, before: from, after: to, properties: [], replacedBy: [] }];
  });
  return [...changes, ...renewed];
}

/**
 * The number of shards replaces a cache unless it is resharded online, which cloudformation-diff does not know.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html#cfn-attributes-updatepolicy-useonlineresharding
 */
function reshardsOnline(after: Resource | undefined, updated: readonly string[]): boolean {
  const policy = after?.definition['UpdatePolicy'] as Readonly<Record<string, unknown>> | undefined;
  return policy?.['UseOnlineResharding'] === true && updated.join() === 'NumNodeGroups';
}

function byPlainId(stack: Stack | undefined): ReadonlyMap<string, Resource> {
  return new Map(stack?.resources.map((resource) => [plainId(resource, stack), resource]));
}

/** The definition with its hashes, but without what the CDK writes for its own tools. */
function written({ logicalId, definition }: Resource): string {
  const { Metadata: _, ...rest } = definition as Readonly<Record<string, Json>>;
  return logicalId + JSON.stringify(rest);
}
