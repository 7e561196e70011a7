import { readdirSync, readFileSync } from 'node:fs';
import { SEALED_TABLES } from '../../lib/constructs/backup/manifest-writer';
import { DISPOSABLE_TABLES } from '../../lib/stacks/recovery-stack';
import { migrations } from '../../service/migrations';

/** Tables that a restore test compares, each with the reason why a row that is gone is damage. */
const COMPARED: Readonly<Record<string, string>> = {
  accounts: 'balances change, accounts stay',
  api_clients: 'clients are switched off, not deleted',
  cdn_warm_requests: 'one for each month',
  events: 'partitions are detached as they are, and dropped by hand after an export',
  item_features: 'one for each item',
  items: 'the catalogue only grows',
  orders: 'kept for ever, as the law wants it',
  payments: 'a refund is a time in the row',
  preferences: 'written over, not deleted',
  reservations: 'a release is a time in the row',
  schema_migrations: 'history',
  stock: 'one for each item',
};

const ledger = readFileSync('service/migrations/migrate.ts', 'utf8');
const created = [...migrations.map(({ sql }) => sql), ledger].flatMap((text) =>
  [...text.matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)].map(([, name = '']) => name),
);
const named = (tables: readonly string[]): string[] => tables.map((table) => table.replace(/^public\./, ''));

test('somebody has said of every table whether its rows may be gone in a good copy', () => {
  const classified = [...named(DISPOSABLE_TABLES), ...named(SEALED_TABLES), ...Object.keys(COMPARED)];
  expect(classified.sort()).toEqual([...new Set(created)].sort());
});

test('no program deletes rows of a table that is compared', () => {
  const sources = ['service', 'runtime', 'lambda'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
  );
  const deleted = sources.flatMap((text) =>
    [...text.matchAll(/(?:DELETE FROM|TRUNCATE(?: TABLE)?) (\w+)/g)].map(([, name = '']) => name),
  );
  expect(deleted.length).toBeGreaterThan(5);
  expect([...new Set(deleted)].filter((name) => name in COMPARED)).toEqual([]);
});
