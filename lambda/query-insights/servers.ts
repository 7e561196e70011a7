import pg from 'pg';
import { type DataConfiguration, readers } from '../../service/src/data-configuration';
import { ownerConnection } from '../../service/src/owner-connection';
import type { MonitorClient } from './read-statements';

/** A server that answers, connected as the monitor. */
export interface MonitoredServer {
  readonly name: string;
  readonly replica: boolean;
  readonly client: MonitorClient;
}

/** The servers of a cluster: those that answer, and why the others do not. */
export interface Servers {
  readonly reached: readonly MonitoredServer[];
  readonly gaps: readonly string[];
  close(): Promise<void>;
}

interface Address {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

const CONNECT_MS = 5_000;
const IS_AURORA = "SELECT EXISTS (SELECT FROM pg_proc WHERE proname = 'aurora_version') AS aurora";
const AURORA_READERS = `
  SELECT server_id AS name FROM aurora_replica_status()
  WHERE session_id <> 'MASTER_SESSION_ID' AND last_update_timestamp > now() - interval '5 minutes'`;

/**
 * Connects to the writer and to each reader by itself, not through a pool: each keeps statistics of its own.
 *
 * @throws when the writer does not answer
 */
export async function connectServers(configuration: DataConfiguration): Promise<Servers> {
  const clients: pg.Client[] = [];
  const close = async (): Promise<void> => void (await Promise.allSettled(clients.map((client) => client.end())));
  const connect = async ({ host, port }: Omit<Address, 'name'>): Promise<pg.Client> => {
    const login = ownerConnection({ ...configuration, databaseHost: host, databasePort: port });
    const client = new pg.Client({ ...login, connectionTimeoutMillis: CONNECT_MS, application_name: 'query-insights' });
    // A server that goes away fails the statement that runs; the event of its own has nobody else to hear it.
    client.on('error', () => {});
    await client.connect();
    clients.push(client);
    // Bounds of partitions are written in the time zone of the session.
    await client.query("SET TimeZone = 'UTC'");
    return client;
  };
  try {
    const writer = await connect({ host: configuration.databaseHost, port: configuration.databasePort });
    const reached: MonitoredServer[] = [{ name: 'writer', replica: false, client: writer }];
    const gaps: string[] = [];
    for (const address of await readersOf(writer, configuration)) {
      try {
        reached.push({ name: address.name, replica: true, client: await connect(address) });
      } catch (error) {
        gaps.push(`${address.name} does not answer (${error instanceof Error ? error.message : String(error)})`);
      }
    }
    return { reached, gaps, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Aurora knows its readers, also those that scaling added; elsewhere the configuration names them. */
async function readersOf(writer: pg.Client, configuration: DataConfiguration): Promise<readonly Address[]> {
  const { rows } = await writer.query<{ aurora: boolean }>(IS_AURORA);
  if (rows[0]?.aurora !== true) {
    const given = readers(configuration);
    return given === undefined ? [] : 'endpoint' in given ? [given.endpoint] : given;
  }
  const found = await writer.query<{ name: string }>(AURORA_READERS);
  return found.rows.map(({ name }) => ({
    name,
    host: instanceHost(configuration.databaseHost, name),
    port: configuration.databasePort,
  }));
}

/**
 * Endpoint of an instance, from that of its cluster: `app.cluster-c7tj4example.…` becomes `<instance>.c7tj4example.…`.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html
 */
export function instanceHost(clusterHost: string, instance: string): string {
  return clusterHost.replace(/^[^.]+\.cluster-/, `${instance}.`);
}
