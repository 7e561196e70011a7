import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { StaticAssets } from '../../../lib/constructs/edge/static-assets';
import { aStack } from './edge-fixtures';

const SITE = 'lib/constructs/edge/site';

function template(): Template {
  const stack = aStack();
  const distribution = cloudfront.Distribution.fromDistributionAttributes(stack, 'Cdn', {
    domainName: 'd111111abcdef8.cloudfront.net',
    distributionId: 'EDFDVBD6EXAMPLE',
  });
  new StaticAssets(stack, 'Assets').release(distribution, {
    immutableFiles: `${SITE}/static`,
    entryFiles: `${SITE}/entry`,
    entryPaths: ['/maintenance/*'],
  });
  return Template.fromStack(stack);
}

const deployments = (of: Template) => Object.entries(of.findResources('Custom::CDKBucketDeployment'));
const found = deployments(template());
const [immutable, entry] = ['ImmutableFiles', 'EntryFiles'].map((name) => found.find(([id]) => id.includes(name)));

test('the bucket is private, encrypted, versioned, logged and kept', () => {
  template().hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: Match.objectLike({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          Match.objectLike({ ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) }),
        ],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LoggingConfiguration: Match.anyValue(),
      PublicAccessBlockConfiguration: Match.objectLike({ BlockPublicPolicy: true, RestrictPublicBuckets: true }),
    }),
  });
});

test('immutable files are there before the files that name them', () => {
  expect(entry?.[1]).toMatchObject({ DependsOn: expect.arrayContaining([immutable?.[0]]) });
});

test('nothing old is taken away: pages that are open still ask for it', () => {
  for (const [, { Properties }] of found) expect(Properties).toMatchObject({ Prune: false });
});

test('immutable files are kept for a year, entry files are asked for again', () => {
  expect(immutable?.[1]['Properties']).toMatchObject({
    DestinationBucketKeyPrefix: 'static',
    SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
  });
  expect(entry?.[1]['Properties']).toMatchObject({
    SystemMetadata: { 'cache-control': 'public, max-age=0, s-maxage=300' },
  });
});

test('only entry files are invalidated, and nobody waits for it', () => {
  expect(immutable?.[1]['Properties']).not.toHaveProperty('DistributionId');
  expect(entry?.[1]['Properties']).toMatchObject({
    DistributionPaths: ['/maintenance/*'],
    WaitForDistributionInvalidation: false,
  });
});

test('every immutable file of the site is named after its content, and every one that is named exists', () => {
  const files = readdirSync(`${SITE}/static`);
  for (const file of files) {
    const hash = createHash('sha256')
      .update(readFileSync(`${SITE}/static/${file}`))
      .digest('hex')
      .slice(0, 8);
    expect(file).toContain(`.${hash}.`);
  }
  const pages = readdirSync(`${SITE}/entry`, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.html'),
  );
  const named = pages.flatMap((file) => [
    ...readFileSync(`${SITE}/entry/${file}`, 'utf8').matchAll(/"\/static\/([^"]+)"/g),
  ]);
  expect(named.length).toBeGreaterThan(0);
  for (const [, file] of named) expect(files).toContain(file);
});
