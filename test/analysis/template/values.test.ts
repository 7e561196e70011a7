import { booleanOf, numberOf, textOf, Unresolved } from '../../../analysis/template';
import { loadTemplate } from './write-template';

const probe = loadTemplate({
  Resources: {
    Probe: {
      Type: 'Test::Probe',
      Properties: {
        Cpu: '1024',
        On: 'true',
        List: [{ Name: 'a' }],
        Later: { 'Fn::GetAtt': ['Probe', 'Arn'] },
        Empty: '',
      },
    },
  },
}).resources[0];

test('numbers and truth values written as text are read', () => {
  expect(numberOf(probe?.property('Cpu'))).toBe(1024);
  expect(booleanOf(probe?.property('On'))).toBe(true);
  expect(textOf(probe?.property('List', 0, 'Name'))).toBe('a');
});

test('an absent property is undefined, at any depth', () => {
  expect(numberOf(probe?.property('Memory'))).toBeUndefined();
  expect(probe?.property('List', 3, 'Name')).toBeUndefined();
});

test.each([
  [
    'a number',
    (): unknown => numberOf(probe?.property('Later')),
    'a text that is known only after deployment: Arn of Web/Probe',
  ],
  ['something inside it', (): unknown => probe?.property('Later', 'Deeper'), 'a part of a value that is known only'],
  ['a number from an empty text', (): unknown => numberOf(probe?.property('Empty')), "'' where a number belongs"],
  ['a number from words', (): unknown => numberOf('many'), "'many' where a number belongs"],
  ['a truth value from words', (): unknown => booleanOf('maybe'), "'maybe' where true or false belongs"],
  ['a text from a list', (): unknown => textOf(probe?.property('List')), 'a list or map where a text belongs'],
])('%s that cannot be told is unresolved, with the reason', (_, read, reason) => {
  const value = read();
  expect(value instanceof Unresolved && value.reason).toContain(reason);
});
