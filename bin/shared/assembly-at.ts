import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Assembly, InvalidAssemblyError, type LoadOptions, loadAssembly } from '../../analysis/template';
import { UsageError } from './errors';

const LOCK = 'package-lock.json';

export interface SourceOptions extends LoadOptions {
  /**
   * Directory for the assembly of a git ref; whoever names it removes it.
   *
   * @default - one that is gone when the assembly has been read
   */
  readonly keepIn?: string;
}

/**
 * The assembly that `source` names: a directory made by `cdk synth`, a template file, or a git ref of this repository,
 * which is checked out beside the working tree, built with its own packages and synthesized.
 *
 * @throws UsageError when it is none of them
 */
export function assemblyAt(source: string, flag: string, options: SourceOptions = {}): Assembly {
  if (!existsSync(source) && isGitRef(source)) return synthesizeRef(source, options);
  return loadOrRefuse(source, flag, options);
}

function loadOrRefuse(source: string, flag: string, options: LoadOptions): Assembly {
  try {
    return loadAssembly(source, options);
  } catch (error) {
    if (error instanceof InvalidAssemblyError) throw new UsageError(`${flag}: ${error.message}`);
    throw error;
  }
}

function isGitRef(ref: string): boolean {
  try {
    git('rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
    return true;
  } catch {
    return false;
  }
}

function synthesizeRef(ref: string, { keepIn, ...options }: SourceOptions): Assembly {
  const directory = mkdtempSync(path.join(tmpdir(), 'headroom-ref-'));
  const tree = path.join(directory, 'tree');
  const outdir = keepIn ?? path.join(directory, 'cdk.out');
  process.stderr.write(`synthesizing ${ref} …\n`);
  try {
    git('worktree', 'add', '--detach', '--quiet', tree, ref);
    installPackages(tree, ref);
    run(tree, ['esbuild.config.mjs'], {});
    run(tree, ['dist/bin/app.js'], { CDK_OUTDIR: outdir, CDK_VALIDATION: 'false' });
    // Templates are read when the assembly is loaded, so the directory may go afterwards.
    return loadAssembly(outdir, options);
  } catch (error) {
    throw new UsageError(`${ref} cannot be synthesized: ${(error as Error).message}`);
  } finally {
    git('worktree', 'remove', '--force', tree);
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * The packages of this working tree, unless the ref has others locked: what another version of the CDK makes different is
 * a difference too.
 */
function installPackages(tree: string, ref: string): void {
  const [there, here] = [path.join(tree, LOCK), LOCK].map((file) =>
    existsSync(file) ? readFileSync(file, 'utf8') : '',
  );
  if (there === '' || there === here) {
    symlinkSync(path.resolve('node_modules'), path.join(tree, 'node_modules'));
    return;
  }
  process.stderr.write(`installing the packages of ${ref} …\n`);
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', args, { cwd: tree, stdio: ['ignore', 'ignore', 'pipe'] });
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function run(cwd: string, args: readonly string[], env: Readonly<Record<string, string>>): void {
  execFileSync(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
}
