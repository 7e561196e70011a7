import type { Command } from 'commander';

/** Every command of `headroom`, in the order in which `--help` shows them. */
export function commands(): readonly Command[] {
  return [];
}
