import { setTimeout as sleep } from 'node:timers/promises';
import {
  createDatabase,
  type Database,
  type DatabaseOptions,
  WriteOutcomeUnknownError,
} from '../../../runtime/database';
import { type DataTier, FaultProxy, startDataTier } from '../../local';

/** Reads in a loop on several lanes until told to stop, and keeps what happened. */
class Load {
  public readonly servers: string[] = [];
  public readonly failures: unknown[] = [];
  private running = true;
  private readonly lanes: Promise<void>[];

  public constructor(work: () => Promise<string>, lanes = 8) {
    this.lanes = Array.from({ length: lanes }, () => this.run(work));
  }

  private async run(work: () => Promise<string>): Promise<void> {
    while (this.running) {
      try {
        this.servers.push(await work());
      } catch (error) {
        this.failures.push(error);
      }
    }
  }

  /** Waits until so many more were answered. */
  public async more(count: number): Promise<readonly string[]> {
    const from = this.servers.length;
    while (this.servers.length < from + count) await sleep(5);
    return this.servers.slice(from);
  }

  public async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.lanes);
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}

function open(tier: DataTier, options: Partial<DatabaseOptions> = {}): Database {
  const { primary, replicas, credentials } = tier;
  return createDatabase({ credentials, primary, replicas, maxLagMillis: 5_000, ...options });
}

const READ = 'SELECT name FROM items WHERE id = $1';

async function seed(tier: DataTier): Promise<void> {
  await tier.primary.query('CREATE TABLE items (id int PRIMARY KEY, name text)');
  await tier.primary.query("INSERT INTO items SELECT n, 'item ' || n FROM generate_series(1, 100) AS n");
  await tier.primary.query('GRANT ALL ON items TO app');
  await tier.caughtUp();
}

jest.setTimeout(180_000);

describe('replicas that fail under load', () => {
  let tier: DataTier;
  let database: Database;
  let load: Load | undefined;

  beforeAll(async () => {
    tier = await startDataTier({ cache: false });
    await seed(tier);
  });

  beforeEach(async () => {
    database = open(tier);
    await database.ready();
  });

  afterEach(async () => {
    await load?.stop();
    load = undefined;
    await database.close();
  });

  afterAll(async () => {
    await tier.stop();
  });

  test('kill -9 of a replica, then of the other one: no read fails, and the replicas come back by themselves', async () => {
    const [first, second] = tier.replicas;
    if (first === undefined || second === undefined) throw new Error('the tier has two replicas');
    load = new Load(async () => (await database.read(READ, [1])).server);
    expect(new Set(await load.more(200))).toEqual(new Set(['replica-1', 'replica-2']));
    await first.kill();
    await load.more(50);
    expect(new Set(await load.more(300))).toEqual(new Set(['replica-2']));
    await second.kill();
    await load.more(50);
    expect(new Set(await load.more(300))).toEqual(new Set(['primary']));
    await Promise.all([first.start(), second.start()]);
    await until(() => database.statistics().servers.filter(({ lagMillis }) => lagMillis !== undefined).length === 2);
    await until(async () => !(await load?.more(100))?.includes('primary'));
    expect(load.failures).toEqual([]);
  });

  test('30 s of lag on one replica: it gets no read until it has caught up', async () => {
    const [lagging] = tier.replicas;
    load = new Load(async () => (await database.read(READ, [1], { maxLagMillis: 1_500 })).server, 2);
    await load.more(20);
    await lagging?.applyDelay(30_000);
    const writer = new Load(
      async () => (await database.write('UPDATE items SET name = $1 WHERE id = 2', ['x'])).server,
      1,
    );
    const lag = () => database.statistics().servers.find(({ name }) => name === lagging?.name)?.lagMillis ?? 0;
    await until(() => lag() > 1_500);
    await load.more(5);
    const servers = await load.more(500);
    await writer.stop();
    expect(servers).not.toContain(lagging?.name);
    expect(lag()).toBeGreaterThan(1_500);
    await lagging?.applyDelay(0);
    await until(async () => (await load?.more(20))?.includes(lagging?.name ?? '') ?? false);
    expect(load.failures).toEqual([]);
    expect(writer.failures).toEqual([]);
  });

  test('a replica that answers nothing any more is left out, and what waits for it is answered by another', async () => {
    const [first, second] = tier.replicas;
    if (first === undefined || second === undefined) throw new Error('the tier has two replicas');
    const proxy = await FaultProxy.start(first);
    const routed = open(tier, { replicas: [{ name: 'behind-proxy', host: proxy.host, port: proxy.port }, second] });
    try {
      await routed.ready();
      load = new Load(async () => (await routed.read(READ, [1])).server);
      expect(await load.more(100)).toContain('behind-proxy');
      await proxy.inject({ blackHole: true });
      await until(() =>
        routed.statistics().servers.some(({ name, circuit }) => name === 'behind-proxy' && circuit !== 'closed'),
      );
      await load.more(50);
      expect(await load.more(200)).not.toContain('behind-proxy');
      await proxy.heal();
      await until(async () => (await load?.more(50))?.includes('behind-proxy') ?? false);
      expect(load.failures).toEqual([]);
    } finally {
      await load?.stop();
      proxy.stop();
      await routed.close();
    }
  });

  test('replicas leave and join without a restart', async () => {
    const [first, second] = tier.replicas;
    if (first === undefined || second === undefined) throw new Error('the tier has two replicas');
    load = new Load(async () => (await database.read(READ, [1])).server);
    database.setReplicas([second]);
    await load.more(50);
    expect(new Set(await load.more(100))).toEqual(new Set(['replica-2']));
    database.setReplicas([first, second]);
    await until(async () => new Set(await load?.more(50)).size === 2);
    expect(load.failures).toEqual([]);
  });
});

describe('a primary that fails under load', () => {
  test.each(['kill', 'stop'] as const)(
    '%s: reads go on, writes resume on the promoted replica, and nothing acknowledged is lost',
    async (how) => {
      const tier = await startDataTier({ cache: false, synchronous: true });
      await seed(tier);
      await tier.primary.query('CREATE TABLE journal (id int PRIMARY KEY)');
      await tier.primary.query('GRANT ALL ON journal TO app');
      const database = open(tier);
      await database.ready();
      const acknowledged: number[] = [];
      let next = 0;
      const writers = new Load(async () => {
        const id = next++;
        const { server } = await database.write('INSERT INTO journal VALUES ($1)', [id]);
        acknowledged.push(id);
        return server;
      }, 4);
      const readers = new Load(async () => (await database.read(READ, [1])).server, 4);
      try {
        await writers.more(200);
        const started = performance.now();
        const promoted = await tier.failover(how);
        await until(() => writers.servers.at(-1) === promoted.name);
        const resumed = performance.now() - started;
        await writers.more(200);
        await readers.more(200);
        await Promise.all([writers.stop(), readers.stop()]);
        const rows = await promoted.query<{ id: number }>('SELECT id FROM journal');
        const kept = new Set(rows.map(({ id }) => id));
        expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
        expect(readers.failures).toEqual([]);
        expect(writers.failures.filter((error) => !(error instanceof WriteOutcomeUnknownError))).toEqual([]);
        expect(database.statistics().failovers).toBe(1);
        process.stdout.write(
          `${how} of the primary: writes resumed after ${Math.round(resumed)} ms (promotion included), ${acknowledged.length} acknowledged and kept, ${writers.failures.length} with an unknown outcome\n`,
        );
      } finally {
        await Promise.all([writers.stop(), readers.stop()]);
        await database.close();
        await tier.stop();
      }
    },
  );
});
