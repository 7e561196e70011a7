import { CacheServer } from './cache-server';
import { caughtUp, startPostgresCluster } from './postgres-cluster';
import { APPLICATION, type PostgresServer } from './postgres-server';
import { openRig } from './rig';

export interface DataTierOptions {
  /**
   * Streaming replicas.
   *
   * @default 2
   */
  readonly replicas?: number;

  /**
   * Whether a commit waits until one replica has it, which stands in for Aurora's shared durable storage. Writes
   * stand still while no replica is up.
   *
   * @default false
   */
  readonly synchronous?: boolean;

  /**
   * Settings of `postgresql.conf` for every server, such as `{ shared_preload_libraries: 'pg_stat_statements' }`.
   *
   * @default - the rig's own
   */
  readonly settings?: Readonly<Record<string, string>>;

  /**
   * Arguments of the cache server, such as `['--maxmemory', '64mb']`; `false` for none.
   *
   * @default - started with its own defaults
   */
  readonly cache?: readonly string[] | false;
}

/** A primary with streaming replicas and a cache server, on free loopback ports. */
export class DataTier {
  /** Role and database that the application uses: no password, no superuser. */
  public readonly credentials = { user: APPLICATION, database: APPLICATION };

  public constructor(
    private currentPrimary: PostgresServer,
    private currentReplicas: readonly PostgresServer[],
    private readonly cacheServer: CacheServer | undefined,
    /** Where the servers keep their data and logs. */
    public readonly folder: string,
    private readonly close: () => Promise<void>,
  ) {}

  /** The server that takes writes; another one after {@link failover}. */
  public get primary(): PostgresServer {
    return this.currentPrimary;
  }

  public get replicas(): readonly PostgresServer[] {
    return this.currentReplicas;
  }

  public get cache(): CacheServer {
    if (this.cacheServer === undefined) throw new Error('this data tier was started with `cache: false`');
    return this.cacheServer;
  }

  /** Waits until every replica shows what the primary has committed so far. */
  public async caughtUp(): Promise<void> {
    await caughtUp(this.primary, this.replicas);
  }

  /**
   * Ends the primary and promotes the replica that has received most; the others follow it.
   *
   * @param how `kill` (-9), or a tidy `stop`
   * @returns the new primary
   */
  public async failover(how: 'kill' | 'stop'): Promise<PostgresServer> {
    await (how === 'kill' ? this.primary.kill() : this.primary.stop('fast'));
    const ranked = await Promise.all(
      this.replicas.map(async (replica) => ({ replica, received: await replica.received() })),
    );
    const [best] = ranked.sort((a, b) => (a.received > b.received ? -1 : 1));
    if (best === undefined) throw new Error('there is no replica to promote');
    const followers = this.replicas.filter((replica) => replica !== best.replica);
    await best.replica.promote();
    for (const follower of followers) await follower.follow(best.replica);
    this.currentPrimary = best.replica;
    this.currentReplicas = followers;
    return best.replica;
  }

  /** Ends every server and removes their data. */
  public async stop(): Promise<void> {
    await this.close();
  }
}

/** Starts the servers; they end with `stop()`, or with this process, however it ends. */
export async function startDataTier(options: DataTierOptions = {}): Promise<DataTier> {
  const rig = openRig();
  const { replicas = 2, synchronous = false, settings = {}, cache = [] } = options;
  try {
    const [cluster, cacheServer] = await Promise.all([
      startPostgresCluster(rig, { replicas, synchronous, settings }),
      cache === false ? undefined : CacheServer.launch(rig, cache),
    ]);
    return new DataTier(cluster.primary, cluster.replicas, cacheServer, rig.folder, () => rig.reaper.close());
  } catch (error) {
    await rig.reaper.close();
    throw error;
  }
}
