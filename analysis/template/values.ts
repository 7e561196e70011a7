import { Concatenation, Reference, type Resource, Unresolved, type Value, type ValueMap } from './model';

/** Whether `value` is a plain map of values. */
export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && !isList(value) && !isDeferred(value);
}

/** Whether `value` is a list. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether `value` is known only after deployment, in whole or in part. */
function isDeferred(value: Value | undefined): value is Reference | Concatenation | Unresolved {
  return value instanceof Reference || value instanceof Concatenation || value instanceof Unresolved;
}

/** The value under `path`, `undefined` when absent, `Unresolved` when something on the way cannot be told. */
export function valueAt(value: Value | undefined, path: readonly (string | number)[]): Value | undefined {
  let current = value;
  for (const step of path) {
    if (current === undefined) return undefined;
    if (isDeferred(current)) return deferred(current, `a part of a value that is known only after deployment`);
    if (isList(current)) current = typeof step === 'number' ? current[step] : undefined;
    else current = isMap(current) ? current[String(step)] : undefined;
  }
  return current;
}

/** The literal text of a scalar; `undefined` when absent; `Unresolved` when it is not known before deployment. */
export function textOf(value: Value | undefined): string | Unresolved | undefined {
  if (value === undefined || value === null) return undefined;
  if (isDeferred(value)) return deferred(value, 'a text that is known only after deployment');
  if (typeof value === 'object') return new Unresolved('a list or map where a text belongs');
  return String(value);
}

/** The number in a scalar (templates often write numbers as text), as `textOf`. */
export function numberOf(value: Value | undefined): number | Unresolved | undefined {
  const text = textOf(value);
  if (typeof text !== 'string') return text;
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? new Unresolved(`'${text}' where a number belongs`) : number;
}

/** The truth value in a scalar (`true` or `'true'`), as `textOf`. */
export function booleanOf(value: Value | undefined): boolean | Unresolved | undefined {
  const text = textOf(value);
  if (typeof text !== 'string') return text;
  if (text === 'true') return true;
  return text === 'false' ? false : new Unresolved(`'${text}' where true or false belongs`);
}

/** Every reference inside `value` with the path to it, in order of appearance. */
export function referencesIn(
  value: Value,
  path: readonly (string | number)[] = [],
): readonly { readonly reference: Reference; readonly path: readonly (string | number)[] }[] {
  if (value instanceof Reference) return [{ reference: value, path }];
  if (value instanceof Unresolved) return value.references.map((reference) => ({ reference, path }));
  if (value instanceof Concatenation) {
    return value.parts.flatMap((part) => (typeof part === 'string' ? [] : referencesIn(part, path)));
  }
  if (isList(value)) return value.flatMap((item, index) => referencesIn(item, [...path, index]));
  if (isMap(value)) return Object.entries(value).flatMap(([name, item]) => referencesIn(item, [...path, name]));
  return [];
}

/** The resources that `value` depends on, each once. With `type`, only those of that type. */
export function resourcesIn(value: Value | undefined, type?: string): readonly Resource[] {
  if (value === undefined) return [];
  const found = referencesIn(value).map(({ reference }) => reference.resource);
  return [...new Set(found)].filter((resource) => type === undefined || resource.type === type);
}

/** `value` as an `Unresolved` that keeps its references. */
function deferred(value: Reference | Concatenation | Unresolved, what: string): Unresolved {
  if (value instanceof Unresolved) return value;
  if (value instanceof Reference) {
    const attribute = value.attribute === undefined ? 'Ref' : value.attribute;
    return new Unresolved(`${what}: ${attribute} of ${value.resource.address}`, [value]);
  }
  const references = referencesIn(value).map(({ reference }) => reference);
  return new Unresolved(`${what}: ${describe(value)}`, references);
}

/**
 * A value as people write it: `arn:aws:ecs:…/${Cluster.Arn}`.
 *
 * @param nameOf what a resource is called
 */
export function describe(value: Value, nameOf: (resource: Resource) => string = ({ logicalId }) => logicalId): string {
  const inner = (item: Value): string => describe(item, nameOf);
  if (value instanceof Unresolved) return `(${value.reason})`;
  if (value instanceof Reference) {
    return `\${${nameOf(value.resource)}${value.attribute === undefined ? '' : `.${value.attribute}`}}`;
  }
  if (value instanceof Concatenation) {
    return value.parts.map((part) => (typeof part === 'string' ? part : inner(part))).join('');
  }
  if (isList(value)) return `[${value.map(inner).join(', ')}]`;
  if (isMap(value)) {
    return `{${Object.entries(value)
      .map(([name, item]) => `${name}: ${inner(item)}`)
      .join(', ')}}`;
  }
  return String(value);
}
