import { isList, isMap, type Resource, resourcesIn, textOf, type Value, type ValueMap } from '../template';
import { type EdgeFunction, loadEdgeFunction } from './function-runtime';
import { cachePolicyOf, originRequestPolicyOf } from './policies';
import type { CachePolicySettings, OriginRequestSettings } from './policy-settings';

/** One behaviour of a distribution, worked out. */
export interface DistributionBehaviour {
  /** Path pattern; `*` for the default behaviour. */
  readonly pattern: string;
  readonly viewerProtocolPolicy: string;
  readonly allowedMethods: readonly string[];
  readonly cache: CachePolicySettings;
  readonly originRequest: OriginRequestSettings;
  readonly targetOriginId: string;
  readonly viewerRequest?: EdgeFunction;
  readonly viewerResponse?: EdgeFunction;
}

/** An origin, or a group of two of which the second answers when the first cannot. */
export interface DistributionOrigin {
  readonly id: string;
  readonly kind: 'vpc' | 's3' | 'public' | 'group';
  /** For a group: the ids of its members, the first first. */
  readonly members: readonly string[];
}

/** A distribution of an assembly, ready to be asked what it would do with a request. */
export interface Distribution {
  readonly resource: Resource;
  /** In the order of evaluation, the default behaviour last. */
  readonly behaviours: readonly DistributionBehaviour[];
  readonly origins: ReadonlyMap<string, DistributionOrigin>;
}

/** CloudFront's defaults, when a behaviour names no methods. */
const READS = ['GET', 'HEAD'];

/**
 * Works out a distribution of the assembly with its policies and functions.
 *
 * @param keyValueStore what the functions read; the template does not have the store's current content
 * @throws UnknownPolicyError when a behaviour names a policy that cannot be found
 */
export function readDistribution(
  resource: Resource,
  keyValueStore: ReadonlyMap<string, string> = new Map(),
): Distribution {
  const config = resource.property('DistributionConfig');
  const map: ValueMap = isMap(config) ? config : {};
  const others = listOf(map['CacheBehaviors']);
  const fallback = map['DefaultCacheBehavior'];
  const rows = [...others, ...(isMap(fallback) ? [{ ...fallback, PathPattern: '*' }] : [])];
  const load = functionLoader(keyValueStore);
  return {
    resource,
    behaviours: rows.map((row) => behaviourOf(row, load)),
    origins: new Map([...originsOf(map), ...groupsOf(map)].map((origin) => [origin.id, origin])),
  };
}

/** CloudFront runs the same function for many behaviours; it is loaded once. */
function functionLoader(keyValueStore: ReadonlyMap<string, string>): (resource: Resource) => EdgeFunction {
  const loaded = new Map<Resource, EdgeFunction>();
  return (resource) => {
    const known =
      loaded.get(resource) ?? loadEdgeFunction(String(textOf(resource.property('FunctionCode'))), keyValueStore);
    loaded.set(resource, known);
    return known;
  };
}

function behaviourOf(row: ValueMap, load: (resource: Resource) => EdgeFunction): DistributionBehaviour {
  const methods = listOfTexts(row['AllowedMethods']);
  const functionFor = (event: string): EdgeFunction | undefined => {
    const association = listOf(row['FunctionAssociations']).find((each) => each['EventType'] === event);
    const [resource] = resourcesIn(association?.['FunctionARN'], 'AWS::CloudFront::Function');
    return resource === undefined ? undefined : load(resource);
  };
  const [viewerRequest, viewerResponse] = [functionFor('viewer-request'), functionFor('viewer-response')];
  return {
    pattern: String(textOf(row['PathPattern'])),
    viewerProtocolPolicy: String(textOf(row['ViewerProtocolPolicy'])),
    allowedMethods: methods.length === 0 ? READS : methods,
    cache: cachePolicyOf(row['CachePolicyId']),
    originRequest: originRequestPolicyOf(row['OriginRequestPolicyId']),
    targetOriginId: String(textOf(row['TargetOriginId'])),
    ...(viewerRequest === undefined ? {} : { viewerRequest }),
    ...(viewerResponse === undefined ? {} : { viewerResponse }),
  };
}

function originsOf(config: ValueMap): DistributionOrigin[] {
  return listOf(config['Origins']).map((origin) => ({
    id: String(textOf(origin['Id'])),
    kind: origin['VpcOriginConfig'] !== undefined ? 'vpc' : origin['S3OriginConfig'] !== undefined ? 's3' : 'public',
    members: [],
  }));
}

function groupsOf(config: ValueMap): DistributionOrigin[] {
  const groups = config['OriginGroups'];
  return listOf(isMap(groups) ? groups['Items'] : undefined).map((group) => {
    const members = group['Members'];
    const ids = listOf(isMap(members) ? members['Items'] : undefined).map((member) =>
      String(textOf(member['OriginId'])),
    );
    return { id: String(textOf(group['Id'])), kind: 'group', members: ids };
  });
}

function listOf(value: Value | undefined): readonly ValueMap[] {
  return isList(value) ? value.filter(isMap) : [];
}

function listOfTexts(value: Value | undefined): readonly string[] {
  return isList(value) ? value.map(String) : [];
}
