import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The account that servers run under. PostgreSQL refuses to run as root. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const NOBODY = 65_534;

/** An unprivileged account when this process is root's, else this process's own. */
export function serverAccount(): Account {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/** Whether `account` may enter a folder or run a program: a checkout under `/root` is closed to others. */
export function canReach(account: Account, file: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', file], { ...account, cwd: '/' }).status === 0;
}

/** A fresh folder that `account` owns and can reach. */
export function privateFolder(account: Account): string {
  const parents = [os.tmpdir(), '/tmp', '/var/tmp'];
  const parent = parents.find((candidate) => canReach(account, candidate));
  if (parent === undefined) {
    throw new Error(`no temporary folder is open to user ${account.uid}: tried ${parents.join(', ')}; set TMPDIR`);
  }
  const folder = mkdtempSync(path.join(parent, 'headroom-'));
  if (account.uid !== undefined && account.gid !== undefined) chownSync(folder, account.uid, account.gid);
  return folder;
}
