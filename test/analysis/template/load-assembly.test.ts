import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { type Assembly, loadAssembly, resourcesIn, Unresolved } from '../../../analysis/template';
import { loadTemplate, temporaryDirectory, writeTemplate } from './write-template';

const ACCOUNT = '111111111111';

/** Two stages; in `Production`: stacks in two regions, a nested stack, weak and strong references between them. */
function synthesize(strength: 'weak' | 'strong'): Assembly {
  const outdir = temporaryDirectory();
  const app = new App({ outdir, context: { '@aws-cdk/core:defaultCrossStackReferences': strength } });
  for (const name of ['Development', 'Production']) {
    const stage = new Stage(app, name, { env: { account: ACCOUNT, region: 'eu-west-1' } });
    const data = new Stack(stage, 'Data');
    const topic = new sns.Topic(data, 'Topic');
    const nested = new NestedStack(data, 'Nested');
    const queue = new sqs.Queue(nested, 'Queue');
    new ssm.StringParameter(nested, 'FromParent', { stringValue: topic.topicArn });
    new ssm.StringParameter(data, 'FromNested', { stringValue: queue.queueArn });
    const web = new Stack(stage, 'Web');
    new ssm.StringParameter(web, 'Near', { stringValue: topic.topicArn });
    if (strength === 'weak') {
      const edge = new Stack(stage, 'Edge', {
        env: { account: ACCOUNT, region: 'us-east-1' },
        crossRegionReferences: true,
      });
      new ssm.StringParameter(edge, 'Far', { stringValue: topic.topicName });
    }
  }
  app.synth();
  return loadAssembly(outdir);
}

describe('a cloud assembly made by the CDK', () => {
  const weak = synthesize('weak');
  const production = weak.stage('production');

  const targetsOf = (assembly: Assembly, id: string): readonly string[] => {
    const parameter = assembly
      .ofType('AWS::SSM::Parameter')
      .find(({ path: construct }) => construct?.includes(`/${id}/`));
    const byId = assembly.ofType('AWS::SSM::Parameter').find(({ logicalId }) => logicalId.startsWith(id));
    return resourcesIn((parameter ?? byId)?.property('Value')).map(({ type, stack }) => `${type} in ${stack.name}`);
  };

  test('has its stages, and one stage has its stacks with their regions', () => {
    expect(weak.stages).toEqual(['Development', 'Production']);
    expect(production.stacks.map(({ name, region }) => `${name} ${region}`)).toEqual([
      'Production-Data eu-west-1',
      expect.stringMatching(/^Production-Data\/Nested\w+ eu-west-1$/u),
      'Production-Web eu-west-1',
      'Production-Edge us-east-1',
    ]);
    expect(production.stacks.map(({ displayName }) => displayName).slice(2)).toEqual([
      'Production/Web',
      'Production/Edge',
    ]);
  });

  test('follows a parameter into a nested stack and an output out of it', () => {
    expect(targetsOf(production, 'FromParent')).toEqual(['AWS::SNS::Topic in Production-Data']);
    expect(targetsOf(production, 'FromNested')).toEqual([
      expect.stringMatching(/^AWS::SQS::Queue in Production-Data\/Nested/u),
    ]);
  });

  test.each(['Near', 'Far'])('follows weak references between stacks: %s', (id) => {
    expect(targetsOf(production, id)).toEqual(['AWS::SNS::Topic in Production-Data']);
  });

  test('follows strong references between stacks', () => {
    expect(targetsOf(synthesize('strong').stage('Production'), 'Near')).toEqual(['AWS::SNS::Topic in Production-Data']);
  });

  test('knows what points to a resource', () => {
    const [topic] = production.ofType('AWS::SNS::Topic');
    const from = topic === undefined ? [] : production.linksTo(topic, 'AWS::SSM::Parameter');
    expect(from.map((link) => link.path)).toEqual([['Value'], ['Value'], ['Value']]);
    const [link] = from;
    expect(link && production.linksFrom(link.from)).toContainEqual(link);
    expect(topic && production.linksTo(topic, 'AWS::SQS::Queue')).toEqual([]);
  });

  test('fails when there is no such stage, listing those there are', () => {
    expect(() => weak.stage('Moon')).toThrow(/has no stage named Moon: its stages are Development, Production/u);
    expect(() => loadTemplate({ Resources: {} }).stage('Moon')).toThrow('it has no stages');
  });
});

test('reads what a resource is besides its properties', () => {
  const assembly = loadTemplate({
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic' },
      Queue: {
        Type: 'AWS::SQS::Queue',
        DependsOn: 'Topic',
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Snapshot',
        Metadata: { 'aws:cdk:path': 'Web/Queue/Resource' },
      },
    },
  });
  expect(assembly.ofType('AWS::SQS::Queue')[0]).toMatchObject({
    address: 'Web/Queue',
    path: 'Web/Queue/Resource',
    deletionPolicy: 'Retain',
    updateReplacePolicy: 'Snapshot',
    exists: true,
    dependsOn: [{ logicalId: 'Topic' }],
  });
});

test('leaves out what a condition excludes and marks what cannot be told', () => {
  const template = {
    Parameters: { Live: { Type: 'String', Default: 'no' }, Given: { Type: 'String' } },
    Conditions: {
      Live: { 'Fn::Equals': [{ Ref: 'Live' }, 'yes'] },
      Given: { 'Fn::Equals': [{ Ref: 'Given' }, 'yes'] },
    },
    Resources: {
      A: { Type: 'AWS::SNS::Topic', Condition: 'Live' },
      B: { Type: 'AWS::SNS::Topic', Condition: 'Given' },
    },
  };
  const [b, ...others] = loadTemplate(template).resources;
  expect(others).toEqual([]);
  expect(b?.exists).toBeInstanceOf(Unresolved);
  const given = loadTemplate(template, { parameters: { Live: 'yes', 'Web:Given': 'no' } });
  expect(given.resources.map(({ logicalId }) => logicalId)).toEqual(['A']);
});

test('reads YAML with the short intrinsic forms', () => {
  const file = writeTemplate(
    `
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Stage: { Type: String, Default: live }
Conditions:
  Live: !Equals [!Ref Stage, live]
  Dead: !Not [!Condition Live]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: Live
    Properties:
      TopicName: !Sub "\${Stage}-\${AWS::Region}"
      Tags: &tags
        - { Key: stage, Value: !Join ['-', [x, !Ref Stage]] }
  Parameter:
    Type: AWS::SSM::Parameter
    Properties:
      Value: !GetAtt Topic.TopicName
      Name: !If [Dead, a, b]
      Copies: *tags
`,
    'Web.yaml',
  );
  const assembly = loadAssembly(file, { region: 'eu-west-1' });
  const [topic] = assembly.ofType('AWS::SNS::Topic');
  const [parameter] = assembly.ofType('AWS::SSM::Parameter');
  expect(topic?.properties).toEqual({ TopicName: 'live-eu-west-1', Tags: [{ Key: 'stage', Value: 'x-live' }] });
  expect(resourcesIn(parameter?.property('Value'))).toEqual([topic]);
  expect(parameter?.property('Name')).toBe('b');
  expect(parameter?.property('Copies', 0, 'Value')).toBe('x-live');
});

test('an output that refers to itself through another stack ends unresolved', () => {
  const directory = temporaryDirectory();
  const stack = (name: string, other: string): object => {
    const outputs = { Out: { Value: { 'Fn::GetStackOutput': { StackName: other, OutputName: 'Out' } } } };
    writeFileSync(path.join(directory, `${name}.json`), JSON.stringify({ Resources: {}, Outputs: outputs }));
    return {
      type: 'aws:cloudformation:stack',
      environment: 'aws://111111111111/eu-west-1',
      properties: { templateFile: `${name}.json` },
    };
  };
  const manifest = { artifacts: { One: stack('One', 'Two'), Two: stack('Two', 'One') } };
  writeFileSync(path.join(directory, 'manifest.json'), JSON.stringify(manifest));
  const assembly = loadAssembly(directory);
  expect(assembly.stacks[0]?.output('Out')).toMatchObject({ reason: 'output Out of One refers to itself' });
  expect(assembly.stacks[0]?.output('Nothing')).toBeUndefined();
});

describe('bad input', () => {
  const directoryWith = (files: Readonly<Record<string, string>>): string => {
    const directory = path.join(temporaryDirectory(), 'cdk.out');
    mkdirSync(directory);
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(directory, name), content);
    return directory;
  };

  test.each<[string, () => string, RegExp]>([
    [
      'nothing is there',
      () => '/nowhere/cdk.out',
      /\/nowhere\/cdk\.out does not exist: give a directory made by `cdk synth`/u,
    ],
    ['a directory has no manifest', () => directoryWith({}), /is not a cloud assembly: it has no manifest\.json/u],
    ['the manifest is no JSON', () => directoryWith({ 'manifest.json': '{' }), /manifest\.json is not valid JSON: /u],
    ['the manifest lists nothing', () => directoryWith({ 'manifest.json': '{}' }), /must have a map of `artifacts`/u],
    [
      'a stack names no template',
      () => directoryWith({ 'manifest.json': '{"artifacts":{"A":{"type":"aws:cloudformation:stack"}}}' }),
      /artifact A must have `properties\.templateFile`/u,
    ],
    ['a template is no JSON', () => writeTemplate('{ "Resources": '), /is not valid JSON/u],
    ['a template is no YAML', () => writeTemplate('a: [1', 'a.yaml'), /is not valid YAML/u],
    ['a template is a text', () => writeTemplate('hello', 'a.yaml'), /must hold a template, found a string/u],
    ['a template has no resources', () => writeTemplate({}), /`Resources` must be a map of resources, found nothing/u],
  ])('fails when %s', (_, source, message) => {
    expect(() => loadAssembly(source())).toThrow(message);
  });

  test('lists every problem of a template at once', () => {
    const file = writeTemplate({ Resources: { A: {}, B: [], C: { Type: 'X' } }, Outputs: [] });
    expect(() => loadAssembly(file)).toThrow(
      /Web\.template\.json is not a CloudFormation template:\n {2}- `Resources\.A\.Type` must be a text, found nothing\n {2}- `Resources\.B` must be a map, found a list\n {2}- `Outputs` must be a map, found a list$/u,
    );
  });
});
