import pg from 'pg';
import { readInsightsConfiguration } from '../../../lambda/query-insights/configuration';
import type { InsightsSettings } from '../../../lambda/query-insights/finding';
import type { InsightsReport } from '../../../lambda/query-insights/report';
import { runInsights } from '../../../lambda/query-insights/run-insights';
import { connectServers } from '../../../lambda/query-insights/servers';
import type { ObjectStore } from '../../../lambda/shared/object-store';
import type { DataTier } from '../../local';
import { environmentOf, startServiceData } from '../../service/rig/local-service';

/** Objects in memory, with versions as S3 has them. */
class MemoryStore implements ObjectStore {
  public readonly objects = new Map<string, string>();
  private readonly versions = new Map<string, number>();

  public async get(key: string) {
    const body = this.objects.get(key);
    return body === undefined ? undefined : { body, version: `${this.versions.get(key)}` };
  }

  public async put(key: string, body: string): Promise<void> {
    this.objects.set(key, body);
    this.versions.set(key, (this.versions.get(key) ?? 0) + 1);
  }

  public async replace(key: string, body: string, expected: string | undefined): Promise<void> {
    if (`${this.versions.get(key) ?? ''}` !== (expected ?? '')) throw new Error('PreconditionFailed');
    await this.put(key, body);
  }
}

/** A data tier whose servers count statements, and query insights that looks at it. */
export class InsightsRig {
  public readonly store = new MemoryStore();
  /** Lines that were written, metrics all of them. */
  public readonly lines: string[] = [];
  /** Time of the last look, in milliseconds since the epoch. */
  public now = Date.now();

  /** How many of them the last look wrote. */
  public linesOfLastLook = 0;

  private constructor(public readonly tier: DataTier) {}

  public static async start(items: number, events: number): Promise<InsightsRig> {
    const settings = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'all' };
    return new InsightsRig(await startServiceData({ replicas: 1, items, events, settings }));
  }

  /** Looks once; `daysLater` than the last time, or five minutes. */
  public async look(settings: Partial<InsightsSettings> = {}, daysLater = 1 / 288): Promise<InsightsReport> {
    this.now += daysLater * 86_400_000;
    const environment = { ...environmentOf(this.tier), DATABASE_USER: 'app_monitor' };
    const configuration = readInsightsConfiguration(environment);
    const servers = await connectServers(configuration);
    const before = this.lines.length;
    try {
      const report = await runInsights(new Date(this.now), {
        servers,
        store: this.store,
        settings: { ...configuration, ...settings },
        metricsNamespace: 'Headroom/Test',
        write: (line) => this.lines.push(line),
      });
      if (report === undefined) throw new Error('this window was looked at before');
      return report;
    } finally {
      this.linesOfLastLook = this.lines.length - before;
      await servers.close();
    }
  }

  /** A connection as the service's role: to the primary, or to the replica. */
  public async connect(to: 'primary' | 'replica' = 'primary', user = 'app_rw'): Promise<pg.Client> {
    const { host, port } = to === 'primary' ? this.tier.primary : (this.tier.replicas[0] ?? this.tier.primary);
    const client = new pg.Client({ host, port, user, database: this.tier.credentials.database });
    await client.connect();
    return client;
  }
}
