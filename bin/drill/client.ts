import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Edge } from './edge';
import type { RegionName, Regions } from './regions';

/** A write that the client was told has happened. */
export interface Acknowledged {
  readonly id: number;
  readonly region: RegionName;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What row `id` must say. */
export const contentOf = (id: number): string => createHash('sha256').update(`order ${id}`).digest('hex');

/** Viewers who write through the edge, and remember what they were told: the drill's independent witness. */
export class Client {
  public readonly acknowledged: Acknowledged[] = [];
  /** Writes without an answer: they may have happened. */
  public readonly unknown = new Set<number>();
  public refused = 0;

  private next = 1;
  private running = true;
  private readonly writers: readonly Promise<void>[];

  public constructor(
    private readonly edge: Edge,
    private readonly regions: Regions,
    writers = 2,
  ) {
    this.writers = Array.from({ length: writers }, () => this.write());
  }

  /** Waits until a region has acknowledged so many writes more. */
  public async writes(region: RegionName, count: number): Promise<void> {
    const so = () => this.acknowledged.filter((write) => write.region === region).length;
    const wanted = so() + count;
    for (const deadline = Date.now() + 60_000; so() < wanted; await sleep(5)) {
      if (Date.now() > deadline) throw new Error(`${region} has acknowledged ${so()} of ${wanted} writes after 60 s`);
    }
  }

  public async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.writers);
  }

  private async write(): Promise<void> {
    const connections = new Map<RegionName, pg.Client>();
    while (this.running) {
      const region = this.edge.route('POST');
      if (region === 'refused') {
        this.refused += 1;
        await sleep(10);
        continue;
      }
      const connection = connections.get(region) ?? (await connect(this.regions.server(region).url));
      if (connection === undefined) {
        await sleep(20);
        continue;
      }
      connections.set(region, connection);
      if (!(await this.insert(connection, region))) {
        connections.delete(region);
        connection.end().catch(() => {});
      }
    }
    await Promise.allSettled([...connections.values()].map((connection) => connection.end()));
  }

  private async insert(connection: pg.Client, region: RegionName): Promise<boolean> {
    const id = this.next++;
    this.unknown.add(id);
    try {
      await connection.query('INSERT INTO orders (id, content) VALUES ($1, $2)', [id, contentOf(id)]);
    } catch {
      return false;
    }
    this.unknown.delete(id);
    this.acknowledged.push({ id, region, at: Date.now() });
    await sleep(2);
    return true;
  }
}

async function connect(connectionString: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch {
    return undefined;
  }
}
