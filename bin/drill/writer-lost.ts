import { setTimeout as sleep } from 'node:timers/promises';
import { startDataTier } from '../../test/local';
import type { PostgresServer } from '../../test/local/postgres-server';
import { contentOf } from './client';
import type { Drill, DrillContext, DrillFindings } from './drill';

/** `writer-lost`: the writer's host is gone, a reader takes over; Aurora does this by itself. */
export const writerLost: Drill = {
  name: 'writer-lost',
  description: 'the writer is gone: a reader takes over, no acknowledged write is lost',
  local: loseWriter,
};

async function loseWriter({ tell, random }: DrillContext): Promise<DrillFindings> {
  // Aurora acknowledges what four of six copies have; here it is what one replica has.
  const tier = await startDataTier({ replicas: 2, synchronous: true, cache: false });
  try {
    await tier.primary.query('CREATE TABLE orders (id bigint PRIMARY KEY, content text NOT NULL)');
    const acknowledged: number[] = [];
    const writing = writeUntilError(tier.primary, acknowledged);
    await sleep(300 + 500 * random());
    const lostAt = Date.now();
    tell(`the writer is gone after ${acknowledged.length} writes`);
    const writer = await tier.failover('kill');
    await writing;
    await writer.query('INSERT INTO orders VALUES (0, $1)', [contentOf(0)]);
    const recoverySeconds = (Date.now() - lostAt) / 1000;
    tell('a reader takes writes');
    const rows = await writer.query<{ id: string; content: string }>('SELECT id, content FROM orders');
    const held = new Map(rows.map(({ id, content }) => [Number(id), content]));
    const lost = acknowledged.filter((id) => held.get(id) !== contentOf(id)).length;
    return {
      recoverySeconds,
      dataLossSeconds: lost === 0 ? 0 : recoverySeconds,
      measured: { acknowledged: acknowledged.length, lost, rows: rows.length },
      problems: [
        ...(lost === 0 ? [] : [`${lost} acknowledged writes are lost`]),
        ...(acknowledged.length === 0 ? ['nothing was written before the writer was lost'] : []),
      ],
    };
  } finally {
    await tier.stop();
  }
}

async function writeUntilError(server: PostgresServer, acknowledged: number[]): Promise<void> {
  for (let id = 1; ; id++) {
    try {
      await server.query('INSERT INTO orders VALUES ($1, $2)', [id, contentOf(id)]);
      acknowledged.push(id);
    } catch {
      return;
    }
  }
}
