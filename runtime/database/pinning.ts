import { type Token, tokenize } from './sql-lexer';

/** Why a statement keeps RDS Proxy from sharing its connection with others. */
export interface PinningReason {
  readonly rule: string;
  /** What to do instead. */
  readonly instead: string;
}

interface Rule extends PinningReason {
  /** @param words the statement's words in lower case; other tokens as `''` */
  readonly matches: (words: readonly string[], tokens: readonly Token[]) => boolean;
}

const SEQUENCE_FUNCTIONS = ['nextval', 'setval', 'currval', 'lastval'];

/** Session-level ones; `pg_advisory_xact_lock` and its kin end with their transaction and do not pin. */
const LOCK_FUNCTION = /^pg_(?:try_)?advisory_(?:lock|unlock)(?:_shared|_all)?$/;

const calls = (tokens: readonly Token[], isOne: (name: string) => boolean): boolean =>
  tokens.some(
    ({ kind, text }, index) => (kind === 'word' || kind === 'name') && isOne(text) && tokens[index + 1]?.text === '(',
  );

/**
 * What pins a session of PostgreSQL, one row each.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-pinning.html
 */
const RULES: readonly Rule[] = [
  {
    rule: 'a SET or RESET changes the session',
    instead: 'ALTER ROLE … SET in a migration, or the modes of BEGIN',
    matches: ([first]) => first === 'set' || first === 'reset',
  },
  {
    rule: 'set_config() changes the session',
    instead: 'ALTER ROLE … SET in a migration',
    matches: (_, tokens) => calls(tokens, (name) => name === 'set_config'),
  },
  {
    rule: 'SQL-level prepared statements belong to the session',
    instead: 'the `name` option: statements prepared by the protocol are multiplexed',
    matches: ([first]) => first !== undefined && ['prepare', 'execute', 'deallocate'].includes(first),
  },
  {
    rule: 'DISCARD throws the session’s state away',
    instead: 'nothing: there is no state to discard',
    matches: ([first]) => first === 'discard',
  },
  {
    rule: 'temporary objects belong to the session',
    instead: 'a CTE, or a table with a key of the request',
    matches: (words) =>
      (words[0] === 'create' && words.slice(1, 5).some((word) => word === 'temp' || word === 'temporary')) ||
      words.some((word, index) => word === 'into' && /^temp(?:orary)?$/.test(words[index + 1] ?? '')),
  },
  {
    rule: 'cursors belong to the session',
    instead: 'keyset pages (`keysetPage`)',
    matches: ([first]) => first !== undefined && ['declare', 'fetch', 'move', 'close'].includes(first),
  },
  {
    rule: 'a LISTEN waits on one session',
    instead: 'the cache’s publish and subscribe',
    matches: ([first]) => first === 'listen' || first === 'unlisten',
  },
  {
    rule: 'LOAD changes the session',
    instead: 'the cluster parameter group’s shared_preload_libraries',
    matches: ([first]) => first === 'load',
  },
  {
    rule: 'sequence functions are remembered by the session',
    instead: 'GENERATED ALWAYS AS IDENTITY with RETURNING',
    matches: (_, tokens) => calls(tokens, (name) => SEQUENCE_FUNCTIONS.includes(name)),
  },
  {
    rule: 'session-level advisory locks belong to the session',
    instead: 'pg_advisory_xact_lock() in a transaction',
    matches: (_, tokens) => calls(tokens, (name) => LOCK_FUNCTION.test(name)),
  },
];

/** RDS Proxy does not look into longer statements, and pins to be safe. */
const MAX_STATEMENT_BYTES = 16_384;

/** Why `sql` would pin an RDS Proxy session; empty when it would not. Each of several statements is looked at. */
export function pinningReasons(sql: string): readonly PinningReason[] {
  const tokens = tokenize(sql);
  if (tokens === undefined)
    return [{ rule: 'a string, a name or a comment is not closed', instead: 'a closing quote' }];
  const found = statementsOf(tokens).flatMap((statement) => {
    const words = statement.map(({ kind, text }) => (kind === 'word' ? text : ''));
    return RULES.filter(({ matches }) => matches(words, statement)).map(({ rule, instead }) => ({ rule, instead }));
  });
  const long = Buffer.byteLength(sql) > MAX_STATEMENT_BYTES;
  return long ? [...found, { rule: `longer than ${MAX_STATEMENT_BYTES} bytes`, instead: 'array parameters' }] : found;
}

function statementsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === ';') statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 0);
}
