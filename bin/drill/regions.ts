import { FaultProxy } from '../../test/local';
import { caughtUp, startPostgresCluster } from '../../test/local/postgres-cluster';
import { APPLICATION, type PostgresServer } from '../../test/local/postgres-server';
import { openRig } from '../../test/local/rig';

export type RegionName = 'home' | 'away';

/** Two PostgreSQL servers that play the clusters of a global database, and the line between them. */
export class Regions {
  /** When `home` was lost, in milliseconds since the epoch. */
  public lostAt: number | undefined;

  /** When `away` became a writer of its own, in milliseconds since the epoch. */
  public promotedAt: number | undefined;

  /** Whether the control plane reaches `home`. */
  public homeReachable = true;

  private fenceHome = false;

  private constructor(
    public readonly home: PostgresServer,
    public readonly away: PostgresServer,
    /** Log is shipped through here. */
    public readonly line: FaultProxy,
    private readonly close: () => Promise<void>,
  ) {}

  /** @param settings of `postgresql.conf`, over the rig's own */
  public static async start(settings: Readonly<Record<string, string>> = {}): Promise<Regions> {
    const rig = openRig();
    try {
      const { primary, replicas } = await startPostgresCluster(rig, { replicas: 1, synchronous: false, settings });
      const [away] = replicas;
      if (away === undefined) throw new Error('a global database has two clusters');
      await primary.query(TABLE);
      const line = await FaultProxy.start(primary);
      await away.follow(line);
      await caughtUp(primary, [away]);
      return new Regions(primary, away, line, async () => {
        line.stop();
        await rig.reaper.close();
      });
    } catch (error) {
      await rig.reaper.close();
      throw error;
    }
  }

  public server(name: RegionName): PostgresServer {
    return name === 'home' ? this.home : this.away;
  }

  /** Where the global database has its writer. */
  public async writer(): Promise<RegionName> {
    return (await this.away.inRecovery()) ? 'home' : 'away';
  }

  /** The host of `home` is gone. */
  public async loseHome(): Promise<void> {
    this.lostAt = Date.now();
    this.homeReachable = false;
    await this.home.kill();
    this.line.cut();
  }

  /** `home` goes on, and neither the other region nor the control plane reaches it. */
  public async partition(): Promise<void> {
    this.lostAt = Date.now();
    this.homeReachable = false;
    await this.line.inject({ blackHole: true });
  }

  /** The control plane reaches `home` again, and does what it could not do before. */
  public async heal(): Promise<void> {
    this.homeReachable = true;
    if (this.fenceHome) await this.fence(this.home);
  }

  /** Nobody writes there any more: what Aurora does to the old writer. */
  public async fence(server: PostgresServer): Promise<void> {
    await server.query(`ALTER ROLE ${APPLICATION} NOLOGIN`);
    await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [APPLICATION]);
  }

  /** Planned: nobody writes, nothing is missing, the roles change. */
  public async switchOver(to: RegionName): Promise<void> {
    if ((await this.writer()) === to) return;
    const [target, source] = [this.server(to), this.server(to === 'home' ? 'away' : 'home')];
    await this.fence(source);
    await caughtUp(source, [target]);
    await source.stop('fast');
    await target.promote();
    await target.query(`ALTER ROLE ${APPLICATION} LOGIN`);
    await source.follow(target);
    await source.start();
  }

  /** `away` takes writes with what it has; `home` is fenced as soon as it can be reached. */
  public async detachAndPromote(): Promise<void> {
    if (!(await this.away.inRecovery())) return;
    this.fenceHome = true;
    if (this.homeReachable) await this.fence(this.home);
    await this.away.promote();
    // A switch-over that was cut short may have fenced this side too: roles are shipped like rows.
    await this.away.query(`ALTER ROLE ${APPLICATION} LOGIN`);
    this.promotedAt = Date.now();
  }

  public async stop(): Promise<void> {
    await this.close();
  }
}

/** What clients write: the content follows from the number, so anybody can say what a row must be. */
const TABLE = `
  CREATE TABLE orders (id bigint PRIMARY KEY, content text NOT NULL, updated_at timestamptz NOT NULL DEFAULT now());
  ALTER TABLE orders OWNER TO ${APPLICATION}`;
