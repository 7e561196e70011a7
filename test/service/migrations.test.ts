import pg from 'pg';
import type { StatementRunner } from '../../runtime/database';
import { type Migration, migrate, migrations } from '../../service/migrations';
import { ChangedMigrationError } from '../../service/migrations/migrate';
import { maintainPartitions } from '../../service/src/events/partitions';
import { recentItems } from '../../service/src/events/record-events';
import { rankCategories } from '../../service/src/recommendations/candidates';
import { fillCatalogue } from '../load/sample-catalogue';
import { type DataTier, startDataTier } from '../local';

let tier: DataTier;
const clients: pg.Client[] = [];

/** A connection as superuser to the rig's primary, to a database of the test's own. */
async function connect(database: string, user = 'postgres'): Promise<pg.Client> {
  const client = new pg.Client({ host: tier.primary.host, port: tier.primary.port, user, database });
  await client.connect();
  clients.push(client);
  return client;
}

async function emptyDatabase(name: string): Promise<pg.Client> {
  await tier.primary.query(`CREATE DATABASE ${name}`);
  return connect(name);
}

beforeAll(async () => {
  tier = await startDataTier({ replicas: 0, cache: false });
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end()));
});

afterAll(async () => {
  await tier.stop();
});

const ids = migrations.map(({ id }) => id);

test('of ten starters at once one applies every step and the others find nothing to do', async () => {
  await emptyDatabase('starters');
  const starters = await Promise.all(Array.from({ length: 10 }, () => connect('starters')));
  const applied = await Promise.all(starters.map((client) => migrate(client, migrations)));
  expect(applied.filter((steps) => steps.length > 0)).toEqual([ids]);
});

test('steps run twice change nothing, and a second database on the same server finds the roles there', async () => {
  const first = await emptyDatabase('first');
  const second = await emptyDatabase('second');
  expect([await migrate(first, migrations), await migrate(first, migrations)]).toEqual([ids, []]);
  expect(await migrate(second, migrations)).toEqual(ids);
});

test('a step that fails takes the others of its run with it, and the next run begins anew', async () => {
  const client = await emptyDatabase('failing');
  const broken: Migration = { id: '9999-broken', sql: 'CREATE TABLE half (id integer); SELECT 1 / 0;' };
  await expect(migrate(client, [...migrations, broken])).rejects.toThrow('division by zero');
  const { rows } = await client.query("SELECT to_regclass('items') AS items, to_regclass('half') AS half");
  expect(rows).toEqual([{ items: null, half: null }]);
  expect(await migrate(client, migrations)).toEqual(ids);
});

test('fails when a step that was applied reads differently now, but not for its layout', async () => {
  const client = await emptyDatabase('changed');
  const step: Migration = { id: '0001-a', sql: 'CREATE TABLE a (id integer)' };
  await migrate(client, [step]);
  expect(await migrate(client, [{ ...step, sql: 'CREATE TABLE a\n  (id integer)' }])).toEqual([]);
  await expect(migrate(client, [{ ...step, sql: 'CREATE TABLE a (id bigint)' }])).rejects.toThrow(
    new ChangedMigrationError('0001-a'),
  );
});

test('app_rw reads and writes and cannot change the schema; app_ro only reads, also what later steps make', async () => {
  const owner = await emptyDatabase('roles');
  await migrate(owner, migrations);
  await migrate(owner, [...migrations, { id: '9999-later', sql: 'CREATE TABLE later (id integer)' }]);
  const [writer, reader] = [await connect('roles', 'app_rw'), await connect('roles', 'app_ro')];
  await writer.query('INSERT INTO later VALUES (1)');
  expect((await reader.query('SELECT * FROM later')).rows).toEqual([{ id: 1 }]);
  await expect(writer.query('DROP TABLE later')).rejects.toThrow('must be owner');
  await expect(writer.query('CREATE TABLE mine (id integer)')).rejects.toThrow('permission denied');
  await expect(reader.query('SET transaction_read_only = off; DELETE FROM later')).rejects.toThrow('permission denied');
  expect((await writer.query('SHOW statement_timeout')).rows).toEqual([{ statement_timeout: '5s' }]);
});

test('every index of the events that keeps nothing unique is one that a statement of the service uses', async () => {
  const client = await emptyDatabase('indexes');
  await migrate(client, migrations);
  await maintainPartitions(client, new Date(), plan);
  await fillCatalogue(client, { items: 200, events: 20_000 });
  const plans: unknown[] = [];
  const runner = {
    async read(sql: string, params: unknown[]) {
      plans.push((await client.query(`EXPLAIN (FORMAT JSON) ${sql}`, params)).rows);
      return { rows: [] };
    },
  } as unknown as StatementRunner;
  await recentItems(runner, '00000000-0000-4000-8000-000000000001', 20);
  await rankCategories(runner, ['books'], 60);
  const used = new Set([...JSON.stringify(plans).matchAll(/"Index Name":"([^"]+)"/g)].map(([, name]) => name));
  const { rows } = await client.query(`
    SELECT indexrelid::regclass::text AS name,
      ARRAY(SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = indexrelid) AS parts
    FROM pg_index WHERE indrelid = 'events'::regclass AND NOT indisunique`);
  expect(rows.map(({ name }) => name)).toContain('events_visitor');
  expect(rows.filter(({ parts }) => !parts.some((part: string) => used.has(part)))).toEqual([]);
});

async function monthsOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1",
  );
  return rows.map(({ name }) => name);
}

const plan = { monthsAhead: 2, retentionMonths: 1 };

test('months are created ahead, also over the turn of the year, and running again creates none', async () => {
  const client = await emptyDatabase('ahead');
  await migrate(client, migrations);
  const now = new Date('2026-11-30T23:59:59Z');
  const first = await maintainPartitions(client, now, plan);
  expect(first).toMatchObject({ created: ['events_2026_11', 'events_2026_12', 'events_2027_01'], detached: [] });
  expect(await maintainPartitions(client, now, plan)).toMatchObject({ created: [], detached: [] });
  const insert =
    'INSERT INTO events VALUES (gen_random_uuid(), $1, gen_random_uuid(), 1, $2) RETURNING tableoid::regclass::text';
  expect((await client.query(insert, ['2026-11-30T23:59:59.999Z', 'view'])).rows).toEqual([
    { tableoid: 'events_2026_11' },
  ]);
  expect((await client.query(insert, ['2026-12-01T00:00:00Z', 'view'])).rows).toEqual([{ tableoid: 'events_2026_12' }]);
  await expect(client.query(insert, ['2027-02-01T00:00:00Z', 'view'])).rejects.toThrow('no partition');
});

test('months beyond the retention are detached with their rows, and an interrupted detach is finished', async () => {
  const client = await emptyDatabase('retention');
  await migrate(client, migrations);
  await maintainPartitions(client, new Date('2026-08-15T00:00:00Z'), plan);
  await client.query(
    "INSERT INTO events VALUES (gen_random_uuid(), '2026-08-01T00:00:00Z', gen_random_uuid(), 1, 'view')",
  );
  await client.query("UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'events_2026_09'::regclass");
  const report = await maintainPartitions(client, new Date('2026-11-01T00:00:00Z'), plan);
  expect(report?.detached).toEqual(['events_2026_09', 'events_2026_08']);
  expect(await monthsOf(client)).toEqual(['events_2026_10', 'events_2026_11', 'events_2026_12', 'events_2027_01']);
  expect((await client.query('SELECT count(*)::integer AS kept FROM events_2026_08')).rows).toEqual([{ kept: 1 }]);
});

test('of two maintainers at once one works', async () => {
  const client = await emptyDatabase('maintainers');
  await migrate(client, migrations);
  await client.query('SELECT pg_advisory_lock(4841052030)');
  const other = await connect('maintainers');
  expect(await maintainPartitions(other, new Date(), plan)).toBeUndefined();
});
