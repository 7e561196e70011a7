import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';

/** A program of the tests in a process of its own. */
export interface TestProcess {
  /** What it has printed so far. */
  readonly lines: readonly string[];
  /** Resolves with the exit code once it has ended. */
  readonly ended: Promise<number | null>;
  /** Sends the signal, unless it has ended already, and resolves with the exit code once it has. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const running = new Set<ChildProcess>();
const bundles = new Map<string, string>();

/** One file, because a process that is to be killed and started again must start quickly. */
function bundleOf(script: string): string {
  const known = bundles.get(script);
  if (known !== undefined) return known;
  const folder = mkdtempSync(path.join(tmpdir(), 'headroom-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = path.join(folder, 'main.js');
  const entry = path.join(__dirname, '../..', script);
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: ['pg-native'],
  });
  bundles.set(script, outfile);
  return outfile;
}

/** Starts `script`, a path from `test/`. Nothing of this process's environment is handed on but its PATH. */
export function startProcess(
  script: string,
  args: readonly (string | number)[],
  environment: Readonly<Record<string, string>>,
): TestProcess {
  const child = spawn(process.execPath, [bundleOf(script), ...args.map(String)], {
    env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const closed = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return {
    lines,
    ended: closed,
    end: (signal) => {
      child.kill(signal);
      return closed;
    },
  };
}

/** Ends whatever a test left behind; for `afterEach`. */
export async function endProcesses(): Promise<void> {
  const ended = [...running].map((child) => once(child, 'close'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ended);
}
