/** Memory of the instance classes that the platform knows, in GiB. */
export const INSTANCE_MEMORY_GIB = {
  't4g.medium': 4,
  't4g.large': 8,
  'r6g.large': 16,
  'r6g.xlarge': 32,
  'r6g.2xlarge': 64,
  'r6g.4xlarge': 128,
  'r7g.large': 16,
  'r7g.xlarge': 32,
  'r7g.2xlarge': 64,
  'r7g.4xlarge': 128,
  'r8g.large': 16,
  'r8g.xlarge': 32,
  'r8g.2xlarge': 64,
  'r8g.4xlarge': 128,
} as const;

/** An instance class without its `db.` prefix, such as `r8g.large`. */
export type InstanceClass = keyof typeof INSTANCE_MEMORY_GIB;

/** Memory that comes with one Aurora capacity unit, in GiB. */
const GIB_PER_ACU = 2;

/**
 * What Aurora PostgreSQL sets `max_connections` to, by memory in GiB. The formula is
 * `LEAST(DBInstanceClassMemory / 9531392, 5000)`, and `DBInstanceClassMemory` is what the service leaves of the memory;
 * so these are the values that AWS publishes for 1, 4, 8, 16 and 32 ACU, with nothing left to guess.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html#aurora-serverless-v2.max-connections
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html#AuroraPostgreSQL.Managing.MaxConnections
 */
const PUBLISHED: readonly (readonly [gib: number, connections: number])[] = [
  [2, 189],
  [8, 823],
  [16, 1669],
  [32, 3360],
  [64, 5000],
];

/** With a floor of 0 or 0.5 ACU, Aurora sets `max_connections` no higher than this, whatever the ceiling. */
const CAP_OF_A_LOW_FLOOR = 2000;

/** The default `max_connections` of an instance with this much memory: exact where published, linear in between. */
export function maxConnectionsOfMemory(gib: number): number {
  const upper = Math.max(
    1,
    PUBLISHED.findIndex(([memory]) => memory >= gib),
  );
  const [low, high] = [PUBLISHED[upper - 1], PUBLISHED[upper]];
  const last = PUBLISHED.at(-1);
  if (last === undefined || low === undefined || high === undefined || gib >= last[0]) return last?.[1] ?? 0;
  const slope = (high[1] - low[1]) / (high[0] - low[0]);
  return Math.floor(low[1] + slope * (gib - low[0]));
}

/** The default `max_connections` of a provisioned instance. */
export function maxConnectionsOfClass(instanceClass: InstanceClass): number {
  return maxConnectionsOfMemory(INSTANCE_MEMORY_GIB[instanceClass]);
}

/** The `max_connections` that Aurora sets for a capacity range. It follows the ceiling and stays while capacity moves. */
export function maxConnectionsOfRange(minAcu: number, maxAcu: number): number {
  const byCeiling = maxConnectionsOfMemory(maxAcu * GIB_PER_ACU);
  return minAcu <= 0.5 ? Math.min(byCeiling, CAP_OF_A_LOW_FLOOR) : byCeiling;
}

/**
 * The connections that fit into the memory at the floor of a capacity range, and never more than Aurora allows for the
 * range: a pool that needs more keeps the instance from scaling down, or runs it out of memory when it has.
 */
export function connectionsAtFloor(minAcu: number, maxAcu: number): number {
  const floor = Math.max(minAcu, 0.5);
  return Math.min(maxConnectionsOfMemory(floor * GIB_PER_ACU), maxConnectionsOfRange(minAcu, maxAcu));
}
