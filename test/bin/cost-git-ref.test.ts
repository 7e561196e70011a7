import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { costCommand } from '../../bin/commands/cost';
import { UsageError } from '../../bin/shared/errors';
import { temporaryDirectory, writeTemplate } from '../analysis/template/write-template';

// A repository of its own, small enough to be built in an instant: its build copies the app, its app writes an assembly.
const repository = temporaryDirectory();
const here = process.cwd();
const temporary = temporaryDirectory();

const BUILD = `import { copyFileSync, mkdirSync } from 'node:fs';
mkdirSync('dist/bin', { recursive: true });
copyFileSync('app.js', 'dist/bin/app.js');
`;
const appWith = (gateways: number): string => `const { mkdirSync, writeFileSync } = require('node:fs');
const out = process.env.CDK_OUTDIR;
mkdirSync(out, { recursive: true });
const properties = { templateFile: 'Web.template.json' };
const artifacts = { Web: { type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/us-east-1', properties } };
writeFileSync(out + '/manifest.json', JSON.stringify({ version: '36.0.0', artifacts }));
const nats = Array.from({ length: ${gateways} }, (_, index) => ['Nat' + index, { Type: 'AWS::EC2::NatGateway' }]);
writeFileSync(out + '/Web.template.json', JSON.stringify({ Resources: Object.fromEntries(nats) }));
`;
const usage = writeTemplate('resources: { AWS::EC2::NatGateway: { processedGb: 0 } }', 'usage.yaml');

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], { cwd: repository, encoding: 'utf8', stdio: 'pipe' });
}

function commit(app: string, tag: string): void {
  writeFileSync(path.join(repository, 'app.js'), app);
  git('add', '.');
  git('commit', '--quiet', '--message', tag);
  git('tag', tag);
}

beforeAll(() => {
  git('init', '--quiet');
  mkdirSync(path.join(repository, 'node_modules'));
  writeFileSync(path.join(repository, '.gitignore'), 'node_modules\n');
  writeFileSync(path.join(repository, 'esbuild.config.mjs'), BUILD);
  commit(appWith(1), 'one');
  commit(appWith(2), 'two');
  commit("throw new Error('the app of this commit is broken');", 'broken');
  process.env['TMPDIR'] = temporary;
  // Refs are those of the repository that the command runs in.
  process.chdir(repository);
});
afterAll(() => {
  process.chdir(here);
  delete process.env['TMPDIR'];
});

async function cost(...args: readonly string[]): Promise<string> {
  const printed: string[] = [];
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    await costCommand()
      .exitOverride()
      .parseAsync(['--usage', usage, '--json', ...args], { from: 'user' });
  } finally {
    jest.restoreAllMocks();
  }
  return printed.join('');
}

test('compares with a git ref, which is built and synthesized beside the working tree', async () => {
  const [diff] = JSON.parse(await cost('--assembly', 'two', '--base', 'one')) as {
    total: { expected: number };
    changes: { id: string; change: string }[];
  }[];
  // One NAT gateway more: 730 h at 0.045.
  expect(diff?.total.expected).toBeCloseTo(32.85, 6);
  expect(diff?.changes[0]).toMatchObject({ id: 'Web/Nat1 nat.hour', change: 'added' });
  expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
  expect(existsSync('dist')).toBe(false);
  expect(readdirSync(temporary)).toEqual([]);
});

test('a ref that has other packages locked is built with those', async () => {
  const lock = (version: string) =>
    JSON.stringify({ name: 'x', version, lockfileVersion: 3, packages: { '': { name: 'x', version } } });
  const linked =
    "if (require('node:fs').existsSync('node_modules/here')) throw new Error('has the packages of the tree');";
  writeFileSync(path.join(repository, 'node_modules', 'here'), '');
  writeFileSync(path.join(repository, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0' }));
  writeFileSync(path.join(repository, 'package-lock.json'), lock('1.0.0'));
  commit(`${linked}\n${appWith(1)}`, 'locked');
  await expect(cost('--assembly', 'locked', '--base', 'locked')).rejects.toThrow('has the packages of the tree');
  writeFileSync(path.join(repository, 'package-lock.json'), lock('2.0.0'));
  expect(JSON.parse(await cost('--assembly', 'locked', '--base', 'locked'))).toEqual([
    expect.objectContaining({ changes: [] }),
  ]);
});

test('says which ref cannot be synthesized, and leaves nothing behind', async () => {
  const run = cost('--assembly', 'two', '--base', 'broken');
  await expect(run).rejects.toThrow(UsageError);
  await expect(run).rejects.toThrow(/^broken cannot be synthesized: [\s\S]*the app of this commit is broken/u);
  expect(readdirSync(temporary)).toEqual([]);
  expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
});

test('says that what is neither a path nor a ref does not exist', async () => {
  await expect(cost('--assembly', 'two', '--base', 'three')).rejects.toThrow('--base: three does not exist');
});
