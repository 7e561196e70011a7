// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Fn::Sub is written
import { describe as describeValue, Reference, resourcesIn, Unresolved, type Value } from '../../../analysis/template';
import { loadTemplate } from './write-template';

/** What `raw` resolves to as a property of a resource beside a topic, a queue, parameters, mappings and conditions. */
function resolved(raw: unknown): Value | undefined {
  const assembly = loadTemplate({
    Parameters: {
      Size: { Type: 'Number', Default: 3 },
      Zones: { Type: 'CommaDelimitedList', Default: 'a, b,c' },
      Secret: { Type: 'String' },
      Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/image' },
      Stage: { Type: 'String', Default: 'live' },
    },
    Mappings: { Sizes: { live: { class: 'large', list: [1, 2] } } },
    Conditions: {
      Live: { 'Fn::Equals': [{ Ref: 'Stage' }, 'live'] },
      NotLive: { 'Fn::Not': [{ Condition: 'Live' }] },
      Unknown: { 'Fn::Equals': [{ Ref: 'Secret' }, 'x'] },
      Both: { 'Fn::And': [{ Condition: 'Live' }, { Condition: 'NotLive' }] },
      Either: { 'Fn::Or': [{ Condition: 'Unknown' }, { Condition: 'Live' }] },
      Circle: { 'Fn::Not': [{ Condition: 'Circle' }] },
    },
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic' },
      Queue: { Type: 'AWS::SQS::Queue' },
      Probe: { Type: 'Test::Probe', Properties: { Value: raw } },
    },
  });
  return assembly.ofType('Test::Probe')[0]?.property('Value');
}

test.each<[string, unknown, unknown]>([
  ['a literal', 'x', 'x'],
  ['a parameter with a default', { Ref: 'Size' }, 3],
  ['a list parameter', { Ref: 'Zones' }, ['a', 'b', 'c']],
  ['a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['the partition of the region', { 'Fn::Sub': 'arn:${AWS::Partition}:s3' }, 'arn:aws:s3'],
  ['Fn::Join of literals', { 'Fn::Join': ['-', ['a', { Ref: 'Size' }, 'c']] }, 'a-3-c'],
  ['Fn::Join of a list parameter', { 'Fn::Join': ['/', { Ref: 'Zones' }] }, 'a/b/c'],
  ['Fn::Sub with a parameter', { 'Fn::Sub': '${Stage}-${!Literal}' }, 'live-${Literal}'],
  ['Fn::Sub with variables', { 'Fn::Sub': ['${A}/${Stage}', { A: { Ref: 'Size' } }] }, '3/live'],
  ['Fn::Select', { 'Fn::Select': [1, { Ref: 'Zones' }] }, 'b'],
  ['Fn::Split', { 'Fn::Split': ['-', 'a-b'] }, ['a', 'b']],
  ['Fn::Select of Fn::Split', { 'Fn::Select': ['1', { 'Fn::Split': ['.', { 'Fn::Sub': 'x.${Stage}' }] }] }, 'live'],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'class'] }, 'large'],
  ['Fn::FindInMap of a list', { 'Fn::FindInMap': ['Sizes', 'live', 'list'] }, [1, 2]],
  ['Fn::FindInMap with a default', { 'Fn::FindInMap': ['Sizes', 'x', 'class', { DefaultValue: 'small' }] }, 'small'],
  ['Fn::If that holds', { 'Fn::If': ['Live', 'yes', 'no'] }, 'yes'],
  ['Fn::If that does not', { 'Fn::If': ['NotLive', 'yes', 'no'] }, 'no'],
  ['Fn::And', { 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
  ['Fn::Or that one side decides', { 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
  ['Fn::Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
  ['Fn::Length', { 'Fn::Length': { Ref: 'Zones' } }, 3],
  ['Fn::ToJsonString', { 'Fn::ToJsonString': { a: { Ref: 'Size' } } }, '{"a":3}'],
  ['AWS::NoValue in a list', ['a', { Ref: 'AWS::NoValue' }], ['a']],
  ['AWS::NoValue in a map', { a: 1, b: { 'Fn::If': ['Live', { Ref: 'AWS::NoValue' }, 2] } }, { a: 1 }],
  ['AWS::NoValue as the property', { Ref: 'AWS::NoValue' }, undefined],
])('%s is worked out', (_, raw, expected) => {
  expect(resolved(raw)).toEqual(expected);
});

test.each<[string, unknown, string]>([
  ['a parameter without a value', { Ref: 'Secret' }, 'parameter Secret has no default and was not given'],
  ['a parameter from Systems Manager', { Ref: 'Image' }, 'parameter Image is read from Systems Manager'],
  ['a name that does not exist', { Ref: 'Nobody' }, 'there is no resource or parameter named Nobody'],
  ['an attribute of nothing', { 'Fn::GetAtt': ['Nobody', 'Arn'] }, 'there is no resource named Nobody'],
  ['a condition that cannot be told', { 'Fn::If': ['Unknown', 1, 2] }, 'parameter Secret has no default'],
  ['a condition that does not exist', { 'Fn::If': ['Nope', 1, 2] }, 'there is no condition named Nope'],
  ['a condition in a circle', { 'Fn::If': ['Circle', 1, 2] }, 'condition Circle refers to itself'],
  ['availability zones', { 'Fn::GetAZs': '' }, 'Fn::GetAZs is answered by the account'],
  ['one availability zone', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'Fn::GetAZs is answered by the account'],
  ['a dynamic reference', '{{resolve:ssm:/size:1}}', 'dynamic reference {{resolve:ssm:/size:1}}'],
  [
    'a mapping that does not exist',
    { 'Fn::FindInMap': ['Sizes', 'x', 'class'] },
    'mapping Sizes.x.class does not exist',
  ],
  ['an index beyond the list', { 'Fn::Select': [9, ['a']] }, 'Fn::Select 9 of 1 items'],
  ['an import from elsewhere', { 'Fn::ImportValue': 'other' }, 'export other is not in this assembly'],
  ['the stack id', { Ref: 'AWS::StackId' }, 'AWS::StackId is known only after deployment'],
])('%s is unresolved, with the reason', (_, raw, reason) => {
  const value = resolved(raw);
  expect(value).toBeInstanceOf(Unresolved);
  expect(value instanceof Unresolved && value.reason).toContain(reason);
});

test('a reference keeps its resource and attribute', () => {
  const value = resolved({ 'Fn::GetAtt': ['Queue', 'Arn'] });
  expect(value).toBeInstanceOf(Reference);
  expect(value instanceof Reference && [value.resource.type, value.attribute]).toEqual(['AWS::SQS::Queue', 'Arn']);
});

test.each<[string, unknown, string]>([
  ['Fn::Join', { 'Fn::Join': ['', ['a/', { Ref: 'Topic' }, '/b', '/c']] }, 'a/${Topic}/b/c'],
  ['Fn::Sub', { 'Fn::Sub': 'x-${Queue.QueueName}-${Stage}' }, 'x-${Queue.QueueName}-live'],
  [
    'a join inside a join',
    { 'Fn::Join': ['', ['<', { 'Fn::Join': ['|', ['a', { Ref: 'Topic' }]] }, '>']] },
    '<a|${Topic}>',
  ],
])('%s with a reference stays a text with its parts', (_, raw, expected) => {
  const value = resolved(raw) ?? null;
  expect(describeValue(value)).toBe(expected);
  expect(resourcesIn(value)).toHaveLength(1);
});

test.each([
  ['Fn::Select of Fn::Split of an attribute', { 'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: 'Topic' }] }] }],
  ['either branch of an unknown condition', { 'Fn::If': ['Unknown', { Ref: 'Topic' }, 'none'] }],
  ['JSON', { 'Fn::ToJsonString': { a: { Ref: 'Topic' } } }],
])('%s is unresolved and still tells which resource it depends on', (_, raw) => {
  const value = resolved(raw);
  expect(value).toBeInstanceOf(Unresolved);
  expect(resourcesIn(value).map(({ logicalId }) => logicalId)).toEqual(['Topic']);
});
