import { READ_ONLY_FUNCTIONS } from './read-only-functions';
import { type Token, tokenize } from './sql-lexer';

/** What a statement turned out to be. */
export interface Analysis {
  readonly kind: 'read' | 'write';
  /** Whether a write is one for sure, or only not known to be a read, such as a function of the application's. */
  readonly certain: boolean;
  /** What decided, for a message. */
  readonly reason: string;
}

const READ: Analysis = { kind: 'read', certain: true, reason: 'only reads' };

/** What a statement that reads can begin with. */
const READING = new Set(['select', 'with', 'values', 'table']);

/** What a statement that changes rows begins with, also inside of a CTE. */
const CHANGING = new Set(['insert', 'update', 'delete', 'merge']);

/**
 * Keywords that PostgreSQL lets nobody use as the name of a function, so that a parenthesis after them opens no call.
 * https://www.postgresql.org/docs/current/sql-keywords-appendix.html (reserved, and "cannot be function or type")
 */
const NO_FUNCTION = new Set(
  [
    'all and any array as asc between bigint bit both boolean case cast char character coalesce dec decimal desc distinct',
    'else except exists extract fetch float from greatest group grouping having in int integer intersect interval',
    'lateral leading least limit nchar not nullif numeric offset on only or order overlay position precision real row',
    'select smallint some substring then time timestamp to trailing treat trim union using values varchar when where',
    'window with xmlelement xmlforest xmlconcat',
  ].flatMap((line) => line.split(' ')),
);

/** Words that open a parenthesis without a call only after certain others; elsewhere they may be functions. */
const NO_FUNCTION_AFTER: Readonly<Record<string, readonly string[]>> = {
  over: [')'],
  filter: [')'],
  materialized: ['as', 'not'],
  by: ['order', 'group', 'partition'],
  sets: ['grouping'],
  rollup: ['by'],
  cube: ['by'],
  zone: ['time'],
  varying: ['character', 'char', 'bit'],
  bernoulli: ['tablesample'],
  system: ['tablesample'],
  join: ['inner', 'left', 'right', 'full', 'outer', 'cross', 'natural'],
  ilike: ['not'],
};

/**
 * Whether a statement only reads. Conservative: what it does not know for a read is a write, which costs a trip to the
 * primary and nothing else. It sees what is written, not what a view, an operator or a trigger does inside; a replica
 * refuses those, see `Runner.query`.
 */
export function classify(sql: string): Analysis {
  const tokens = tokenize(sql);
  if (tokens === undefined) return unsure('a string, a name or a comment is not closed');
  const body = tokens.findLastIndex(({ text, kind }) => !(kind === 'symbol' && text === ';')) + 1;
  const statement = tokens.slice(0, body);
  if (statement.some(({ kind, text }) => kind === 'symbol' && text === ';')) return write('several statements');
  const first = statement.find(({ text }) => text !== '(');
  if (first === undefined) return unsure('it is empty');
  if (first.kind !== 'word' || !READING.has(first.text)) return write(`${first.text.toUpperCase()} is no read`);
  for (let index = 0; index < statement.length; index++) {
    const found = changesRows(statement, index) ?? locksRows(statement, index) ?? callsUnknown(statement, index);
    if (found !== undefined) return found;
  }
  return READ;
}

function write(reason: string): Analysis {
  return { kind: 'write', certain: true, reason };
}

function unsure(reason: string): Analysis {
  return { kind: 'write', certain: false, reason };
}

function wordAt(tokens: readonly Token[], index: number): string | undefined {
  const token = tokens[index];
  return token?.kind === 'word' ? token.text : undefined;
}

function changesRows(tokens: readonly Token[], index: number): Analysis | undefined {
  const word = wordAt(tokens, index);
  if (word === 'into') return write('INTO');
  if (word === undefined || !CHANGING.has(word)) return undefined;
  // Also a legal name of a column; after a parenthesis it is hardly that.
  const before = tokens[index - 1]?.text;
  return before === '(' || before === ')' ? write(word.toUpperCase()) : unsure(`the word ${word.toUpperCase()}`);
}

function locksRows(tokens: readonly Token[], index: number): Analysis | undefined {
  if (wordAt(tokens, index) !== 'for') return undefined;
  const next = wordAt(tokens, index + 1);
  const strength = [next, wordAt(tokens, index + 2), wordAt(tokens, index + 3)].join(' ');
  return /^(?:update|share|key share|no key update)\b/.test(strength) ? write('FOR UPDATE or FOR SHARE') : undefined;
}

function callsUnknown(tokens: readonly Token[], index: number): Analysis | undefined {
  const token = tokens[index];
  if (tokens[index + 1]?.text !== '(' || tokens[index + 1]?.kind !== 'symbol' || token === undefined) return undefined;
  if (token.kind === 'name') return isColumnList(tokens, index) ? undefined : unsure(`the function "${token.text}"`);
  if (token.kind !== 'word' || !isCall(tokens, index, token.text)) return undefined;
  const qualified = tokens[index - 1]?.text === '.';
  const builtIn = !qualified || (wordAt(tokens, index - 2) === 'pg_catalog' && tokens[index - 3]?.text !== '.');
  return builtIn && READ_ONLY_FUNCTIONS.has(token.text) ? undefined : unsure(`the function ${token.text}`);
}

function isCall(tokens: readonly Token[], index: number, word: string): boolean {
  const before = tokens[index - 1]?.text ?? '';
  // `t.values` is a column or a function of a schema, whatever the word means elsewhere.
  if (before === '.') return true;
  if (NO_FUNCTION.has(word)) return false;
  return !(NO_FUNCTION_AFTER[word]?.includes(before) ?? false) && !isColumnList(tokens, index);
}

/** `AS t (a, b)`, or a CTE: `WITH t (a, b) AS (SELECT …`. */
function isColumnList(tokens: readonly Token[], index: number): boolean {
  if (wordAt(tokens, index - 1) === 'as') return true;
  let end = index + 2;
  while (tokens[end] !== undefined && /^(?:word|name)$/.test(tokens[end]?.kind ?? '')) {
    end += 1;
    if (tokens[end]?.text !== ',') break;
    end += 1;
  }
  if (tokens[end]?.text !== ')' || wordAt(tokens, end + 1) !== 'as') return false;
  let body = end + 2;
  while (wordAt(tokens, body) === 'not' || wordAt(tokens, body) === 'materialized') body += 1;
  // `FROM f(a) AS (b int)` is a call with the types of its columns; a CTE has a statement there.
  const inside = wordAt(tokens, body + 1) ?? '';
  return tokens[body]?.text === '(' && (READING.has(inside) || CHANGING.has(inside));
}
