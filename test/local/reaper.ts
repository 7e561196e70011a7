import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Reads `watch <signal> <pid>` and `forget <pid>` until its input ends, which happens when the owner is gone for
 * whatever reason, SIGKILL included: the kernel closes the pipe. Then it ends what it watches and removes the folder.
 */
const SCRIPT = `
folder=$1
watched=
while read -r verb first second; do
  case $verb in
    watch) watched="$watched $first:$second" ;;
    forget)
      kept=
      for entry in $watched; do [ "\${entry#*:}" = "$first" ] || kept="$kept $entry"; done
      watched=$kept ;;
  esac
done
for entry in $watched; do kill -s "\${entry%%:*}" "\${entry#*:}" 2>/dev/null; done
tries=0
while [ $tries -lt 30 ]; do
  alive=
  for entry in $watched; do kill -0 "\${entry#*:}" 2>/dev/null && alive=yes; done
  [ -n "$alive" ] || break
  sleep 0.1
  tries=$((tries + 1))
done
for entry in $watched; do kill -KILL "\${entry#*:}" 2>/dev/null; done
rm -rf "$folder"
`;

/** Ends the processes of one rig when their owner ends, however it ends. */
export class Reaper {
  private readonly process: ChildProcess;
  private readonly input: Writable;
  private readonly gone: Promise<void>;

  /** @param folder removed when everything has ended */
  public constructor(folder: string) {
    // Its own session: the Ctrl-C that ends the owner must not end the one that cleans up after it.
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'reaper', folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    });
    this.process = child;
    this.input = child.stdin;
    this.input.on('error', () => {});
    this.gone = new Promise((resolve) => child.once('exit', () => resolve()));
    child.unref();
    const { stdin } = child;
    if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  }

  public watch(pid: number, signal: 'QUIT' | 'TERM' | 'KILL'): void {
    this.input.write(`watch ${signal} ${pid}\n`);
  }

  /** The process has ended: its number may be another's by now. */
  public forget(pid: number): void {
    this.input.write(`forget ${pid}\n`);
  }

  /** Ends everything that is still watched and removes the folder. */
  public async close(): Promise<void> {
    this.process.ref();
    this.input.end();
    await this.gone;
  }
}
