import { type DataConfiguration, dataProblems, dataRows } from './data-configuration';
import { type Rows, readEnvironment } from './environment';
import { type LoggingConfiguration, loggingRows } from './logging-configuration';

/** Settings of the program that owns the schema. Its `DATABASE_USER` is the owner, not the service's role. */
export interface MaintenanceConfiguration extends DataConfiguration, LoggingConfiguration {
  readonly partitionMonthsAhead: number;
  readonly eventRetentionMonths: number;
}

const rows: Rows<MaintenanceConfiguration> = {
  ...dataRows,
  ...loggingRows,
  partitionMonthsAhead: { variable: 'PARTITION_MONTHS_AHEAD', kind: 'integer', min: 1, max: 24, default: 3 },
  eventRetentionMonths: { variable: 'EVENT_RETENTION_MONTHS', kind: 'integer', min: 1, max: 120, default: 13 },
};

/** @throws InvalidEnvironmentError naming every variable that is wrong */
export function readMaintenanceConfiguration(environment: NodeJS.ProcessEnv): MaintenanceConfiguration {
  return readEnvironment(environment, rows, dataProblems);
}
