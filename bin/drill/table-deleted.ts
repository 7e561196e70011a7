import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeManifest, validateCopy } from '../../runtime/recovery';
import type { PostgresServer } from '../../test/local/postgres-server';
import { ArchivedDatabase, connected } from './archived-database';
import { contentOf } from './client';
import type { Drill, DrillContext, DrillFindings } from './drill';

/** `table-deleted`: somebody drops a table; the database is restored to the moment before. */
export const tableDeleted: Drill = {
  name: 'table-deleted',
  description: 'a table is dropped: the database as it was just before is restored beside it, equal by checksum',
  local: deleteTable,
};

async function deleteTable({ tell, random }: DrillContext): Promise<DrillFindings> {
  const database = await ArchivedDatabase.start();
  try {
    await database.write(1, 500);
    const backup = await database.backup('backup');
    tell('a base backup is there');
    const last = 600 + Math.floor(400 * random());
    await database.write(501, last);
    const manifest = await connected(database.server, (client) => takeManifest(client, { settled: 'all' }));
    await sleep(20);
    const before = await database.now();
    await sleep(20);
    await database.server.query('DROP TABLE orders');
    const droppedAt = Date.now();
    tell(`orders 1 to ${last} are dropped`);
    await database.server.query('CREATE TABLE later (id int)');
    await database.archived();

    const restored = await database.restore(backup, before);
    tell(`restored to ${before}`);
    const verdict = await connected(restored, (client) => validateCopy(client, manifest));
    const recoverySeconds = (Date.now() - droppedAt) / 1000;
    const rows = await restored.query<{ id: string; content: string }>('SELECT id, content FROM orders ORDER BY id');
    const found = checksum(rows.map(({ id, content }) => [Number(id), content]));
    const expected = checksum(Array.from({ length: last }, (_, index) => [index + 1, contentOf(index + 1)]));
    tell(`${rows.length} rows, checksum ${found.slice(0, 12)}…`);
    return {
      recoverySeconds,
      dataLossSeconds: 0,
      measured: { rows: rows.length, expected: last, checksum: found, 'rows verified': verdict.rowsVerified },
      problems: [
        ...verdict.differences,
        ...(found === expected ? [] : [`the rows have the checksum ${found}, what was written has ${expected}`]),
        ...((await exists(restored, 'later')) ? ['the restored database has what came after the moment'] : []),
      ],
    };
  } finally {
    await database.stop();
  }
}

function checksum(rows: readonly (readonly [id: number, content: string])[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}

async function exists(server: PostgresServer, table: string): Promise<boolean> {
  const [row] = await server.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
  return row?.there ?? false;
}
