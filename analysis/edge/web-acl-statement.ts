import { isList, isMap, numberOf, type Resource, resourcesIn, textOf, type Value, type ValueMap } from '../template';
import type { LoggedRequest } from './access-log';
import { addressRanges } from './address-range';
import { fieldOf, transformationOf } from './web-acl-fields';

/** A request on its way through the rules, with the labels it has got so far. */
export interface LabelledRequest extends LoggedRequest {
  readonly labels: Set<string>;
}

/** Whether a request matches; `undefined` when a log cannot tell. */
export type Matcher = (request: LabelledRequest) => boolean | undefined;

/** A statement made ready, and what in it cannot be told from a log. */
export interface CompiledStatement {
  readonly matches: Matcher;
  readonly notEvaluated: readonly string[];
}

/** Makes one statement other than a rate or a managed group ready to be asked for every request of a log. */
export function compileStatement(statement: Value | undefined): CompiledStatement {
  const [kind, body] = isMap(statement) ? (Object.entries(statement)[0] ?? []) : [];
  const compile = kind === undefined ? undefined : KINDS[kind];
  return compile === undefined || !isMap(body) ? unknown(`statement ${kind ?? 'without a kind'}`) : compile(body);
}

const KINDS: Readonly<Record<string, (body: ValueMap) => CompiledStatement>> = {
  AndStatement: (body) => combine(statementsOf(body), 'and'),
  OrStatement: (body) => combine(statementsOf(body), 'or'),
  NotStatement: (body) => {
    const { matches, notEvaluated } = compileStatement(body['Statement']);
    return {
      notEvaluated,
      matches: (request) => {
        const matched = matches(request);
        return matched === undefined ? undefined : !matched;
      },
    };
  },
  ByteMatchStatement: byteMatch,
  SizeConstraintStatement: sizeConstraint,
  LabelMatchStatement: labelMatch,
  IPSetReferenceStatement: (body) => addressMatch(body),
  GeoMatchStatement: (body) => {
    const codes = new Set(textsIn(body['CountryCodes']));
    return known(({ country }) => (country === undefined ? undefined : codes.has(country)));
  },
  AsnMatchStatement: (body) => {
    const numbers = new Set(textsIn(body['AsnList']).map(Number));
    return known(({ asn }) => (asn === undefined ? undefined : numbers.has(asn)));
  },
  RegexMatchStatement: (body) => {
    const pattern = textOf(body['RegexString']);
    if (typeof pattern !== 'string') return unknown('a regular expression that is known only after deployment');
    const expression = new RegExp(pattern);
    return onText(body, (text) => expression.test(text));
  },
};

function statementsOf(body: ValueMap): readonly CompiledStatement[] {
  const list = body['Statements'];
  return isList(list) ? list.map(compileStatement) : [];
}

/** Three-valued: one no decides an `and`, one yes decides an `or`, else what cannot be told stays untold. */
function combine(parts: readonly CompiledStatement[], operator: 'and' | 'or'): CompiledStatement {
  const deciding = operator === 'or';
  return {
    notEvaluated: parts.flatMap(({ notEvaluated }) => notEvaluated),
    matches: (request) => {
      let untold = false;
      for (const { matches } of parts) {
        const matched = matches(request);
        if (matched === deciding) return deciding;
        if (matched === undefined) untold = true;
      }
      return untold ? undefined : !deciding;
    },
  };
}

const POSITIONS: Readonly<Record<string, (text: string, search: string) => boolean>> = {
  EXACTLY: (text, search) => text === search,
  STARTS_WITH: (text, search) => text.startsWith(search),
  ENDS_WITH: (text, search) => text.endsWith(search),
  CONTAINS: (text, search) => text.includes(search),
  CONTAINS_WORD: (text, search) => ` ${text} `.split(/[^A-Za-z0-9_]+/).includes(search),
};

function byteMatch(body: ValueMap): CompiledStatement {
  const search = searchStringOf(body);
  const position = POSITIONS[String(body['PositionalConstraint'])];
  if (search === undefined || position === undefined)
    return unknown('a search string that is known only after deployment');
  return onText(body, (text) => position(text, search));
}

function searchStringOf(body: ValueMap): string | undefined {
  const plain = textOf(body['SearchString']);
  if (typeof plain === 'string') return plain;
  const encoded = textOf(body['SearchStringBase64']);
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8') : undefined;
}

const COMPARISONS: Readonly<Record<string, (size: number, limit: number) => boolean>> = {
  EQ: (size, limit) => size === limit,
  NE: (size, limit) => size !== limit,
  LE: (size, limit) => size <= limit,
  LT: (size, limit) => size < limit,
  GE: (size, limit) => size >= limit,
  GT: (size, limit) => size > limit,
};

function sizeConstraint(body: ValueMap): CompiledStatement {
  const limit = numberOf(body['Size']);
  const compare = COMPARISONS[String(body['ComparisonOperator'])];
  if (typeof limit !== 'number' || compare === undefined) return unknown('a size that is known only after deployment');
  return onText(body, (text) => compare(Buffer.byteLength(text), limit));
}

/** Labels of managed groups are added by AWS, where a replay cannot look. */
function labelMatch(body: ValueMap): CompiledStatement {
  const key = String(body['Key']);
  if (key.startsWith('awswaf:managed:')) return unknown(`label ${key} of a managed group`);
  if (body['Scope'] === 'LABEL') return known(({ labels }) => labels.has(key));
  return known(({ labels }) => [...labels].some((label) => label.startsWith(key)));
}

function addressMatch(body: ValueMap): CompiledStatement {
  if (body['IPSetForwardedIPConfig'] !== undefined) return unknown('a forwarded address, which a log does not have');
  const [set] = resourcesIn(body['Arn'], 'AWS::WAFv2::IPSet');
  const addresses = set === undefined ? undefined : addressesOf(set);
  if (addresses === undefined) return unknown('an address list outside of the assembly');
  const ranges = addressRanges(addresses);
  return known(({ ip }) => ranges.has(ip));
}

function addressesOf(set: Resource): readonly string[] | undefined {
  const list = set.property('Addresses');
  return isList(list) && list.every((range) => typeof range === 'string') ? textsIn(list) : undefined;
}

/** A test of the text in `FieldToMatch`; a request without that field does not match. */
function onText(body: ValueMap, test: (text: string) => boolean): CompiledStatement {
  const field = fieldOf(body['FieldToMatch']);
  const list = body['TextTransformations'];
  const transform = transformationOf(isList(list) ? list : []);
  if (typeof field !== 'function') return unknown(field.unknown);
  if (typeof transform !== 'function') return unknown(transform.unknown);
  return known((request) => {
    const text = field(request);
    return text !== undefined && test(transform(text));
  });
}

function textsIn(value: Value | undefined): string[] {
  return isList(value) ? value.map(String) : [];
}

function known(matches: Matcher): CompiledStatement {
  return { matches, notEvaluated: [] };
}

function unknown(what: string): CompiledStatement {
  return { matches: () => undefined, notEvaluated: [what] };
}
