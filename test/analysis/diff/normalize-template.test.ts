import { normalizeTemplate } from '../../../analysis/diff/normalize-template';

const HASH = 'f178182c7c3aac6ad18bdaae53a2d38f72b2cf690d17b9efa635c7ce37f77d71';

test('sorts keys, so that order says nothing', () => {
  const one = JSON.stringify(
    normalizeTemplate({ Resources: { B: { Type: 'T', Properties: { b: 1, a: [2, 1] } }, A: {} } }),
  );
  const other = JSON.stringify(
    normalizeTemplate({ Resources: { A: {}, B: { Properties: { a: [2, 1], b: 1 }, Type: 'T' } } }),
  );
  expect(one).toBe(other);
  expect(one).toContain('"a":[2,1]');
});

test('masks what changes without the infrastructure changing', () => {
  const template = {
    Resources: {
      FunctionCurrentVersionAB12CD340123456789abcdef0123456789abcdef: { Type: 'AWS::Lambda::Version' },
      Function: { Code: { S3Bucket: 'assets-123456789012', S3Key: `${HASH}.zip` } },
    },
  };
  expect(normalizeTemplate(template)).toEqual({
    Resources: {
      'FunctionCurrentVersionAB12CD34<version>': { Type: 'AWS::Lambda::Version' },
      Function: { Code: { S3Bucket: 'assets-<account>', S3Key: '<asset>.zip' } },
    },
  });
});

test('drops what the CDK adds for its own tools and keeps what a person added', () => {
  const template = {
    Metadata: { 'Headroom::Objectives': { availability: 0.999 } },
    Parameters: { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>' } },
    Rules: { CheckBootstrapVersion: {} },
    Resources: {
      CDKMetadata: { Type: 'AWS::CDK::Metadata' },
      Bucket: { Type: 'AWS::S3::Bucket', Metadata: { 'aws:cdk:path': 'a/b', 'aws:asset:path': 'c', guard: 'kept' } },
    },
  };
  expect(normalizeTemplate(template)).toEqual({
    Metadata: { 'Headroom::Objectives': { availability: 0.999 } },
    Resources: { Bucket: { Type: 'AWS::S3::Bucket', Metadata: { guard: 'kept' } } },
  });
});

test('keeps parameters and rules that are not the bootstrap’s', () => {
  const template = { Parameters: { Size: { Type: 'Number' }, BootstrapVersion: {} }, Resources: {} };
  expect(normalizeTemplate(template)).toEqual({ Parameters: { Size: { Type: 'Number' } }, Resources: {} });
});

test('shows a change of a threshold and nothing else', () => {
  const alarm = (Threshold: number) => ({
    Resources: { Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Threshold } } },
  });
  expect(normalizeTemplate(alarm(70))).not.toEqual(normalizeTemplate(alarm(71)));
});
