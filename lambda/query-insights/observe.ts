import type { IndexRow } from '../../runtime/insights';
import {
  type PartitionRow,
  readIndexes,
  readPartitions,
  readTables,
  readTransactions,
  type TableRow,
  type TransactionRow,
} from './read-schema';
import { readCounters, type StatementCounters } from './read-statements';
import type { MonitoredServer, Servers } from './servers';

/** What one server said. */
interface ServerObservation {
  readonly name: string;
  readonly counters: readonly StatementCounters[];
  readonly indexes: readonly IndexRow[];
  readonly transactions: readonly TransactionRow[];
  readonly tables: readonly TableRow[];
}

type Scans = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What all servers said; the schema is that of the writer. */
export interface Observation {
  readonly servers: readonly ServerObservation[];
  readonly gaps: readonly string[];
  readonly tables: readonly TableRow[];
  readonly indexes: readonly IndexRow[];
  readonly partitions: readonly PartitionRow[];
  /** Sequential scans so far, by server and table. */
  readonly scans: Scans;
  /** Sequential scans since then, by table; partitions count for their parent. */
  scansSince(before: Scans): ReadonlyMap<string, number>;
}

export async function observe({ reached, gaps }: Pick<Servers, 'reached' | 'gaps'>): Promise<Observation> {
  const servers = await Promise.all(reached.map(observeServer));
  const [writer] = reached;
  const { tables = [], indexes = [] } = servers[0] ?? {};
  const scans = Object.fromEntries(
    servers.map((server) => [
      server.name,
      Object.fromEntries(server.tables.map(({ name, sequentialScans }) => [name, sequentialScans])),
    ]),
  );
  return {
    servers,
    gaps,
    tables,
    indexes,
    partitions: writer === undefined ? [] : await readPartitions(writer.client),
    scans,
    scansSince: (before) => scansSince(servers, before),
  };
}

async function observeServer({ name, client }: MonitoredServer): Promise<ServerObservation> {
  return {
    name,
    counters: await readCounters(client),
    indexes: await readIndexes(client),
    transactions: await readTransactions(client),
    tables: await readTables(client),
  };
}

function scansSince(servers: readonly ServerObservation[], before: Scans): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { name: server, tables } of servers) {
    // The first look at a server says nothing about since when.
    if (before[server] === undefined) continue;
    for (const { name, parent, sequentialScans } of tables) {
      const last = before[server]?.[name] ?? 0;
      const table = parent ?? name;
      const since = sequentialScans - (sequentialScans < last ? 0 : last);
      sums.set(table, (sums.get(table) ?? 0) + since);
    }
  }
  return sums;
}
