/** A piece of SQL that means something: white space and comments are gone. */
export interface Token {
  /** `word` is a keyword or an unquoted name, in lower case; `name` is a quoted one; `symbol` is one character. */
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'parameter' | 'symbol';
  readonly text: string;
}

/** Pieces in the order in which they are tried; each matches at the place where the last one ended. */
const PIECES: readonly (readonly [Token['kind'] | 'nothing', RegExp])[] = [
  ['nothing', /[\s]+|--[^\n\r]*/y],
  // Strings before words, because some begin like one.
  ['string', /e'(?:[^'\\]|\\[\s\S]|'')*'/iy],
  ['string', /(?:u&|[bxn])?'(?:[^']|'')*'/iy],
  ['string', /\$([a-z_\u0080-\uffff][a-z0-9_\u0080-\uffff]*)?\$[\s\S]*?\$\1\$/iy],
  ['name', /(?:u&)?"(?:[^"]|"")*"/iy],
  ['word', /[a-z_\u0080-\uffff][a-z0-9_$\u0080-\uffff]*/iy],
  ['number', /0[xob][0-9a-f_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d+)?/iy],
  ['parameter', /\$\d+/y],
  ['symbol', /[^'"]/y],
];

/**
 * Cuts SQL into tokens as PostgreSQL's scanner does with `standard_conforming_strings = on`.
 * https://www.postgresql.org/docs/current/sql-syntax-lexical.html
 *
 * @returns nothing when a string, a name or a comment is not closed
 */
export function tokenize(sql: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    const piece = sql.startsWith('/*', at) ? comment(sql, at) : nextPiece(sql, at);
    if (piece === undefined) return undefined;
    const { kind, end } = piece;
    if (kind !== 'nothing') tokens.push({ kind, text: textOf(kind, sql.slice(at, end)) });
    at = end;
  }
  return tokens;
}

interface Piece {
  readonly kind: Token['kind'] | 'nothing';
  readonly end: number;
}

function nextPiece(sql: string, at: number): Piece | undefined {
  for (const [kind, pattern] of PIECES) {
    pattern.lastIndex = at;
    if (pattern.test(sql)) return { kind, end: pattern.lastIndex };
  }
  return undefined;
}

function textOf(kind: Token['kind'], source: string): string {
  if (kind === 'word') return source.toLowerCase();
  // An escaped name may spell anything: it stays as it is, and equals nothing.
  return kind === 'name' && source.startsWith('"') ? source.slice(1, -1).replaceAll('""', '"') : source;
}

/** A block comment, which PostgreSQL lets nest. */
function comment(sql: string, at: number): Piece | undefined {
  let depth = 0;
  for (let index = at; index < sql.length - 1; index++) {
    const pair = sql.slice(index, index + 2);
    if (pair === '/*') depth += 1;
    else if (pair === '*/') depth -= 1;
    else continue;
    index += 1;
    if (depth === 0) return { kind: 'nothing', end: index + 1 };
  }
  return undefined;
}
