import { type Account, privateFolder, serverAccount } from './account';
import { Reaper } from './reaper';

/** What the servers of one rig share: a private folder, an unprivileged account, and the one who ends them. */
export interface Rig {
  readonly folder: string;
  readonly account: Account;
  readonly reaper: Reaper;
}

export function openRig(): Rig {
  const account = serverAccount();
  const folder = privateFolder(account);
  return { account, folder, reaper: new Reaper(folder) };
}
