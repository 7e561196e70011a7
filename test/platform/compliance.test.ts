import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { createPlatformApp } from '../../bin/platform-app';
import { environmentsNamed, synthesize } from '../../bin/shared/synthesis';

// The only test that synthesizes with everything: CloudFormation's own rules, cdk-nag and the platform's checks.
const before = process.env['CDK_VALIDATION'];
const directory = mkdtempSync(path.join(tmpdir(), 'headroom-compliance-'));

beforeAll(() => {
  process.env['CDK_VALIDATION'] = 'true';
});

afterAll(() => {
  process.env['CDK_VALIDATION'] = before;
  rmSync(directory, { recursive: true, force: true });
});

test('no environment has a finding that nobody answered for', () => {
  const { findings } = synthesize(environmentsNamed([]), path.join(directory, 'all'));
  const open = findings.filter(({ acknowledged }) => acknowledged === undefined);
  expect(open.map(({ plugin, rule, path: at }) => `${plugin} ${rule} at ${at}`)).toEqual([]);
}, 180_000);

test('each of the three rule sets fails a synthesis that breaks its rules', () => {
  const outdir = path.join(directory, 'planted');
  const app = createPlatformApp({ environments: [], outdir });
  const stack = new Stack(app, 'Planted');
  new s3.Bucket(stack, 'Loose', { removalPolicy: RemovalPolicy.DESTROY });
  new CfnResource(stack, 'Misspelt', { type: 'AWS::S3::Bucket', properties: { BucketEncription: {} } });

  expect(() => app.synth()).toThrow('validation-report.json');

  const { pluginReports } = JSON.parse(readFileSync(path.join(outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: { pluginName: string; conclusion: string }[];
  };
  const failed = pluginReports.filter(({ conclusion }) => conclusion === 'failure').map(({ pluginName }) => pluginName);
  expect(new Set(failed)).toEqual(new Set(['AwsSolutions', 'CloudFormation Validate', 'Headroom']));
}, 60_000);
