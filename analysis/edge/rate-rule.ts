import { isList, isMap, numberOf, textOf, type Value, type ValueMap } from '../template';
import { type RateCounter, rateCounter } from './rate-counter';
import { fieldOf, transformationOf } from './web-acl-fields';
import { type CompiledStatement, compileStatement, type LabelledRequest } from './web-acl-statement';

/** A rate-based rule made ready. */
export interface RateRule {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly notEvaluated: readonly string[];
  /** Counts the request for its instance; `undefined` when the rule does not count it. */
  count(request: LabelledRequest): { readonly instance: string; readonly limited: boolean } | undefined;
}

type KeyPart = (request: LabelledRequest) => string | undefined;

/** Makes a rate-based statement ready; `checkEverySeconds` as in `RateCounterOptions`. */
export function compileRate(body: ValueMap, checkEverySeconds: number): RateRule {
  const limit = numberOf(body['Limit']);
  const window = numberOf(body['EvaluationWindowSec']);
  const scope: CompiledStatement =
    body['ScopeDownStatement'] === undefined
      ? { matches: () => true, notEvaluated: [] }
      : compileStatement(body['ScopeDownStatement']);
  const keys = keyParts(body);
  const windowSeconds = typeof window === 'number' ? window : 300;
  const problems = [...scope.notEvaluated, ...keys.flatMap((key) => ('unknown' in key ? [key.unknown] : []))];
  if (typeof limit !== 'number') problems.push('a limit that is known only after deployment');
  const parts = keys.flatMap((key) => ('part' in key ? [key.part] : []));
  const counters = new Map<string, RateCounter>();
  const evaluable = typeof limit === 'number' && parts.length === keys.length;
  return {
    limit: typeof limit === 'number' ? limit : Number.NaN,
    windowSeconds,
    notEvaluated: problems,
    count(request) {
      if (!evaluable || scope.matches(request) !== true) return undefined;
      const instance = instanceOf(request, parts);
      if (instance === undefined) return undefined;
      const counter = counters.get(instance) ?? rateCounter({ limit, windowSeconds, checkEverySeconds });
      counters.set(instance, counter);
      return { instance, limited: counter.count(request.timeSeconds) };
    },
  };
}

/** A request that lacks one of the keys belongs to no instance and is not counted at all. */
function instanceOf(request: LabelledRequest, parts: readonly KeyPart[]): string | undefined {
  const values: string[] = [];
  for (const part of parts) {
    const value = part(request);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values.join(' ');
}

type Key = { readonly part: KeyPart } | { readonly unknown: string };

function keyParts(body: ValueMap): readonly Key[] {
  const type = textOf(body['AggregateKeyType']);
  if (type === 'IP') return [{ part: ({ ip }) => ip }];
  if (type === 'CONSTANT') return [{ part: () => 'all' }];
  const list = body['CustomKeys'];
  if (type === 'CUSTOM_KEYS' && isList(list)) return list.map(customKey);
  return [{ unknown: `aggregation by ${String(type)}` }];
}

function customKey(key: Value): Key {
  const [kind, detail] = isMap(key) ? (Object.entries(key)[0] ?? []) : [];
  if (kind === 'IP') return { part: ({ ip }) => ip };
  if (kind === 'HTTPMethod') return { part: ({ method }) => method };
  if (kind === 'ASN') return { part: ({ asn }) => (asn === undefined ? undefined : String(asn)) };
  const fields: Readonly<Record<string, string>> = {
    Header: 'SingleHeader',
    UriPath: 'UriPath',
    QueryString: 'QueryString',
    QueryArgument: 'SingleQueryArgument',
  };
  const field = kind === undefined ? undefined : fields[kind];
  if (field === undefined || !isMap(detail)) return { unknown: `aggregation by ${kind ?? 'nothing'}` };
  const list = detail['TextTransformations'];
  const read = fieldOf({ [field]: detail });
  const transform = transformationOf(isList(list) ? list : []);
  if (typeof read !== 'function') return read;
  if (typeof transform !== 'function') return transform;
  return {
    part: (request) => {
      const text = read(request);
      return text === undefined ? undefined : transform(text);
    },
  };
}
