import { type MigrationClient, migrate, migrations } from '../migrations';
import { maintainPartitions, type PartitionPlan, type PartitionReport } from './events/partitions';

/** What one run of the upkeep did. */
export interface UpkeepReport {
  /** Ids of the migrations that this run applied. */
  readonly applied: readonly string[];
  /** Absent when another run keeps the partitions at the moment. */
  readonly partitions: PartitionReport | undefined;
}

/** Brings the schema up to date and the monthly partitions in order. Safe to run twice, and by several at once. */
export async function schemaUpkeep(client: MigrationClient, plan: PartitionPlan, now: Date): Promise<UpkeepReport> {
  const applied = await migrate(client, migrations);
  return { applied, partitions: await maintainPartitions(client, now, plan) };
}
