import { type DataConfiguration, dataProblems, dataRows } from '../../service/src/data-configuration';
import { type Rows, readEnvironment } from '../../service/src/environment';
import type { InsightsSettings } from './finding';

/** How to reach the database, and what counts as a finding. */
export type InsightsConfiguration = DataConfiguration & InsightsSettings;

const rows: Rows<InsightsConfiguration> = {
  ...dataRows,
  slowMs: { variable: 'SLOW_QUERY_MS', kind: 'number', min: 1, max: 60_000, default: 50 },
  longTransactionSeconds: { variable: 'LONG_TRANSACTION_SECONDS', kind: 'integer', min: 1, max: 86_400, default: 300 },
  unusedIndexDays: { variable: 'UNUSED_INDEX_DAYS', kind: 'integer', min: 1, max: 365, default: 30 },
  // The upkeep makes three months every day: with less than two it has failed for weeks.
  partitionMonthsAhead: { variable: 'PARTITION_MONTHS_WANTED', kind: 'integer', min: 1, max: 24, default: 2 },
};

/** @throws InvalidEnvironmentError naming every variable that is wrong */
export function readInsightsConfiguration(environment: NodeJS.ProcessEnv): InsightsConfiguration {
  return readEnvironment(environment, rows, dataProblems);
}
