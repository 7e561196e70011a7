import type { AlarmState } from './alarm-definition';

/** A rule of a composite alarm that cannot be read. */
class CompositeRuleError extends Error {
  public override readonly name = 'CompositeRuleError';
}

const TOKEN = /\s*(?:(?<word>[A-Z_]+)|"(?<text>[^"]*)"|(?<bare>[A-Za-z0-9][\w:/.-]*)|(?<symbol>[()]))/y;
const STATES: readonly string[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

/**
 * Whether the `AlarmRule` of a composite alarm holds, such as `ALARM("cpu") AND NOT OK("p95")`.
 * A composite alarm notifies, but cannot trigger Auto Scaling (API reference, `PutCompositeAlarm`).
 *
 * @param stateOf the state of a named alarm
 * @throws {CompositeRuleError} when the rule cannot be read
 */
export function compositeAlarmHolds(rule: string, stateOf: (alarm: string) => AlarmState): boolean {
  const words = [...wordsIn(rule)];
  let at = 0;
  const take = (word: string): boolean => {
    if (words[at] !== word) return false;
    at += 1;
    return true;
  };
  const expect = (word: string): void => {
    if (!take(word))
      throw new CompositeRuleError(`cannot read '${rule}': expected '${word}', got '${words[at] ?? 'end'}'`);
  };
  const either = (): boolean => {
    let value = both();
    while (take('OR')) value = both() || value;
    return value;
  };
  const both = (): boolean => {
    let value = one();
    while (take('AND')) value = one() && value;
    return value;
  };
  const one = (): boolean => {
    if (take('NOT')) return !one();
    if (take('TRUE')) return true;
    if (take('FALSE')) return false;
    if (take('(')) {
      const inner = either();
      expect(')');
      return inner;
    }
    const state = words[at] ?? 'end';
    if (!STATES.includes(state)) throw new CompositeRuleError(`cannot read '${rule}': unexpected '${state}'`);
    at += 1;
    expect('(');
    const alarm = words[at] ?? '';
    at += 1;
    expect(')');
    return stateOf(alarm) === state;
  };
  const holds = either();
  if (at < words.length) throw new CompositeRuleError(`cannot read '${rule}': unexpected '${words[at]}'`);
  return holds;
}

function* wordsIn(rule: string): Generator<string> {
  const pattern = new RegExp(TOKEN);
  const end = rule.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(rule)?.groups;
    if (groups === undefined) throw new CompositeRuleError(`cannot read '${rule}' at character ${at + 1}`);
    yield groups['word'] ?? groups['text'] ?? groups['bare'] ?? groups['symbol'] ?? '';
  }
}
