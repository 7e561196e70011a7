import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, connectionConfig, withDeadline } from './connection';
import { DatabaseUnavailableError } from './errors';
import type { Credentials } from './options';
import { FLAVOUR_PROBE, type Flavour, type Observation, replicationOf } from './replication';
import type { Server } from './server';

export interface MonitorOptions {
  readonly credentials: Credentials;
  readonly intervalMillis: number;
  /** Absent until any server has been asked. */
  flavour: Flavour | undefined;
  observed(server: Server, observation: Observation): void;
  lost(server: Server): void;
}

/** A server that takes longer than this to answer a probe, twice in a row, is lost. */
const PROBE_TIMEOUT_MILLIS = 1_000;

/** Asks one server again and again, on a connection of its own, so that a full pool hides nothing. */
export class Monitor {
  private connection: Connection | undefined;
  private readonly closing = new AbortController();
  private wake = new AbortController();
  private timeouts = 0;
  private readonly asked: Promise<void>;
  private readonly loop: Promise<void>;

  public constructor(
    private readonly server: Server,
    private readonly options: MonitorOptions,
  ) {
    const first = this.poll();
    this.asked = first;
    this.loop = this.run(first);
  }

  /** Resolves when the server was asked once, whatever it answered. */
  public ready(): Promise<void> {
    return this.asked;
  }

  /** Asks now instead of at the next interval. */
  public hurry(): void {
    this.wake.abort();
  }

  public async close(): Promise<void> {
    this.closing.abort();
    this.hurry();
    this.disconnect();
    await this.loop;
  }

  private async run(first: Promise<void>): Promise<void> {
    await first;
    while (!this.closing.signal.aborted) {
      // A new controller first: a `hurry` during the poll counts for the next wait.
      await sleep(this.options.intervalMillis, undefined, { signal: this.wake.signal, ref: false }).catch(() => {});
      this.wake = new AbortController();
      if (!this.closing.signal.aborted) await this.poll();
    }
    this.disconnect();
  }

  private async poll(): Promise<void> {
    try {
      const connection = await this.connect();
      const observation = await withDeadline(connection, PROBE_TIMEOUT_MILLIS, this.late, () => this.ask(connection));
      this.timeouts = 0;
      this.server.pool.report();
      this.options.observed(this.server, observation);
    } catch (error) {
      this.disconnect();
      this.timeouts += error instanceof DatabaseUnavailableError ? 1 : 2;
      if (this.timeouts >= 2 && !this.closing.signal.aborted) this.options.lost(this.server);
    }
  }

  private readonly late = (): Error =>
    new DatabaseUnavailableError(`${this.server.name} did not answer within ${PROBE_TIMEOUT_MILLIS} ms`);

  private async connect(): Promise<Connection> {
    if (this.connection !== undefined) return this.connection;
    const { credentials } = this.options;
    const connection = new Connection(connectionConfig(this.server.address, credentials, PROBE_TIMEOUT_MILLIS));
    this.connection = connection;
    await connection.connect();
    return connection;
  }

  private async ask(connection: Connection): Promise<Observation> {
    if (this.options.flavour === undefined) {
      const { rows } = await connection.query<{ aurora: boolean }>(FLAVOUR_PROBE);
      this.options.flavour = rows[0]?.aurora === true ? 'aurora' : 'vanilla';
    }
    const replication = replicationOf[this.options.flavour];
    const { rows } = await connection.query<Record<string, unknown>>(replication.probe);
    return replication.parse(rows[0] ?? {});
  }

  private disconnect(): void {
    this.connection?.abort(new DatabaseUnavailableError(`the monitor of ${this.server.name} lost its connection`));
    this.connection = undefined;
  }
}
