import type { Access } from '../../runtime/cache/access-recorder';

/** An access whose key can be read, as far as the recorder let it. */
export interface RecordedAccess extends Access {
  readonly text: string;
}

/** The file is no export of accesses; says the line, the rule and the value. */
export class AccessFileError extends Error {
  public override readonly name = 'AccessFileError';
}

const HEAD = 'at_ms,class,key,kind,tier,load_ms';
const TIERS = ['memory', 'server', 'load', 'none'] as const;
const SHOWN = 5;

/**
 * Reads what `AccessRecorder.export` wrote, of one process or of several after each other, oldest access first.
 *
 * @throws AccessFileError with the first problems
 */
export function parseAccesses(name: string, csv: string): RecordedAccess[] {
  const lines = csv.split(/\r?\n/);
  if (lines[0] !== HEAD) throw new AccessFileError(`${name}:1: expected the columns '${HEAD}', got '${lines[0]}'`);
  const keys = new Map<string, number>();
  const problems: string[] = [];
  const accesses = lines.flatMap((line, index): RecordedAccess[] => {
    if (line === '' || line === HEAD) return [];
    const found = parseLine(line, keys);
    if (typeof found !== 'string') return [found];
    problems.push(`${name}:${index + 1}: ${found}`);
    return [];
  });
  if (problems.length > SHOWN) problems.splice(SHOWN, problems.length, `and ${problems.length - SHOWN} more`);
  if (problems.length > 0) throw new AccessFileError(problems.join('\n'));
  if (accesses.length === 0) throw new AccessFileError(`${name}: no access in it`);
  return accesses.sort((one, other) => one.at - other.at);
}

/** The access, or what is wrong with the line. */
function parseLine(line: string, keys: Map<string, number>): RecordedAccess | string {
  const fields = line.split(',');
  const [at = '', keyClass = '', text = '', kind, tier = '', loadMs = ''] = fields;
  if (fields.length !== 6) return `expected 6 fields (commas in keys are percent-encoded), got ${fields.length}`;
  if (!/^\d+$/.test(at)) return `at_ms must be whole milliseconds, got '${at}'`;
  if (keyClass === '' || text === '') return 'class and key must not be empty';
  if (kind !== 'read' && kind !== 'write') return `kind must be read or write, got '${kind}'`;
  const known = TIERS.find((one) => one === tier);
  if (known === undefined && tier !== '') return `tier must be one of ${TIERS.join(', ')} or empty, got '${tier}'`;
  if (!/^(\d+(\.\d+)?)?$/.test(loadMs)) return `load_ms must be milliseconds or empty, got '${loadMs}'`;
  const name = `${keyClass},${text}`;
  const key = keys.get(name) ?? keys.size;
  keys.set(name, key);
  const answer = { ...(known && { tier: known }), ...(loadMs !== '' && { loadMs: Number(loadMs) }) };
  return { at: Number(at), keyClass, key, text, kind, ...answer };
}
