import { EventEmitter, once } from 'node:events';
import type { ServerAddress } from './database';
import { Monitor, type MonitorOptions } from './monitor';
import { type ResolvedOptions, replicaAddresses } from './options';
import { PositionHistory } from './position-history';
import type { Observation, Replication } from './replication';
import { replicationOf } from './replication';
import { Server } from './server';

const READY_TIMEOUT_MILLIS = 1_000;

/** Which servers there are, who is the primary, and how new everyone's data is. */
export class Topology {
  private readonly servers = new Map<string, { readonly server: Server; readonly monitor: Monitor }>();
  /** Every server, whatever its role. */
  public all: readonly Server[] = [];
  private readonly changes = new EventEmitter();
  private readonly history = new PositionHistory();
  private readonly monitoring: MonitorOptions;
  /** One endpoint in front of several replicas: it is as new as the least of them. */
  private readonly endpoint: string | undefined;
  private current: Server;
  private timeline = 0;
  private failoverCount = 0;
  private closed: Promise<void> | undefined;

  public constructor(private readonly options: ResolvedOptions) {
    this.changes.setMaxListeners(0);
    this.monitoring = {
      credentials: options.credentials,
      intervalMillis: options.pollIntervalMillis,
      flavour: options.flavour,
      observed: (server, observation) => this.observed(server, observation),
      lost: (server) => this.lost(server),
    };
    const { replicas } = options;
    this.endpoint = 'endpoint' in replicas ? replicas.endpoint.name : undefined;
    this.current = this.add(options.primary);
    this.current.role = 'primary';
    for (const replica of replicaAddresses(options)) this.add(replica);
  }

  /** The server that takes writes, as far as known. */
  public get primary(): Server {
    return this.current;
  }

  private get replicas(): readonly Server[] {
    return this.all.filter(({ role }) => role === 'replica');
  }

  public get failovers(): number {
    return this.failoverCount;
  }

  /** How this kind of PostgreSQL says where it is; `vanilla` until a server was asked. */
  public get replication(): Replication {
    return replicationOf[this.monitoring.flavour ?? 'vanilla'];
  }

  /** Resolves when every server was asked, and those that answered are known well enough to be used. */
  public async ready(): Promise<void> {
    const monitors = [...this.servers.values()].map(({ monitor }) => monitor);
    await Promise.all(monitors.map((monitor) => monitor.ready()));
    // A replica that answered before the primary did cannot be compared with it yet.
    const deadline = performance.now() + READY_TIMEOUT_MILLIS;
    while (this.replicas.some((replica) => replica.lagMillis() === undefined)) {
      const left = deadline - performance.now();
      if (left <= 0) return;
      for (const monitor of monitors) monitor.hurry();
      await this.changed(left);
    }
  }

  /** Something is wrong with `server`: everyone is asked again now. */
  public suspect(server: Server): void {
    server.forget();
    for (const { monitor } of this.servers.values()) monitor.hurry();
  }

  /** Resolves when anything was learnt about any server, or after `millis`. */
  public async changed(millis: number): Promise<void> {
    await once(this.changes, 'change', { signal: AbortSignal.timeout(Math.max(1, Math.ceil(millis))) }).catch(() => {});
  }

  public setReplicas(addresses: readonly ServerAddress[]): void {
    const kept = new Set(addresses.map(({ name }) => name));
    for (const { server } of [...this.servers.values()]) {
      if (server !== this.current && !kept.has(server.name)) this.remove(server);
    }
    for (const address of addresses) if (!this.servers.has(address.name)) this.add(address);
  }

  /** May be called again: the second call waits for the first. */
  public close(): Promise<void> {
    this.closed ??= this.closeAll();
    return this.closed;
  }

  private async closeAll(): Promise<void> {
    const servers = [...this.servers.values()];
    await Promise.all(servers.map(({ monitor }) => monitor.close()));
    await Promise.all(servers.map(({ server }) => server.pool.close()));
  }

  private add(address: ServerAddress): Server {
    const server = new Server(address, this.options);
    this.servers.set(address.name, { server, monitor: new Monitor(server, this.monitoring) });
    this.all = [...this.all, server];
    return server;
  }

  private remove(server: Server): void {
    const entry = this.servers.get(server.name);
    this.servers.delete(server.name);
    this.all = this.all.filter((one) => one !== server);
    // Statements that run on it finish; nobody waits for that.
    void entry?.monitor.close().then(() => server.pool.close());
  }

  private observed(server: Server, observation: Observation): void {
    if (observation.standby || server.name === this.endpoint) this.observedReplica(server, observation);
    else this.observedPrimary(server, observation);
    for (const { name, lagMillis, upToMillis } of observation.readers ?? []) {
      const reader = this.servers.get(name)?.server;
      if (reader?.role === 'replica') reader.learn({ lagMillis, upToMillis, at: performance.now() });
    }
    this.changes.emit('change');
  }

  private observedPrimary(server: Server, { timeline = 0, position, leastReplayed, readers }: Observation): void {
    // Someone else was promoted after this one: it came back, and must not take writes.
    if (timeline < this.timeline) {
      server.role = 'unknown';
      server.forget();
      return;
    }
    if (server !== this.current) {
      this.current.role = 'unknown';
      this.failoverCount += 1;
      this.options.metrics.count('db_failovers_total', { database: this.options.credentials.database });
    }
    this.timeline = timeline;
    this.current = server;
    server.role = 'primary';
    server.breaker.succeeded();
    server.forget();
    const now = performance.now();
    if (position !== undefined) this.history.add(position, now);
    this.learnEndpoint(leastReplayed, readers, now);
  }

  private observedReplica(server: Server, { position }: Observation): void {
    if (server === this.current) {
      // It was demoted or is starting; writes wait until someone says that it is the primary.
      server.forget();
      return;
    }
    server.role = 'replica';
    server.breaker.retry();
    if (server.name === this.endpoint || position === undefined) return;
    const now = performance.now();
    const lagMillis = this.history.lagMillis(position, now);
    if (lagMillis !== undefined) server.learn({ position, lagMillis, at: now });
  }

  private learnEndpoint(least: bigint | undefined, readers: Observation['readers'], now: number): void {
    const server = this.endpoint === undefined ? undefined : this.servers.get(this.endpoint)?.server;
    if (server === undefined) return;
    if (least !== undefined) {
      const lagMillis = this.history.lagMillis(least, now);
      if (lagMillis !== undefined) server.learn({ position: least, lagMillis, at: now });
    } else if (readers !== undefined && readers.length > 0) {
      const lagMillis = Math.max(...readers.map((reader) => reader.lagMillis));
      server.learn({ lagMillis, upToMillis: Math.min(...readers.map((reader) => reader.upToMillis)), at: now });
    }
  }

  private lost(server: Server): void {
    server.lost();
    this.changes.emit('change');
  }
}
