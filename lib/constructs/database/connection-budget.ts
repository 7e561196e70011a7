import { type DatabaseCapacity, smallestMaxConnections } from './database-capacity';

/** A function that opens connections of its own. */
export interface FunctionConnections {
  /** How the function is called in the sum. */
  readonly name: string;
  /** Most executions at a time; each one is a process of its own. */
  readonly reservedConcurrency: number;
  /** Connections that one execution holds, writer and readers together. */
  readonly connections: number;
}

/** Who may hold how many connections at the same time, and what there is. */
export interface ConnectionBudget {
  /** Most tasks of the service. */
  readonly maxTasks: number;

  /**
   * Connections that one task holds, its pool to the writer and its pool to the readers together: when the readers are
   * lost, the writer takes both.
   */
  readonly connectionsPerTask: number;

  /** Functions that use the database. */
  readonly functions: readonly FunctionConnections[];

  /** Share of `max_connections` that the pool may use. */
  readonly maxConnectionsPercent: number;

  /** Size of the instances; counted where it is smallest. */
  readonly capacity: DatabaseCapacity;
}

/** The connections that everyone together may hold. */
export function connectionsNeeded({ maxTasks, connectionsPerTask, functions }: ConnectionBudget): number {
  return functions.reduce(
    (sum, { reservedConcurrency, connections }) => sum + reservedConcurrency * connections,
    maxTasks * connectionsPerTask,
  );
}

/** The connections that the pool may open to an instance where its capacity is smallest. */
export function connectionsAvailable({ capacity, maxConnectionsPercent }: ConnectionBudget): number {
  return Math.floor((smallestMaxConnections(capacity).connections * maxConnectionsPercent) / 100);
}

/** A problem with the sum written out when more connections may be needed than there are. */
export function connectionBudgetProblems(budget: ConnectionBudget): string[] {
  const needed = connectionsNeeded(budget);
  const available = connectionsAvailable(budget);
  if (needed <= available) return [];
  const { connections, of } = smallestMaxConnections(budget.capacity);
  const sum = [
    `${budget.maxTasks} tasks × ${budget.connectionsPerTask}`,
    ...budget.functions.map((each) => `${each.name} ${each.reservedConcurrency} × ${each.connections}`),
  ].join(' + ');
  return [
    `connections must fit into the pool, got ${sum} = ${needed} of ${available} ` +
      `(${budget.maxConnectionsPercent} % of max_connections ${connections} at ${of}); ` +
      'allow fewer tasks or fewer connections per task, or choose a larger instance',
  ];
}
