import type { Command } from 'commander';
import { cacheReportCommand } from './cache-report';
import { costCommand } from './cost';
import { dashboardPictureCommand } from './dashboard-picture';
import { docsCommand } from './docs';
import { drillCommand } from './drill';
import { grafanaCommand } from './grafana';
import { loadCommand } from './load';
import { localCommand } from './local';
import { pricesCommand } from './prices';
import { profileCommand } from './profile';
import { rehearseCommand } from './rehearse';
import { reviewCommand } from './review';
import { snapshotsCommand } from './snapshots';
import { summaryCommand } from './summary';
import { usageCommand } from './usage';

/** Every command of `headroom`, in the order in which `--help` shows them. */
export function commands(): readonly Command[] {
  return [
    summaryCommand(),
    reviewCommand(),
    costCommand(),
    usageCommand(),
    cacheReportCommand(),
    rehearseCommand(),
    pricesCommand(),
    snapshotsCommand(),
    docsCommand(),
    grafanaCommand(),
    dashboardPictureCommand(),
    localCommand(),
    loadCommand(),
    drillCommand(),
    profileCommand(),
  ];
}
