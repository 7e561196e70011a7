import { type DatabaseCapacity, smallestMaxConnections } from './database-capacity';

/** Processes of one kind that hold connections through the pool. */
export interface PoolClient {
  /** How they are called in the sum, such as `service`. */
  readonly name: string;

  /** Most of them at a time: the most tasks of a service, or the reserved concurrency of a function. */
  readonly processes: number;

  /**
   * Connections that one of them holds, to the writer and to the readers together: when the readers are lost, the
   * writer takes both.
   */
  readonly connections: number;
}

/** Who may hold how many connections at the same time, and what there is. */
export interface ConnectionBudget {
  readonly clients: readonly PoolClient[];

  /** Share of `max_connections` that the pool may use. */
  readonly maxConnectionsPercent: number;

  /** Size of the instances; counted where it is smallest. */
  readonly capacity: DatabaseCapacity;
}

/** The connections that everyone together may hold. */
function connectionsNeeded({ clients }: ConnectionBudget): number {
  return clients.reduce((sum, { processes, connections }) => sum + processes * connections, 0);
}

/** The connections that the pool may open to an instance where its capacity is smallest. */
function connectionsAvailable({ capacity, maxConnectionsPercent }: ConnectionBudget): number {
  return Math.floor((smallestMaxConnections(capacity).connections * maxConnectionsPercent) / 100);
}

/** A problem with the sum written out when more connections may be needed than there are. */
export function connectionBudgetProblems(budget: ConnectionBudget): string[] {
  const needed = connectionsNeeded(budget);
  const available = connectionsAvailable(budget);
  if (needed <= available) return [];
  const { connections, of } = smallestMaxConnections(budget.capacity);
  const sum = budget.clients.map((client) => `${client.name} ${client.processes} × ${client.connections}`).join(' + ');
  return [
    `connections must fit into the pool, got ${sum} = ${needed} of ${available} ` +
      `(${budget.maxConnectionsPercent} % of max_connections ${connections} at ${of}); ` +
      'allow fewer tasks, executions or connections each, or choose a larger instance',
  ];
}
