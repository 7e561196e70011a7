import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A program of the tests in a process of its own. */
export interface TestProcess {
  /** What it has printed so far. */
  readonly lines: readonly string[];
  /** Sends the signal, unless it has ended already, and resolves with the exit code once it has. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const running = new Set<ChildProcess>();

/** Starts `script`, a path from `test/`. Nothing of this process's environment is handed on but its PATH. */
export function startProcess(
  script: string,
  args: readonly (string | number)[],
  environment: Readonly<Record<string, string>>,
): TestProcess {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(__dirname, '../..', script), ...args.map(String)],
    { env: { PATH: process.env['PATH'], ...environment }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  running.add(child);
  const closed = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return {
    lines,
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
