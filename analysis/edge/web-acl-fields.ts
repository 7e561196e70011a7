import { isMap, type Value } from '../template';
import type { LoggedRequest } from './access-log';

/** A part of a request as text; `undefined` when the request has no such part. */
export type Field = (request: LoggedRequest) => string | undefined;

/** The part of a request that `FieldToMatch` names, or why it cannot be told from a log. */
export function fieldOf(fieldToMatch: Value | undefined): Field | { readonly unknown: string } {
  const field = isMap(fieldToMatch) ? fieldToMatch : {};
  const [kind] = Object.keys(field);
  switch (kind) {
    case 'UriPath':
      return ({ path }) => path;
    case 'QueryString':
    case 'AllQueryArguments':
      return ({ query }) => query;
    case 'Method':
      return ({ method }) => method;
    case 'SingleHeader': {
      const name = nameIn(field[kind]);
      return ({ headers }) => headers[name];
    }
    case 'SingleQueryArgument': {
      const name = nameIn(field[kind]);
      return ({ query }) => new URLSearchParams(query).get(name) ?? undefined;
    }
    default:
      return { unknown: `a log does not have ${kind ?? 'a field without a name'}` };
  }
}

function nameIn(value: Value | undefined): string {
  return isMap(value) ? String(value['Name']).toLowerCase() : '';
}

/** What each text transformation does; https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html */
const TRANSFORMATIONS: Readonly<Record<string, (text: string) => string>> = {
  NONE: (text) => text,
  LOWERCASE: (text) => text.toLowerCase(),
  URL_DECODE: (text) => {
    try {
      return decodeURIComponent(text.replaceAll('+', ' '));
    } catch {
      return text;
    }
  },
  COMPRESS_WHITE_SPACE: (text) => text.replace(/[\s\u00a0]+/g, ' '),
};

/** All transformations in the order of their priority, or why one of them is not known here. */
export function transformationOf(list: readonly Value[]): ((text: string) => string) | { readonly unknown: string } {
  const rows = list.filter(isMap).map((row) => ({ priority: Number(row['Priority']), type: String(row['Type']) }));
  const steps = rows.sort((left, right) => left.priority - right.priority).map(({ type }) => type);
  const missing = steps.find((type) => TRANSFORMATIONS[type] === undefined);
  if (missing !== undefined) return { unknown: `text transformation ${missing}` };
  return (text) => steps.reduce((result, type) => TRANSFORMATIONS[type]?.(result) ?? result, text);
}
