import type { Command } from 'commander';
import { summaryCommand } from './summary';

/** Every command of `headroom`, in the order in which `--help` shows them. */
export function commands(): readonly Command[] {
  return [summaryCommand()];
}
