/** The syntax tree of a metric-math expression. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

/** An expression that cannot be read or evaluated; the message names the expression and the reason. */
export class MetricMathError extends Error {
  public override readonly name = 'MetricMathError';
}

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|"(?<text>[^"]*)"|'(?<quoted>[^']*)'|(?<symbol>&&|\|\||[<>=!]=|[-+*/^<>(),[\]]))/y;

/** Binary operators from the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [
  ['OR', '||'],
  ['AND', '&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/'],
  ['^'],
];

interface Token {
  readonly kind: 'number' | 'name' | 'text' | 'symbol';
  readonly text: string;
}

/**
 * Reads a CloudWatch metric-math expression.
 *
 * @throws {MetricMathError} with the position at which reading stopped
 */
export function parseMetricMath(source: string): Expression {
  const parser = new Parser(source, tokens(source));
  return parser.whole();
}

function tokens(source: string): Token[] {
  const found: Token[] = [];
  const pattern = new RegExp(TOKEN);
  const end = source.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(source)?.groups;
    if (groups === undefined) throw new MetricMathError(`cannot read '${source}' at character ${at + 1}`);
    const { number, name, text, quoted, symbol } = groups;
    if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (name !== undefined) found.push({ kind: 'name', text: name });
    else if (symbol !== undefined) found.push({ kind: 'symbol', text: symbol });
    else found.push({ kind: 'text', text: text ?? quoted ?? '' });
  }
  return found;
}

class Parser {
  private at = 0;

  public constructor(
    private readonly source: string,
    private readonly tokens: readonly Token[],
  ) {}

  public whole(): Expression {
    const expression = this.level(0);
    if (this.at < this.tokens.length) throw this.unexpected();
    return expression;
  }

  private level(depth: number): Expression {
    const operators = LEVELS[depth];
    if (operators === undefined) return this.unary();
    let left = this.level(depth + 1);
    for (let token = this.tokens[this.at]; token !== undefined && isOperator(token, operators); ) {
      this.at += 1;
      left = { kind: 'binary', operator: token.text.toUpperCase(), left, right: this.level(depth + 1) };
      token = this.tokens[this.at];
    }
    return left;
  }

  private unary(): Expression {
    return this.take('-') ? { kind: 'negate', operand: this.unary() } : this.primary();
  }

  private primary(): Expression {
    const token = this.tokens[this.at];
    if (token === undefined) throw this.unexpected();
    this.at += 1;
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'text') return { kind: 'text', value: token.text };
    if (token.kind === 'name') {
      if (!this.take('(')) return { kind: 'name', name: token.text };
      return { kind: 'call', name: token.text.toUpperCase(), args: this.items(')') };
    }
    if (token.text === '[') return { kind: 'list', items: this.items(']') };
    if (token.text === '(') {
      const inner = this.level(0);
      if (this.take(')')) return inner;
    }
    this.at -= 1;
    throw this.unexpected();
  }

  private items(close: string): Expression[] {
    const items: Expression[] = [];
    if (this.take(close)) return items;
    do items.push(this.level(0));
    while (this.take(','));
    if (!this.take(close)) throw this.unexpected();
    return items;
  }

  private take(symbol: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'symbol' || token.text !== symbol) return false;
    this.at += 1;
    return true;
  }

  private unexpected(): MetricMathError {
    const token = this.tokens[this.at];
    return new MetricMathError(`cannot read '${this.source}': unexpected ${token ? `'${token.text}'` : 'end'}`);
  }
}

function isOperator(token: Token, operators: readonly string[]): boolean {
  if (token.kind === 'symbol') return operators.includes(token.text);
  return token.kind === 'name' && operators.includes(token.text.toUpperCase());
}
