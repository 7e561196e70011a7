import { corruptedBackup } from './corrupted-backup';
import type { Drill } from './drill';
import { regionLost, regionSwitch, switchInterrupted } from './move-region';
import { tableDeleted } from './table-deleted';
import { writerLost } from './writer-lost';

/** Every drill, in the order in which `--help` shows them. */
export const DRILLS: readonly Drill[] = [
  regionLost,
  regionSwitch,
  switchInterrupted,
  tableDeleted,
  corruptedBackup,
  writerLost,
];
