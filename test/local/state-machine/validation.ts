import validate from 'asl-validator';
import type { StateMachineDefinition } from './definition';

/** What is wrong with a definition by the schema and the rules of the language; takes a third of a second. */
export function problemsOf(definition: StateMachineDefinition): readonly string[] {
  // A copy, because the validator writes into what it reads.
  const result = validate(structuredClone(definition), { checkArn: false });
  return result.isValid ? [] : result.errorsText('\n').split('\n');
}
