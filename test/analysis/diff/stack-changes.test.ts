import { type StackChange, shown, shownChange, stackChanges } from '../../../analysis/diff';
import { loadTemplate } from '../template/write-template';

type Template = Readonly<Record<string, unknown>>;

const changes = (before: Template, after: Template): readonly StackChange[] =>
  stackChanges(loadTemplate(before), loadTemplate(after));
const resources = (Resources: object): Template => ({ Resources });
const kinds = (before: Template, after: Template): string[] =>
  changes(before, after).flatMap(({ resources: found }) =>
    found.map(({ kind, before: was, after: is }) => `${kind} ${(is ?? was)?.logicalId}`),
  );
const volume = (Properties: object) => ({ Data: { Type: 'AWS::EC2::Volume', Properties } });

// "Update requires" of the CloudFormation resource reference.
test.each([
  ['FifoQueue: Replacement', { FifoQueue: true }, {}, 'replaced Jobs'],
  ['VisibilityTimeout: No interruption', { VisibilityTimeout: 1 }, { VisibilityTimeout: 2 }, 'changed Jobs'],
])('a changed property does what its documentation says: %s', (_what, before, after, kind) => {
  const queue = (Properties: object) => resources({ Jobs: { Type: 'AWS::SQS::Queue', Properties } });
  expect(kinds(queue(before), queue(after))).toEqual([kind]);
});

test('what refers to something that is replaced, in a property that cannot be updated, is replaced with it', () => {
  // StorageEncrypted of a cluster, DBClusterIdentifier of an instance: Replacement.
  const database = (StorageEncrypted: boolean) =>
    resources({
      Data: { Type: 'AWS::RDS::DBCluster', Properties: { StorageEncrypted } },
      Writer: { Type: 'AWS::RDS::DBInstance', Properties: { DBClusterIdentifier: { Ref: 'Data' } } },
    });
  expect(kinds(database(true), database(false))).toEqual(['replaced Data', 'replaced Writer']);
});

test('a parameter with another default is a change of the resources that use it', () => {
  const sized = (Default: number) => ({
    Parameters: { Size: { Type: 'Number', Default } },
    ...resources(volume({ AvailabilityZone: 'a', Size: { Ref: 'Size' } })),
  });
  const [change] = changes(sized(1), sized(2));
  expect(change?.resources[0]?.properties).toEqual([{ path: 'Size', from: 1, to: 2 }]);
});

test('a condition that does not hold any more removes its resource', () => {
  const conditional = (value: string) => ({
    Conditions: { On: { 'Fn::Equals': [value, 'yes'] } },
    Resources: { Data: { Type: 'AWS::EC2::Volume', Condition: 'On' }, Topic: { Type: 'AWS::SNS::Topic' } },
  });
  expect(kinds(conditional('yes'), conditional('no'))).toEqual(['removed Data']);
});

test('other code is no change of the definition, and is told apart', () => {
  const run = (hash: string, memory = 128) =>
    resources({
      Run: { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Key: `${hash}.zip` }, MemorySize: memory } },
    });
  expect(kinds(run('a'.repeat(64)), run('b'.repeat(64)))).toEqual(['renewed Run']);
  expect(kinds(run('a'.repeat(64)), run('b'.repeat(64), 256))).toEqual(['changed Run']);
  expect(kinds(run('a'.repeat(64)), run('a'.repeat(64)))).toEqual([]);
});

test('metadata of the CDK is no change', () => {
  const made = (path: string) =>
    resources({ Data: { Type: 'AWS::EC2::Volume', Metadata: { 'aws:cdk:path': path }, Properties: {} } });
  expect(kinds(made('App/A'), made('App/B'))).toEqual([]);
});

test('properties are told as deep inside as they differ, lists of other lengths as a whole', () => {
  const [change] = changes(
    resources(volume({ Tags: [{ Key: 'a', Value: '1' }], List: ['a\nb'], Same: { x: 1 }, Gone: 1 })),
    resources(volume({ Tags: [{ Key: 'a', Value: '2' }], List: ['a', 'b'], Same: { x: 1 }, New: 2 })),
  );
  expect(
    change?.resources[0]?.properties.map(({ path, from, to }) => `${path}: ${shown(from)} → ${shown(to)}`),
  ).toEqual(['Tags.0.Value: 1 → 2', 'List: [a b] → [a, b]', 'Gone: 1 → –', 'New: – → 2']);
});

/** As cloudformation-diff writes a reference. */
const ROLE = `AWS:\${Role}`;
test('of long texts the part that differs is shown, on one line', () => {
  const long = 'the same '.repeat(40);
  expect(shownChange(`${long}30\n${'x'.repeat(200)}`, `${long}90`)).toEqual({
    from: `…${long.slice(-30)}30 ${'x'.repeat(85)}…`,
    to: `…${long.slice(-30)}90`,
  });
  expect(shownChange('30', undefined)).toEqual({ from: '30', to: '–' });
});

const policy = (...Statement: readonly object[]) =>
  resources({
    Role: { Type: 'AWS::IAM::Role', Properties: {} },
    Policy: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement } } },
  });

test('what a policy allows is compared action by action, however its statements are cut', () => {
  const [change] = changes(
    policy({ Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: ['a', 'b'] }),
    policy(
      { Effect: 'Allow', Action: 's3:GetObject', Resource: ['a', 'b', 'c'] },
      { Effect: 'Allow', Action: ['s3:ListBucket', 's3:PutObject'], Resource: 'a' },
    ),
  );
  expect(change?.access.allowed).toEqual([
    { effect: 'Allow', principal: ROLE, actions: ['s3:GetObject'], resources: ['c'], condition: '' },
    { effect: 'Allow', principal: ROLE, actions: ['s3:PutObject'], resources: ['a'], condition: '' },
  ]);
});

test('a condition that is taken off is something new that is allowed', () => {
  const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'a' };
  const [change] = changes(policy({ ...read, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }), policy(read));
  expect(change?.access.allowed).toEqual([expect.objectContaining({ actions: ['s3:GetObject'], condition: '' })]);
});

test('a stack that is not there on one side is new or gone, and so is one of another name', () => {
  const whole = loadTemplate(resources(volume({ Size: 1 })));
  expect(stackChanges(whole, undefined).map(({ resources: found }) => found[0]?.kind)).toEqual(['removed']);
  expect(stackChanges(undefined, whole).map(({ resources: found }) => found[0]?.kind)).toEqual(['added']);
  const renamed = loadTemplate(resources(volume({ Size: 1 })), { region: 'us-east-1', stackName: 'Site' });
  expect(stackChanges(whole, renamed).map(({ name, resources: found }) => `${name} ${found[0]?.kind}`)).toEqual([
    'Site added',
    'Web removed',
  ]);
  expect(stackChanges(whole, whole)).toEqual([]);
});
