import { createHash } from 'node:crypto';
import pg from 'pg';
import { type Client, contentOf } from './client';
import type { Regions } from './regions';

/** What an observer who knows nothing of the program finds after a move. */
export interface Judgement {
  /** What is wrong, each in one sentence; empty when all is well. */
  readonly problems: readonly string[];
  /** Writes that clients were told of. */
  readonly acknowledged: number;
  /** Those of them that the writer does not have. */
  readonly lost: number;
  /** Rows that only the lost region has. */
  readonly unshipped: number;
  /** From the first lost write to the last, or to the loss of the region when that is later; 0 without one. */
  readonly lossSeconds: number;
  /** From the loss of the region until clients could write again. */
  readonly outageSeconds: number;
  readonly rows: number;
  /** SHA-256 over all rows of the writer, in their order. */
  readonly checksum: string;
}

export interface Expectation {
  /** What may be lost: nothing, or what the lost region had not shipped. */
  readonly loss: 'none' | 'unshipped';
  /** When writes stopped, in milliseconds since the epoch. */
  readonly since: number;
}

/** Compares what clients were told with what the databases hold. `away` must be the writer. */
export async function judge(regions: Regions, client: Client, { loss, since }: Expectation): Promise<Judgement> {
  const rows = await regions.away.query<{ id: string; content: string }>('SELECT id, content FROM orders ORDER BY id');
  const held = new Set(rows.map(({ id }) => Number(id)));
  const told = new Set(client.acknowledged.map(({ id }) => id));
  const homeRows = await regions.home.query<{ id: string }>('SELECT id FROM orders');
  const onlyHome = homeRows.map(({ id }) => Number(id)).filter((id) => !held.has(id));
  const lost = client.acknowledged.filter(({ id }) => !held.has(id));
  const wrong = rows.filter(({ id, content }) => content !== contentOf(Number(id))).length;
  const unasked = [...held].filter((id) => !told.has(id) && !client.unknown.has(id)).length;
  const first = client.acknowledged.find(({ region, at }) => region === 'away' && at >= since);
  const late = lost.filter(({ at }) => at >= (regions.promotedAt ?? first?.at ?? Number.POSITIVE_INFINITY)).length;
  const unexplained = lost.filter(({ id }) => !onlyHome.includes(id)).length;
  const problems = [
    ...((await regions.writer()) === 'away' ? [] : ['the writer is still at home']),
    ...(wrong === 0 ? [] : [`${wrong} rows say something else than was written`]),
    ...(unasked === 0 ? [] : [`${unasked} rows were never written by a client`]),
    ...(loss === 'none' && lost.length > 0 ? [`${lost.length} acknowledged writes are lost`] : []),
    ...(unexplained > 0 ? [`${unexplained} lost writes are not among those that were not shipped`] : []),
    ...(late > 0 ? [`${late} writes were acknowledged by the old writer when there was a new one, and are lost`] : []),
    ...(first === undefined ? ['no client could write again'] : []),
    ...((await takesWrites(regions)) ? ['the old writer still takes writes'] : []),
  ];
  const times = lost.map(({ at }) => at);
  return {
    problems,
    acknowledged: told.size,
    lost: lost.length,
    unshipped: onlyHome.length,
    lossSeconds: times.length === 0 ? 0 : (Math.max(since, ...times) - Math.min(...times)) / 1000,
    outageSeconds: first === undefined ? Number.POSITIVE_INFINITY : (first.at - since) / 1000,
    rows: rows.length,
    checksum: createHash('sha256').update(JSON.stringify(rows)).digest('hex'),
  };
}

/** Whether a client that knows the old writer's address can write there. */
async function takesWrites({ home }: Regions): Promise<boolean> {
  const client = new pg.Client({ connectionString: home.url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('INSERT INTO orders (id, content) VALUES (-1, $1)', ['split']);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
