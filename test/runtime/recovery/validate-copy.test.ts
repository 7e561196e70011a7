import pg from 'pg';
import {
  type CopyExpectations,
  type Manifest,
  parseManifest,
  takeManifest,
  validateCopy,
} from '../../../runtime/recovery';
import { migrate, migrations } from '../../../service/migrations';
import { type DataTier, startDataTier } from '../../local';

const NOBODY_WRITES = { settled: 'all' } as const;
/** Secrets are in it; the user that only reads may not read it. */
const SEALED = ['public.webhook_subscriptions'];
const FIVE_MINUTES = { settled: { ageSeconds: 300 } } as const;

let tier: DataTier;
let copies = 0;

beforeAll(async () => {
  tier = await startDataTier({
    replicas: 1,
    cache: false,
    settings: { max_replication_slots: '5', wal_level: 'logical' },
  });
  await tier.primary.query('CREATE DATABASE source', [], 'postgres');
  await using(tier.primary.port, 'source', async (client) => {
    await migrate(client, migrations);
    await client.query(`
      INSERT INTO items (category, title, description, price_cents, updated_at)
        SELECT 'c' || n % 7, 'title ' || n, 'text', n, now() - interval '1 hour' FROM generate_series(1, 1000) n;
      INSERT INTO item_features SELECT id, ARRAY[0.1, id]::real[] FROM items;
      CREATE TABLE events_all PARTITION OF events FOR VALUES FROM ('2000-01-01') TO ('2100-01-01');
      INSERT INTO events SELECT gen_random_uuid(), now() - n * interval '1 minute', gen_random_uuid(), n, 'view'
        FROM generate_series(1, 500) n`);
  });
}, 120_000);

afterAll(async () => {
  await tier?.stop();
});

async function using<T>(port: number, database: string, use: (client: pg.Client) => Promise<T>, user = 'postgres') {
  const client = new pg.Client({ host: '127.0.0.1', port, user, database });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const manifestOfSource = (options: Parameters<typeof takeManifest>[1]): Promise<Manifest> =>
  using(tier.primary.port, 'source', (client) => takeManifest(client, { ...options, sealed: SEALED }), 'app_ro');

/** A file-by-file copy of the source, changed by `damage`, and what the validator says of it. */
async function verdictAfter(manifest: Manifest, damage: string, expectations: CopyExpectations = {}) {
  copies += 1;
  const name = `copy_${copies}`;
  await tier.primary.query(`CREATE DATABASE ${name} TEMPLATE source`, [], 'postgres');
  if (damage !== '') await tier.primary.query(damage, [], name);
  return using(tier.primary.port, name, (client) => validateCopy(client, manifest, expectations), 'postgres');
}

test('a copy is equal to its source, and every row of it was looked at', async () => {
  const manifest = await manifestOfSource(NOBODY_WRITES);
  expect(manifest).toMatchObject({ schema: migrations.at(-1)?.id, settledAt: 'all', replicationSlots: [] });
  const verdict = await verdictAfter(parseManifest(JSON.stringify(manifest)), '');
  const sealed = 'table public.webhook_subscriptions is sealed from whoever takes manifests';
  expect(verdict).toMatchObject({ passed: true, differences: [], unverified: [sealed] });
  // Migrations may bring rows of their own.
  expect(verdict.rowsVerified).toBeGreaterThanOrEqual(1000 + 1000 + 500 + migrations.length);
  expect(verdict.rowsVerified).toBe(manifest.tables.reduce((sum, { rows }) => sum + rows, 0));
  expect(verdict.newestChange).toBe(manifest.newestChange);
});

test('a replica gives the same manifest as its primary', async () => {
  await tier.caughtUp();
  const [replica] = tier.replicas;
  const there = await using(
    replica?.port ?? 0,
    'source',
    (client) => takeManifest(client, { ...NOBODY_WRITES, sealed: SEALED }),
    'app_ro',
  );
  const here = await manifestOfSource(NOBODY_WRITES);
  expect(there.tables).toEqual(here.tables);
});

test.each([
  [
    'a changed row',
    "UPDATE items SET title = 'titel 7' WHERE id = 7",
    'table public.items has 1000 rows whose content differs',
  ],
  [
    'a bit in a vector',
    'UPDATE item_features SET vector[1] = 0.10000001 WHERE item_id = 3',
    'table public.item_features has 1000 rows whose content differs',
  ],
  [
    'a NULL-like text',
    "UPDATE items SET description = '' WHERE id = 7",
    'table public.items has 1000 rows whose content differs',
  ],
  ['lost rows', 'DELETE FROM events WHERE item_id > 490', 'table public.events_all has 490 rows instead of 500'],
  ['a missing table', 'DROP TABLE item_features', 'table public.item_features is missing'],
  ['a missing partition', 'DROP TABLE events_all', 'table public.events_all is missing'],
  [
    'another column',
    'ALTER TABLE preferences ADD COLUMN extra text',
    'table public.preferences has the columns visitor_id uuid',
  ],
  [
    'an older schema',
    'DELETE FROM schema_migrations WHERE id = (SELECT max(id) FROM schema_migrations)',
    `the schema is at ${migrations.at(-2)?.id}, the manifest has ${migrations.at(-1)?.id}`,
  ],
])('refuses a copy with %s and says what differs', async (_what, damage, difference) => {
  const verdict = await verdictAfter(await manifestOfSource(NOBODY_WRITES), damage);
  expect(verdict.passed).toBe(false);
  expect(verdict.differences).toContainEqual(expect.stringContaining(difference));
});

test('refuses old data, by the manifest and by what is expected', async () => {
  const manifest = await manifestOfSource(NOBODY_WRITES);
  const old = await verdictAfter(
    manifest,
    `
    UPDATE events SET occurred_at = occurred_at - interval '3 days';
    UPDATE schema_migrations SET applied_at = applied_at - interval '3 days';
    UPDATE items SET updated_at = updated_at - interval '3 days'`,
  );
  expect(old.differences).toContainEqual(
    expect.stringMatching(/^the data is too old: its newest change is \d{4}-.*expected one at/),
  );
  const expected = await verdictAfter(manifest, '', { newestChangeAfter: new Date(Date.now() + 60_000) });
  expect(expected.differences).toEqual([expect.stringContaining('the data is too old')]);
});

test('refuses a copy that keeps log for a reader that is not there', async () => {
  await tier.primary.query("SELECT pg_create_logical_replication_slot('left_over', 'pgoutput')", [], 'source');
  try {
    const verdict = await verdictAfter(await manifestOfSource(NOBODY_WRITES), '');
    expect(verdict.differences).toEqual([
      'replication slot left_over came with the copy and keeps log for nobody: drop it',
    ]);
  } finally {
    await tier.primary.query("SELECT pg_drop_replication_slot('left_over')", [], 'source');
  }
});

describe('with writes between manifest and backup', () => {
  test.each([
    ['new rows', "INSERT INTO items (category, title, description, price_cents) VALUES ('c', 't', 'd', 1)", []],
    [
      'rewritten rows',
      "UPDATE items SET title = 'new', updated_at = now() WHERE id < 4",
      ['table public.items had up to 3 of its rows rewritten since the manifest'],
    ],
    [
      'late events',
      "INSERT INTO events VALUES (gen_random_uuid(), now() - interval '2 hours', gen_random_uuid(), 1, 'like')",
      ['table public.events_all got 1 rows later that say they are older than the manifest'],
    ],
    [
      'other features',
      'UPDATE item_features SET vector = ARRAY[1]::real[] WHERE item_id = 1',
      ['table public.item_features changed, and no column says when its rows did'],
    ],
  ])('passes with %s, and says what could not be compared', async (_what, change, unverified) => {
    const verdict = await verdictAfter(await manifestOfSource(FIVE_MINUTES), change);
    expect(verdict).toMatchObject({ passed: true, differences: [] });
    expect(verdict.unverified.filter((table) => !table.includes('sealed'))).toEqual(unverified);
  });

  test.each([
    [
      'content that changed without a trace',
      "UPDATE items SET title = 'x' WHERE id = 7",
      'table public.items has 1000 settled rows whose content differs',
    ],
    [
      'rows that are gone',
      'DELETE FROM items WHERE id <= 10',
      'table public.items lacks 10 of 1000 settled rows, and only 0 were written since',
    ],
    ['an empty table', 'TRUNCATE item_features', 'table public.item_features is empty instead of 1000 rows'],
  ])('refuses %s', async (_what, damage, difference) => {
    const verdict = await verdictAfter(await manifestOfSource(FIVE_MINUTES), damage);
    expect(verdict.differences).toEqual([difference]);
  });

  test('asks of a table whose rows come and go only that it is there', async () => {
    const manifest = await manifestOfSource(FIVE_MINUTES);
    const disposable = ['public.item_features'];
    expect((await verdictAfter(manifest, 'TRUNCATE item_features', { disposable })).passed).toBe(true);
    expect((await verdictAfter(manifest, 'DROP TABLE item_features', { disposable })).passed).toBe(false);
  });
});

test('refuses a copy of which nothing could be compared', async () => {
  const { tables, ...rest } = await manifestOfSource(NOBODY_WRITES);
  const only = { ...rest, tables: tables.filter(({ table }) => table === 'public.items') };
  const verdict = await verdictAfter(only, '', { disposable: ['public.items'] });
  expect(verdict.differences).toEqual(['not one row could be compared with the manifest']);
});

test('a manifest with a gap is none: a table that cannot be read ends it', async () => {
  await tier.primary.query('CREATE DATABASE closed TEMPLATE source', [], 'postgres');
  await tier.primary.query('REVOKE SELECT ON items FROM app_ro', [], 'closed');
  const taken = using(
    tier.primary.port,
    'closed',
    (client) => takeManifest(client, { ...NOBODY_WRITES, sealed: SEALED }),
    'app_ro',
  );
  await expect(taken).rejects.toMatchObject({ code: '42501' });
});

test.each([
  ['no JSON', '{', 'it is no JSON object'],
  ['another version', '{"version":2}', '`version` must be 1, got 2'],
  ['a missing field', '{"version":1,"takenAt":"2026-11-21T00:00:00Z"}', 'a field is missing or of another type'],
])('fails with %s instead of a manifest', (_what, text, message) => {
  expect(() => parseManifest(text)).toThrow(message);
});
