import { type MigrationClient, migrate, migrations } from '../migrations';
import { maintainPartitions, type PartitionPlan, type PartitionReport } from './events/partitions';

/** What one run of the upkeep did. */
export interface UpkeepReport {
  /** Ids of the migrations that this run applied. */
  readonly applied: readonly string[];
  /** Absent when another run keeps the partitions at the moment. */
  readonly partitions: PartitionReport | undefined;
  /** Keys of effects that no message can ask for any more. */
  readonly forgottenKeys: number;
}

/** Longer than any message lives: 14 days in a queue or among the dead letters. */
const FORGET_KEYS = `
  WITH forgotten AS (DELETE FROM job_keys WHERE created_at < now() - interval '30 days' RETURNING 1)
  SELECT count(*)::integer AS keys FROM forgotten`;

/** Brings the schema up to date and the monthly partitions in order. Safe to run twice, and by several at once. */
export async function schemaUpkeep(client: MigrationClient, plan: PartitionPlan, now: Date): Promise<UpkeepReport> {
  const applied = await migrate(client, migrations);
  const partitions = await maintainPartitions(client, now, plan);
  const { rows } = await client.query(FORGET_KEYS);
  const [{ keys } = { keys: 0 }] = rows as { readonly keys: number }[];
  return { applied, partitions, forgottenKeys: keys };
}
