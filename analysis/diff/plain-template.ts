import { Concatenation, isList, Reference, type Stack, Unresolved, type Value } from '../template';
import { type Json, maskHashes, normalizeTemplate } from './normalize-template';

/** A template as data, as `@aws-cdk/cloudformation-diff` takes it. */
export interface PlainTemplate {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly [key: string]: Json }>>;
}

/** Stands where a template does not tell a value; the argument says why. */
export const UNRESOLVED = 'Fn::Unresolved';

/**
 * A stack as a template without parameters, mappings, conditions and imports: what can be worked out is written out, so
 * that two of them differ where the resources do. References inside the stack stay references, because a replaced
 * resource changes those that name it.
 */
export function plainTemplate(stack: Stack): PlainTemplate {
  const resources = stack.resources.map(({ logicalId, definition, properties }) => {
    const { Properties: _, Condition: __, ...rest } = definition;
    return [logicalId, { ...rest, Properties: plainValue(properties, stack) }] as const;
  });
  return normalizeTemplate({ Resources: Object.fromEntries(resources) }) as unknown as PlainTemplate;
}

/** Name of a resource in the plain template of `home`. */
export function plainId({ logicalId, stack }: Reference['resource'], home: Stack): string {
  return maskHashes(stack === home ? logicalId : `${stack.displayName}/${logicalId}`);
}

function plainValue(value: Value, home: Stack): Json {
  if (value instanceof Reference) {
    const id = plainId(value.resource, home);
    return value.attribute === undefined ? { Ref: id } : { 'Fn::GetAtt': [id, value.attribute] };
  }
  if (value instanceof Unresolved) return { [UNRESOLVED]: value.reason };
  if (value instanceof Concatenation) {
    return { 'Fn::Join': ['', value.parts.map((part) => plainValue(part, home))] };
  }
  if (isList(value)) return value.map((item) => plainValue(item, home));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainValue(item, home)]));
}
