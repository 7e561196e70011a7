import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A server program that the rig needs from the machine. */
export interface Program {
  readonly purpose: string;
  /** Names of programs that will do, the preferred one first. */
  readonly commands: readonly string[];
  /** Debian's package with one of them. */
  readonly debianPackage: string;
}

export const CACHE_SERVER: Program = {
  purpose: 'a cache server',
  commands: ['valkey-server', 'redis-server'],
  debianPackage: 'redis-server',
};

export const POOLER: Program = { purpose: 'a connection pooler', commands: ['pgbouncer'], debianPackage: 'pgbouncer' };

export const LOAD_BALANCER: Program = { purpose: 'a load balancer', commands: ['haproxy'], debianPackage: 'haproxy' };

/** Folders that unprivileged users often miss in their PATH. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/opt/homebrew/bin'];

/** Absolute path of a program, or nothing when the machine has none. */
function findProgram(program: Program): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), ...SYSTEM_FOLDERS];
  return program.commands
    .flatMap((command) => folders.map((folder) => path.join(folder, command)))
    .find((file) => isExecutable(file));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return path.isAbsolute(file);
  } catch {
    return false;
  }
}

/** Runs a command and says whether it succeeded; the tests give their own. */
export type Run = (command: string, args: readonly string[]) => { readonly ok: boolean; readonly output: string };

const run: Run = (command, args) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 300_000 });
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}` };
};

/**
 * Absolute path of a program, which is installed when the machine has none and this user may install.
 *
 * @throws with the one line to run, when this user may not
 */
export function requireProgram(program: Program, runner: Run = run, find = findProgram): string {
  const found = find(program);
  if (found !== undefined) return found;
  const names = program.commands.join(' or ');
  const byHand = `sudo apt-get install -y ${program.debianPackage}`;
  const prefix = installPrefix(runner);
  if (prefix === undefined) {
    throw new Error(`the tests need ${program.purpose} (${names}) and this user may not install one; run: ${byHand}`);
  }
  const { output } = install(program.debianPackage, prefix, runner);
  const installed = find(program);
  if (installed === undefined) {
    const tail = output.trim().split('\n').slice(-5).join('\n');
    throw new Error(`the tests need ${program.purpose} (${names}); installing it failed, run: ${byHand}\n${tail}`);
  }
  return installed;
}

/** What goes before `apt-get`: nothing for root, `sudo -n` where no password is asked, absent where neither works. */
function installPrefix(runner: Run): readonly string[] | undefined {
  if (!runner('apt-get', ['--version']).ok) return undefined;
  if (process.getuid?.() === 0) return [];
  return runner('sudo', ['-n', 'true']).ok ? ['sudo', '-n'] : undefined;
}

/** One installation at a time: test files start at once, and apt fails instead of waiting for its own list lock. */
function install(debianPackage: string, prefix: readonly string[], runner: Run): ReturnType<Run> {
  const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=120'].join(
    ' ',
  );
  const lines = `${apt} install -y --no-install-recommends ${debianPackage} || { ${apt} update && ${apt} install -y --no-install-recommends ${debianPackage}; }`;
  return runner('flock', [path.join(os.tmpdir(), 'headroom-install.lock'), 'sh', '-c', lines]);
}
