import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { reviewCommand } from '../../bin/commands/review';
import { CheckFailedError, UsageError } from '../../bin/shared/errors';
import { temporaryDirectory, writeTemplate } from '../analysis/template/write-template';

const queue = { Jobs: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 30 } } };
const table = { Orders: { Type: 'AWS::DynamoDB::Table', Properties: { BillingMode: 'PAY_PER_REQUEST' } } };
const both = writeTemplate({ Resources: { ...queue, ...table } }, 'before.json');
const one = writeTemplate({ Resources: queue }, 'after.json');
const region = ['--region', 'us-east-1'];

/** Runs the command and returns what it prints; what it throws goes on. */
async function review(...args: readonly string[]): Promise<string> {
  const printed: string[] = [];
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    await reviewCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseAsync(['--workers', '0', ...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CheckFailedError) return `${printed.join('')}${error.message}`;
    throw error;
  } finally {
    jest.restoreAllMocks();
  }
  return printed.join('');
}

test('says that nothing changes', async () => {
  expect(await review('-b', both, '-a', both, ...region)).toContain('No resource changes.');
});

test('two templates, whatever their files are called: the worst first, with the why and the way out', async () => {
  const text = await review('-b', both, '-a', one, ...region);
  expect(text).toContain('1 danger, 0 warnings, 0 notes: somebody has to decide before this is deployed');
  expect(text).toContain('Template/Orders  AWS::DynamoDB::Table; the old one is deleted with all it holds');
  expect(text).toContain('way out: set its `DeletionPolicy` to `Retain`');
  expect(text).toContain('somebody has to decide: data-deleted');
});

test('what was public before is not public newly, whatever the files are called', async () => {
  const door = {
    Door: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Scheme: 'internet-facing' } },
  };
  const [before, after] = [
    { ...door, ...table },
    { ...door, ...table, ...queue },
  ];
  const text = await review(
    '-b',
    writeTemplate({ Resources: before }, 'a.json'),
    '-a',
    writeTemplate({ Resources: after }, 'b.json'),
  );
  expect(text).toContain('0 dangers, 0 warnings, 0 notes');
});

test('a change that nobody has to decide about ends well', async () => {
  const text = await review('-b', one, '-a', both, ...region);
  expect(text).toContain(': nothing here stops it');
  expect(text).not.toContain('somebody has to decide');
});

test('writes Markdown and a page without script, and says everything as JSON', async () => {
  const directory = temporaryDirectory();
  const [markdown, html] = ['a.md', 'a.html'].map((name) => path.join(directory, name)) as [string, string];
  await review('-b', both, '-a', one, ...region, '--markdown', markdown, '--html', html);
  expect(readFileSync(markdown, 'utf8')).toContain(
    '**danger** · something that holds data is deleted (`data-deleted`)',
  );
  const page = readFileSync(html, 'utf8');
  expect(page).toContain('<code>Template/Orders</code>');
  expect(page).not.toMatch(/<script|https?:/u);
  const json = await review('-b', one, '-a', both, ...region, '--json');
  expect(JSON.parse(json)).toMatchObject({ counts: { danger: 0 }, stacks: [{ counts: { added: 1 } }] });
});

test('what a template says cannot become markup', async () => {
  const named = (DisplayName: string) =>
    writeTemplate({
      Resources: { Door: { Type: 'AWS::ElastiCache::ReplicationGroup', Properties: { CacheNodeType: DisplayName } } },
    });
  const html = path.join(temporaryDirectory(), 'a.html');
  await review('-b', named('a'), '-a', named('<img src=x onerror=alert(1)>'), ...region, '--html', html);
  const page = readFileSync(html, 'utf8');
  expect(page).toContain('a → &lt;img src=x onerror=alert(1)&gt;');
  expect(page).not.toContain('<img');
});

test('what has no region has no price, and the rest is said', async () => {
  const text = await review('-b', both, '-a', one);
  expect(text).toContain('not priced: Template can go to any region: say whose prices apply, with --region');
  expect(text).toContain('data-deleted');
});

const scaled = (max: number) =>
  writeTemplate({
    Resources: {
      Service: { Type: 'AWS::ECS::Service', Properties: {} },
      Target: {
        Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
        Properties: {
          ScalableDimension: 'ecs:service:DesiredCount',
          ResourceId: { 'Fn::Join': ['/', ['service', 'c', { 'Fn::GetAtt': ['Service', 'Name'] }]] },
          MinCapacity: max,
          MaxCapacity: max,
        },
      },
    },
  });

test('plays the same traffic on both sides, and says which objective does not hold any more', async () => {
  // 100,000 requests in an hour are 27.8 a second: more than one task of 25 takes, and well within eight.
  const played = [...region, '--scenario', 'volume-100k', '--seeds', '1', '--capacity', '25'];
  const text = await review('-b', scaled(8), '-a', scaled(1), ...played);
  expect(text).toContain('volume-100k  answered requests ≥ 99.90 %: 100.00 %');
  expect(text).toMatch(/volume-100k +│ holds → fails/u);
  expect(text).toContain('somebody has to decide: objective-broken');
  expect(await review('-b', scaled(1), '-a', scaled(8), ...played)).toContain('(objective-mended)');
});

test('plays nothing where nothing would go differently, or where it is told not to', async () => {
  const other = { ...(JSON.parse(readFileSync(scaled(3), 'utf8')) as { Resources: object }).Resources, ...queue };
  const after = writeTemplate({ Resources: other });
  expect(await review('-b', scaled(3), '-a', after, ...region)).toContain(
    'not rehearsed: the service scales as before',
  );
  expect(await review('-b', scaled(3), '-a', scaled(1), ...region, '--no-rehearsal')).not.toContain('volume-100k');
});

/** An assembly with a stack of these resources in each of these stages. */
function assemblyOf(stages: Readonly<Record<string, object>>): string {
  const root = temporaryDirectory();
  const write = (directory: string, artifacts: object) => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(path.join(directory, 'manifest.json'), JSON.stringify({ version: '36.0.0', artifacts }));
  };
  const names = Object.keys(stages);
  write(
    root,
    Object.fromEntries(
      names.map((name) => [
        `assembly-${name}`,
        { type: 'cdk:cloud-assembly', properties: { directoryName: `assembly-${name}`, displayName: name } },
      ]),
    ),
  );
  for (const [name, Resources] of Object.entries(stages)) {
    const directory = path.join(root, `assembly-${name}`);
    const properties = { templateFile: 'Web.template.json', stackName: `${name}-Web` };
    const environment = 'aws://unknown-account/us-east-1';
    write(directory, {
      Web: { type: 'aws:cloudformation:stack', displayName: `${name}/Web`, environment, properties },
    });
    writeFileSync(path.join(directory, 'Web.template.json'), JSON.stringify({ Resources }));
  }
  return root;
}

test('what is the same in two environments is said once, and an environment of one side is new or gone', async () => {
  const [before, after] = [
    assemblyOf({ Test: { ...queue, ...table }, Live: { ...queue, ...table }, Old: table }),
    assemblyOf({ Test: queue, Live: queue, New: table }),
  ];
  const text = await review('-b', before, '-a', after);
  expect(text).toContain('Test, Live, Old · Web/Orders  AWS::DynamoDB::Table');
  expect(text).toMatch(/New\/Web +│ 1 /u);
  expect(await review('-b', before, '-a', after, '-e', 'live')).toContain(
    '    Live · Web/Orders  AWS::DynamoDB::Table',
  );
});

test.each<[string, readonly string[], string]>([
  ['a base that is nothing', ['-b', 'no-such-ref', '-a', one], '--base: no-such-ref does not exist'],
  [
    'a folder without templates',
    ['-b', 'docs', '-a', one],
    '--base: docs is not a cloud assembly: it has no manifest.json',
  ],
  [
    'a template without resources',
    ['-b', writeTemplate({ Resources: {} }), '-a', one],
    'has no stack with resources; give a cdk.out directory, a template or a git ref',
  ],
  ['a head that is nothing', ['-b', one, '-a', '/nowhere'], '--assembly: /nowhere does not exist'],
  ['an environment of templates', ['-b', one, '-a', both, '-e', 'live'], '--environment live: neither side has any'],
  [
    'an environment that neither side has',
    ['-b', assemblyOf({ Test: queue }), '-a', assemblyOf({ Test: table }), '-e', 'live'],
    '--environment live: there are Test',
  ],
  [
    'an environment of the platform that is none',
    ['-b', one, '-e', 'prod'],
    '--environment must be one of development, staging, production, got prod',
  ],
  [
    'a scenario that is none',
    ['-b', scaled(3), '-a', scaled(1), '--scenario', 'rush'],
    '--scenario must be one of spike-5x',
  ],
])('refuses %s', async (_what, args, message) => {
  const run = review(...args);
  await expect(run).rejects.toThrow(UsageError);
  await expect(run).rejects.toThrow(message);
});

test('needs a base', async () => {
  await expect(review()).rejects.toThrow("required option '-b, --base <source>' not specified");
});
