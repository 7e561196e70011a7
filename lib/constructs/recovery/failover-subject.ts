/** The region that the program moves the platform to. */
export interface FailoverTarget {
  readonly region: string;

  /** Identifier of its cluster in the global database. */
  readonly databaseCluster: string;

  /** ARN of the same. */
  readonly databaseClusterArn: string;

  /** Class of the instance that the cluster gets when it has none, such as `db.r8g.large`. */
  readonly databaseInstanceClass: string;

  /** Name of its connection pool (RDS Proxy). */
  readonly connectionPool: string;

  /** Names of the secrets that are replicated to it. */
  readonly secrets: readonly string[];

  /** Name of the ECS cluster. */
  readonly serviceCluster: string;

  /** Name of the ECS service. */
  readonly service: string;

  /** Tasks that carry the whole traffic. */
  readonly tasks: number;

  /** Tasks while it stands by. */
  readonly idleTasks: number;
}

/** The region that the program moves the platform away from. */
export interface FailoverOrigin {
  readonly region: string;

  /** ARN of its cluster in the global database. */
  readonly databaseClusterArn: string;
}

/** What the steps are about. */
export interface FailoverSubject {
  readonly from: FailoverOrigin;
  readonly to: FailoverTarget;

  /** Identifier of the Aurora global database. */
  readonly globalCluster: string;

  /** ARN of the key-value store of the edge functions. */
  readonly keyValueStoreArn: string;

  /** ARN of the function that asks the site for data, as a viewer does. */
  readonly probeArn: string;

  /** Replication lag that a graceful move starts with at most. */
  readonly maxLagSeconds: number;

  /** Until every edge location has a new flag, and the longest request that began before it has ended. */
  readonly drainSeconds: number;
}
