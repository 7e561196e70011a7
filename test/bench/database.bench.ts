import pg from 'pg';
import { createDatabase, type Database } from '../../runtime/database';
import { type DataTier, startDataTier } from '../local';
import { type Benchmark, type BenchRow, median } from './bench';

const CONNECTIONS = 32;
const ROUNDS = 41;
/** Short, and in turns: what else the machine does hits both sides alike. */
const ROUND_MILLIS = 200;
const ROWS = 10_000;
const READ = 'SELECT id, name FROM bench_items WHERE id = $1';
const WRITE = 'UPDATE bench_items SET name = $2 WHERE id = $1';

/** One way to do the same thing. */
interface Contender {
  readonly name: string;
  operation(id: number): Promise<unknown>;
}

/** Operations per second with as many callers as connections. */
async function throughput({ operation }: Contender): Promise<number> {
  let done = 0;
  const started = performance.now();
  const deadline = started + ROUND_MILLIS;
  const caller = async (lane: number) => {
    for (let turn = lane; performance.now() < deadline; turn += CONNECTIONS) {
      await operation((turn % ROWS) + 1);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, lane) => caller(lane)));
  return (done * 1_000) / (performance.now() - started);
}

/** Each round measures both, one after the other in turns, so that the machine's other load hits both alike. */
async function compare(
  name: string,
  ours: Contender,
  peer: Contender,
  goal: BenchRow['goal'],
  progress: (message: string) => void,
): Promise<BenchRow> {
  const figures: [number[], number[]] = [[], []];
  await throughput(peer);
  await throughput(ours);
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    for (const side of order) figures[side === 0 ? 0 : 1].push(await throughput(side === 0 ? ours : peer));
    progress(`${name}: round ${round + 1} of ${ROUNDS}`);
  }
  return {
    name,
    figure: median(figures[0]),
    reference: { name: peer.name, figure: median(figures[1]) },
    unit: 'operations/s',
    runs: ROUNDS,
    ...(goal === undefined ? {} : { goal }),
  };
}

interface Contenders {
  readonly routed: Contender;
  readonly onReplica: Contender;
  readonly written: Contender;
  readonly plain: Contender;
  readonly plainReplica: Contender;
  readonly plainWrite: Contender;
  readonly small: Contender;
  close(): Promise<void>;
}

function open(tier: DataTier): Contenders {
  const { primary, replicas, credentials } = tier;
  const [replica] = replicas;
  const pool = { max: CONNECTIONS };
  const databases: Record<'alone' | 'split', Database> = {
    alone: createDatabase({ credentials, primary, pool }),
    split: createDatabase({ credentials, primary, replicas, pool, maxLagMillis: 60_000 }),
  };
  const plain = new pg.Pool({ ...credentials, host: primary.host, port: primary.port, max: CONNECTIONS });
  const onReplica = new pg.Pool({ ...credentials, host: replica?.host, port: replica?.port, max: CONNECTIONS });
  const small = new pg.Pool({ ...credentials, host: primary.host, port: primary.port, max: 8 });
  return {
    routed: { name: 'router and pool', operation: (id) => databases.alone.read(READ, [id]) },
    onReplica: { name: 'router, one replica', operation: (id) => databases.split.read(READ, [id]) },
    written: { name: 'router', operation: (id) => databases.alone.write(WRITE, [id, 'x']) },
    plain: { name: 'pg pool of 32', operation: (id) => plain.query(READ, [id]) },
    plainReplica: { name: 'pg pool of 32 on the replica', operation: (id) => onReplica.query(READ, [id]) },
    plainWrite: { name: 'pg pool of 32, no token', operation: (id) => plain.query(WRITE, [id, 'x']) },
    small: { name: 'pg pool of 8', operation: (id) => small.query(READ, [id]) },
    close: async () => {
      const closing = [databases.alone.close(), databases.split.close(), plain.end(), onReplica.end(), small.end()];
      await Promise.all(closing);
    },
  };
}

export const databaseBenchmark: Benchmark = {
  name: 'database',
  description: `router and pool beside the plain driver at ${CONNECTIONS} connections, on a real primary and replica`,
  async run(progress) {
    const tier = await startDataTier({ cache: false, replicas: 1 });
    try {
      await tier.primary.query('CREATE TABLE bench_items (id int PRIMARY KEY, name text)');
      await tier.primary.query(`INSERT INTO bench_items SELECT n, 'item ' || n FROM generate_series(1, ${ROWS}) AS n`);
      await tier.primary.query('GRANT ALL ON bench_items TO app');
      await tier.caughtUp();
      const contenders = open(tier);
      const { routed, plain, onReplica, plainReplica, small, written, plainWrite } = contenders;
      const goal = { atLeast: 0.95 };
      const rows = [
        await compare('read through the router', routed, plain, goal, progress),
        await compare('read through the router, from a replica', onReplica, plainReplica, goal, progress),
        // Two round trips against one: the token is asked for after the commit.
        await compare('write with a read token', written, plainWrite, undefined, progress),
        await compare('read with a pool of 8 connections', small, plain, undefined, progress),
      ];
      await contenders.close();
      return rows;
    } finally {
      await tier.stop();
    }
  },
};
