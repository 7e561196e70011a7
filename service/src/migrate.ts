import pg from 'pg';
import { createLogger } from './logging';
import { readMaintenanceConfiguration } from './maintenance-configuration';
import { ownerConnection } from './owner-connection';
import { EXIT, runProgram } from './run-program';
import { schemaUpkeep } from './schema-upkeep';

/**
 * Brings the schema up to date and the monthly partitions in order, then ends: run before the service in every task
 * (several at once are fine) and on a schedule. Exit code 0 when there is nothing left to do, 2 for a wrong environment.
 */
async function main(): Promise<number> {
  const configuration = readMaintenanceConfiguration(process.env);
  const logger = createLogger(configuration);
  const client = new pg.Client(ownerConnection(configuration));
  await client.connect();
  try {
    const plan = {
      monthsAhead: configuration.partitionMonthsAhead,
      retentionMonths: configuration.eventRetentionMonths,
    };
    const { applied, partitions } = await schemaUpkeep(client, plan, new Date());
    logger.info({ applied }, 'schema is up to date');
    logger.info(
      partitions ?? {},
      partitions === undefined ? 'partitions are being kept by another' : 'partitions are in order',
    );
    return EXIT.fine;
  } finally {
    await client.end();
  }
}

runProgram(main);
