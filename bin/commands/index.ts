import type { Command } from 'commander';
import { snapshotsCommand } from './snapshots';
import { summaryCommand } from './summary';

/** Every command of `headroom`, in the order in which `--help` shows them. */
export function commands(): readonly Command[] {
  return [summaryCommand(), snapshotsCommand()];
}
