import { definitionOf, problemsOf, StateMachine, untaken, waysOut } from '.';
import { failing, machineOf, pass, play, task } from './testing';

test('counts the ways out that were taken, those of inner states too', async () => {
  const definition = machineOf({
    A: { Type: 'Choice', Choices: [{ Condition: '{% $states.input %}', Next: 'P' }], Default: 'B' },
    P: {
      Type: 'Parallel',
      Branches: [{ StartAt: 'T', States: { T: task({ Catch: [{ ErrorEquals: ['X'], Next: 'U' }] }), U: pass() } }],
      Next: 'B',
    },
    B: { Type: 'Succeed' },
  });
  expect(waysOut(definition)).toEqual([
    'A choice[0]',
    'A default',
    'P next',
    'P[0]/T end',
    'P[0]/T catch[0]',
    'P[0]/U end',
    'B end',
  ]);
  const { history } = await play(definition, true, { T: failing(1, 'X') });
  expect(untaken(definition, [history])).toEqual(['A default', 'P[0]/T end']);
});

test('reads a definition from a template, with names where only a deployment knows', () => {
  const DefinitionString = {
    'Fn::Join': [
      '',
      ['{"StartAt":"', { Ref: 'Fn1' }, ' ', { 'Fn::GetAtt': ['Fn1', 'Arn'] }, ' ', { Ref: 'AWS::Partition' }, '"}'],
    ],
  };
  const Machine = { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString } };
  expect(definitionOf({ Resources: { Machine } })).toEqual({ StartAt: 'Fn1 Fn1.Arn aws' });
  expect(() => definitionOf({ Resources: { Machine, Other: Machine } })).toThrow(
    "begins with '', it has Machine, Other",
  );
  expect(() => definitionOf({ Resources: { Machine } }, 'Saga')).toThrow("begins with 'Saga', it has none");
});

test('refuses what it would play wrongly', () => {
  const definition = { StartAt: 'A', States: { A: pass(), B: { ...pass(), ResultPath: '$.x' } } };
  expect(() => new StateMachine(definition, { handlers: {} })).toThrow(
    ['what cannot be played:', '  - A: the query language must be JSONata, is JSONPath'].join('\n'),
  );
  expect(() => new StateMachine(definition, { handlers: {} })).toThrow('B: the field ResultPath');
});

test('says what is wrong with a definition', () => {
  expect(problemsOf(machineOf({ A: pass() }))).toEqual([]);
  const lost = machineOf({ A: pass({ Next: 'Nowhere' }), B: pass() });
  expect(problemsOf(lost)).toContainEqual(expect.stringContaining('Nowhere'));
});
