import { PlatformFunction } from '../../../lib/constructs/function/platform-function';
import { RestoreValidation } from '../../../lib/constructs/recovery/restore-validation';
import { synthesizedTemplate } from '../synthesized-template';

interface State {
  readonly Next?: string;
  readonly End?: boolean;
  readonly Catch?: readonly { readonly Next: string; readonly ErrorEquals: readonly string[] }[];
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Default?: string;
}

/** The definition, with what is known only at deploy time left out. */
function states(): Readonly<Record<string, State>> {
  const template = synthesizedTemplate((stack) => {
    const validator = new PlatformFunction(stack, 'Validator', { name: 'restore-validation', description: 'compares' });
    new RestoreValidation(stack, 'Validation', { validator });
  });
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const parts = machine?.['Properties']?.DefinitionString['Fn::Join'][1] as unknown[];
  const text = parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
  return (JSON.parse(text) as { States: Record<string, State> }).States;
}

/** Names of the states from `name` to the end, taking the first way at a choice. */
function wayFrom(all: Readonly<Record<string, State>>, name: string): string[] {
  const next = all[name]?.Next ?? all[name]?.Choices?.[0]?.Next;
  return next === undefined ? [name] : [name, ...wayFrom(all, next)];
}

test('the instance goes again and the result is told, whether the look succeeded or failed', () => {
  const all = states();
  const end = ['RemoveInstance', 'LetItGo', 'Announce', 'Passed', 'ReportPassed'];
  expect(wayFrom(all, 'Look')).toEqual(['Look', ...end]);
  expect(all['Look']?.Catch).toEqual([expect.objectContaining({ ErrorEquals: ['States.ALL'], Next: 'NothingLearnt' })]);
  expect(wayFrom(all, 'NothingLearnt')).toEqual(['NothingLearnt', ...end]);
  expect(all['RemoveInstance']?.Catch).toEqual([expect.objectContaining({ Next: 'LetItGo' })]);
});

test('a verdict that did not pass, or that there is none of, is reported as failed', () => {
  const all = states();
  expect(all['Passed']?.Default).toBe('ReportFailed');
  expect(all['ReportPassed']?.Parameters).toMatchObject({ ValidationStatus: 'SUCCESSFUL' });
  expect(all['ReportFailed']?.Parameters).toMatchObject({ ValidationStatus: 'FAILED' });
  expect(all['NothingLearnt']?.Parameters).toMatchObject({ verdict: { passed: false } });
});
