import { Concatenation, Reference, type Resource, Unresolved, type Value } from './model';
import { isRecord, splitAttribute } from './read-template';
import { describe, isList, isMap, referencesIn } from './values';

/** `AWS::NoValue`: the property that has it is absent. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');
export type Resolved = Value | typeof NO_VALUE;

/** What the intrinsic functions of one stack look things up in. */
export interface Scope {
  /** Pseudo parameter or parameter; `undefined` when there is none of that name. */
  parameter(name: string): Resolved | undefined;
  resource(logicalId: string): Resource | undefined;
  condition(name: string): boolean | Unresolved;
  mapping(name: string): unknown;
  /** Output of a nested stack, or `undefined` when `resource` is none. */
  nestedOutput(resource: Resource, output: string): Value | undefined;
  imported(exportName: string): Value;
  stackOutput(stackName: string, region: string | undefined, outputName: string): Value;
}

/** Works out every intrinsic function inside `raw`. */
export function resolve(raw: unknown, scope: Scope): Resolved {
  if (typeof raw === 'string') return dynamic(raw);
  if (typeof raw === 'number' || typeof raw === 'boolean' || raw === null) return raw;
  if (Array.isArray(raw)) return raw.map((item) => resolve(item, scope)).filter(isPresent);
  if (!isRecord(raw)) return new Unresolved(`a ${typeof raw} where a value belongs`);
  const entries = Object.entries(raw);
  const [only] = entries;
  if (only !== undefined && entries.length === 1 && isIntrinsic(only[0])) return apply(only[0], only[1], scope);
  const resolved: Record<string, Value> = {};
  for (const [name, item] of entries) {
    const value = resolve(item, scope);
    if (value !== NO_VALUE) resolved[name] = value;
  }
  return resolved;
}

/** Works out a condition: `Fn::And`, `Fn::Or`, `Fn::Not`, `Fn::Equals` and the names of others. */
export function evaluate(raw: unknown, scope: Scope): boolean | Unresolved {
  if (!isRecord(raw)) return new Unresolved('a condition that is no function');
  const [entry] = Object.entries(raw);
  if (entry === undefined) return new Unresolved('a condition that is empty');
  const [name, argument] = entry;
  if (name === 'Condition') return scope.condition(String(argument));
  const list = Array.isArray(argument) ? argument : [];
  if (name === 'Fn::And') return combine(list, false, scope);
  if (name === 'Fn::Or') return combine(list, true, scope);
  if (name === 'Fn::Equals') return equals(resolve(list[0], scope), resolve(list[1], scope));
  if (name !== 'Fn::Not') return new Unresolved(`condition function ${name} is not known`);
  const inner = evaluate(list[0], scope);
  return inner instanceof Unresolved ? inner : !inner;
}

/** Text from parts; a plain string when every part is one. */
function concatenate(parts: readonly Resolved[]): Value {
  const merged: (string | Reference | Unresolved)[] = [];
  for (const part of parts.filter(isPresent).flatMap(textParts)) {
    const last = merged.at(-1);
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part;
    else merged.push(part);
  }
  const [only] = merged;
  if (only === undefined) return '';
  if (merged.length > 1) return new Concatenation(merged);
  return typeof only === 'string' ? dynamic(only) : only;
}

function textParts(value: Value): readonly (string | Reference | Unresolved)[] {
  if (value instanceof Concatenation) return value.parts;
  if (value instanceof Reference || value instanceof Unresolved) return [value];
  if (isList(value) || isMap(value)) return [new Unresolved(`${describe(value)} inside a text`, related([value]))];
  return [String(value)];
}

type Intrinsic = (argument: unknown, scope: Scope) => Resolved;

/** One row per function that returns a value. */
const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: ref,
  'Fn::Base64': (argument, scope) => base64(resolve(argument, scope)),
  'Fn::FindInMap': findInMap,
  'Fn::GetAtt': getAttribute,
  'Fn::GetStackOutput': getStackOutput,
  'Fn::If': chooseBranch,
  'Fn::ImportValue': importValue,
  'Fn::Join': join,
  'Fn::Length': (argument, scope) => onList(resolve(argument, scope), (list) => list.length),
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::Sub': substitute,
  'Fn::ToJsonString': (argument, scope) => jsonString(resolve(argument, scope)),
};

function isIntrinsic(name: string): boolean {
  return name === 'Ref' || name.startsWith('Fn::');
}

function apply(name: string, argument: unknown, scope: Scope): Resolved {
  const intrinsic = INTRINSICS[name];
  if (intrinsic !== undefined) return intrinsic(argument, scope);
  return new Unresolved(`${name} is answered by the account, not by the template`, related([resolve(argument, scope)]));
}

function ref(argument: unknown, scope: Scope): Resolved {
  const name = String(argument);
  const parameter = scope.parameter(name);
  if (parameter !== undefined) return parameter;
  const resource = scope.resource(name);
  return resource === undefined
    ? new Unresolved(`there is no resource or parameter named ${name}`)
    : new Reference(resource);
}

function getAttribute(argument: unknown, scope: Scope): Resolved {
  const [id, attribute] =
    typeof argument === 'string' ? splitAttribute(argument) : Array.isArray(argument) ? argument : [];
  const resource = scope.resource(String(id));
  if (resource === undefined) return new Unresolved(`there is no resource named ${String(id)}`);
  const name = typeof attribute === 'string' ? attribute : textFrom(resolve(attribute, scope));
  if (name instanceof Unresolved) return new Unresolved(name.reason, [new Reference(resource)]);
  if (name.startsWith('Outputs.')) {
    const output = scope.nestedOutput(resource, name.slice('Outputs.'.length));
    if (output !== undefined) return output;
  }
  return new Reference(resource, name);
}

function substitute(argument: unknown, scope: Scope): Resolved {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const given = isRecord(variables) ? variables : {};
  const parts = String(template).split(/(\$\{[^}]*\})/u);
  return concatenate(
    parts.map((part): Resolved => {
      const name = /^\$\{(.*)\}$/u.exec(part)?.[1];
      if (name === undefined) return part;
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (Object.hasOwn(given, name)) return resolve(given[name], scope);
      return name.includes('.') ? getAttribute(name, scope) : ref(name, scope);
    }),
  );
}

function join(argument: unknown, scope: Scope): Resolved {
  const [delimiter, raw] = Array.isArray(argument) ? argument : [];
  const items = resolve(raw, scope);
  return onList(items, (list) =>
    concatenate(list.flatMap((item, index): Value[] => (index === 0 ? [item] : [String(delimiter), item]))),
  );
}

function split(argument: unknown, scope: Scope): Resolved {
  const [delimiter, raw] = Array.isArray(argument) ? argument : [];
  const text = resolve(raw, scope);
  // The parts that are not known may hold the delimiter themselves.
  return typeof text === 'string' ? text.split(String(delimiter)) : new Unresolved('a text to split', related([text]));
}

function select(argument: unknown, scope: Scope): Resolved {
  const [rawIndex, rawList] = Array.isArray(argument) ? argument : [];
  const index = textFrom(resolve(rawIndex, scope));
  if (index instanceof Unresolved) return index;
  return onList(resolve(rawList, scope), (list) => {
    const item = list[Number(index)];
    return item === undefined ? new Unresolved(`Fn::Select ${index} of ${list.length} items`, related(list)) : item;
  });
}

function findInMap(argument: unknown, scope: Scope): Resolved {
  const list: readonly unknown[] = Array.isArray(argument) ? argument : [];
  const keys = list.slice(0, 3).map((key) => textFrom(resolve(key, scope)));
  const unknown = keys.find((key) => key instanceof Unresolved);
  if (unknown instanceof Unresolved) return unknown;
  const [name, ...path] = keys.map(String);
  let found: unknown = scope.mapping(String(name));
  for (const key of path) found = isRecord(found) ? found[key] : undefined;
  if (found !== undefined) return resolve(found, scope);
  const options = list[3];
  if (isRecord(options) && Object.hasOwn(options, 'DefaultValue')) return resolve(options['DefaultValue'], scope);
  return new Unresolved(`mapping ${keys.join('.')} does not exist`);
}

function chooseBranch(argument: unknown, scope: Scope): Resolved {
  const [name, whenTrue, whenFalse] = Array.isArray(argument) ? argument : [];
  const condition = scope.condition(String(name));
  if (!(condition instanceof Unresolved)) return resolve(condition ? whenTrue : whenFalse, scope);
  const branches: readonly Resolved[] = [resolve(whenTrue, scope), resolve(whenFalse, scope)];
  return new Unresolved(condition.reason, [...condition.references, ...related(branches)]);
}

function importValue(argument: unknown, scope: Scope): Resolved {
  const name = textFrom(resolve(argument, scope));
  return name instanceof Unresolved ? name : scope.imported(name);
}

function getStackOutput(argument: unknown, scope: Scope): Resolved {
  const given = isRecord(argument) ? argument : {};
  const [stack, output] = ['StackName', 'OutputName'].map((key) => textFrom(resolve(given[key], scope)));
  const region = given['Region'] === undefined ? undefined : textFrom(resolve(given['Region'], scope));
  for (const part of [stack, output, region]) if (part instanceof Unresolved) return part;
  return scope.stackOutput(String(stack), region === undefined ? undefined : String(region), String(output));
}

function base64(value: Resolved): Resolved {
  return typeof value === 'string' ? Buffer.from(value).toString('base64') : new Unresolved('base64', related([value]));
}

function jsonString(value: Resolved): Resolved {
  const references = related([value]);
  if (references.length > 0) return new Unresolved('JSON with values that are known only after deployment', references);
  return JSON.stringify(value === NO_VALUE ? null : value);
}

function onList(value: Resolved, use: (list: readonly Value[]) => Value): Value {
  if (value !== NO_VALUE && isList(value)) return use(value);
  if (value instanceof Unresolved) return value;
  return new Unresolved('a list that is known only after deployment', related([value]));
}

function textFrom(value: Resolved): string | Unresolved {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return value instanceof Unresolved ? value : new Unresolved('a name known only after deployment', related([value]));
}

function related(values: readonly Resolved[]): readonly Reference[] {
  return values.filter(isPresent).flatMap((value) => referencesIn(value).map(({ reference }) => reference));
}

function isPresent(value: Resolved): value is Value {
  return value !== NO_VALUE;
}

/** `{{resolve:ssm:…}}` and the like stand for what CloudFormation reads while it deploys. */
function dynamic(text: string): string | Unresolved {
  return text.includes('{{resolve:') ? new Unresolved(`dynamic reference ${text}`) : text;
}

function combine(list: readonly unknown[], decisive: boolean, scope: Scope): boolean | Unresolved {
  const values = list.map((item) => evaluate(item, scope));
  if (values.includes(decisive)) return decisive;
  return values.find((value) => value instanceof Unresolved) ?? !decisive;
}

function equals(left: Resolved, right: Resolved): boolean | Unresolved {
  const [a, b] = [textFrom(left), textFrom(right)];
  if (a instanceof Unresolved) return a;
  return b instanceof Unresolved ? b : a === b;
}
