import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { takeManifest, validateCopy } from '../../runtime/recovery';
import { ArchivedDatabase, connected } from './archived-database';
import { contentOf } from './client';
import type { Drill, DrillContext, DrillFindings } from './drill';

/** `corrupted-backup`: one byte of a backup differs; whoever validates restores must refuse it. */
export const corruptedBackup: Drill = {
  name: 'corrupted-backup',
  description: 'one byte of a backup is damaged: it restores, and the validation refuses it and says what differs',
  local: damageBackup,
};

const ORDERS = 500;

async function damageBackup({ tell, random }: DrillContext): Promise<DrillFindings> {
  const database = await ArchivedDatabase.start();
  try {
    await database.write(1, ORDERS);
    const manifest = await connected(database.server, (client) => takeManifest(client, { settled: 'all' }));
    const [file] = await database.server.query<{ path: string }>("SELECT pg_relation_filepath('orders') AS path");
    const [sound, damaged] = [await database.backup('sound'), await database.backup('damaged')];
    await database.archived();
    const order = 1 + Math.floor(ORDERS * random());
    damage(path.join(damaged.data, file?.path ?? ''), order);
    tell(`one byte of order ${order} is another one in the backup`);
    const start = Date.now();
    const refused = await connected(await database.restore(damaged), (client) => validateCopy(client, manifest));
    tell(`the validation says: ${refused.differences.join('; ') || 'nothing'}`);
    const accepted = await connected(await database.restore(sound), (client) => validateCopy(client, manifest));
    tell(`of a sound backup it says: ${accepted.differences.join('; ') || 'nothing'}`);
    return {
      recoverySeconds: (Date.now() - start) / 1000,
      dataLossSeconds: 0,
      measured: { difference: refused.differences.join('; '), 'rows verified': accepted.rowsVerified },
      problems: [
        ...(refused.passed ? ['the validation accepted a damaged backup'] : []),
        ...(refused.differences.some((one) => one.includes('public.orders'))
          ? []
          : ['the validation does not name the damaged table']),
        ...accepted.differences.map((one) => `a sound backup was refused: ${one}`),
      ],
    };
  } finally {
    await database.stop();
  }
}

/** Changes one character of an order, where it lies in the file of its table. */
function damage(file: string, order: number): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf(contentOf(order));
  if (at < 0) throw new Error(`order ${order} is not in ${file}`);
  bytes.writeUInt8(bytes.readUInt8(at) === 0x78 ? 0x79 : 0x78, at);
  writeFileSync(file, bytes);
}
