import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import type { Finding } from '../../../lambda/query-insights/finding';
import type { InsightsReport } from '../../../lambda/query-insights/report';
import { InsightsRig } from './insights-rig';

/** Appears as a value in planted statements, and nowhere else. */
const SECRET = 'hunter2-4111111111111111';

let rig: InsightsRig;
let service: pg.Client;
let replica: pg.Client;
let endpoint: Server;

/** A page of items whose author asked for the features of each item alone: once for the page, and once for each of its items. */
async function page(category: string): Promise<number> {
  const { rows } = await service.query('SELECT id FROM items WHERE category = $1 ORDER BY id LIMIT 12', [category]);
  for (const { id } of rows) await service.query('SELECT vector FROM item_features WHERE item_id = $1', [id]);
  return rows.length;
}

const url = (): string => `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;

async function visit(times: number): Promise<void> {
  for (let visitor = 0; visitor < times; visitor++) await (await fetch(`${url()}/?category=books`)).text();
}

/** What was found of one kind, by subject. */
function found({ findings }: InsightsReport, kind: Finding['kind']): readonly string[] {
  return findings.filter((finding) => finding.kind === kind).map(({ subject }) => subject);
}

/** A session tells its server once a second what it did; or when it is asked to. */
async function flushed(client: pg.Client): Promise<void> {
  await client.query('SELECT pg_stat_force_next_flush()');
  await client.query('SELECT 1');
}

const idOf = ({ statements }: InsightsReport, text: string): string =>
  statements.find((statement) => statement.text.includes(text))?.id ?? `no statement with ${text}`;

beforeAll(async () => {
  rig = await InsightsRig.start(4_000, 8_000);
  service = await rig.connect();
  replica = await rig.connect('replica');
  endpoint = createServer((request, response) => {
    const category = new URL(request.url ?? '', 'http://localhost').searchParams.get('category') ?? '';
    void page(category).then((items) => response.end(`${items}`));
  });
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  await rig.look();
}, 120_000);

afterAll(async () => {
  endpoint.closeAllConnections();
  endpoint.close();
  await Promise.all([service.end(), replica.end()]);
  await rig.tier.stop();
});

test('a slow query is found by its time, on whichever server it ran', async () => {
  for (let run = 0; run < 3; run++) await replica.query(`SELECT pg_sleep(0.12), '${SECRET}'`);
  const report = await rig.look();
  expect(found(report, 'slow_query')).toEqual([idOf(report, 'pg_sleep')]);
  expect(report.findings[0]?.evidence).toMatchObject({ calls: 3, statement: 'select pg_sleep ($1), $2' });
});

test('a missing index is found and named with its table and column, and the plan that wants it', async () => {
  for (let run = 0; run < 5; run++) await replica.query('SELECT id FROM items WHERE title = $1', [SECRET]);
  await flushed(replica);
  const report = await rig.look();
  expect(report.findings).toMatchObject([
    {
      kind: 'missing_index',
      subject: 'items (title)',
      remedy: 'CREATE INDEX CONCURRENTLY ON items (title)',
      evidence: { verified: 'by its plan', sequentialScans: 5 },
    },
  ]);
  expect(found(await rig.look(), 'missing_index')).toEqual([]);
});

test('an index that is missing on a partitioned table is named on the table, not on its partitions', async () => {
  await rig.tier.primary.query('ANALYZE events');
  await rig.tier.caughtUp();
  for (let run = 0; run < 3; run++) await replica.query('SELECT count(*) FROM events WHERE item_id = $1', [7]);
  await flushed(replica);
  const report = await rig.look();
  expect(report.findings.map(({ subject, remedy }) => [subject, remedy])).toEqual([
    ['events (item_id)', 'CREATE INDEX ON events (item_id)'],
  ]);
});

test('an N+1 endpoint is found when it has matched in three windows, not before', async () => {
  const reports: InsightsReport[] = [];
  for (const visits of [20, 31, 12]) {
    await visit(visits);
    reports.push(await rig.look());
  }
  const [first, second, third] = reports as [InsightsReport, InsightsReport, InsightsReport];
  expect([first, second].flatMap(({ findings }) => findings)).toEqual([]);
  expect(third.findings).toMatchObject([
    {
      kind: 'n_plus_one',
      subject: idOf(third, 'from item_features'),
      evidence: { calls: 144, list: 'select id from items where category = $1 order by id limit $2', listCalls: 12 },
    },
  ]);
});

test('a join that asks once is no N+1', async () => {
  const joined = 'SELECT vector FROM items JOIN item_features ON item_id = id WHERE category = $1 LIMIT 12';
  for (const visits of [60, 70, 80]) {
    for (let visitor = 0; visitor < visits; visitor++) await service.query(joined, ['games']);
    expect(found(await rig.look(), 'n_plus_one')).toEqual([]);
  }
});

test('an unused index is found after its time; one that only a replica uses, or that keeps rows unique, is not', async () => {
  await rig.tier.primary.query(`
    CREATE TABLE receipts AS SELECT n AS id, n % 100 AS shop, n % 50 AS buyer FROM generate_series(1, 60000) AS n;
    ALTER TABLE receipts ADD PRIMARY KEY (id);
    CREATE INDEX receipts_shop ON receipts (shop);
    CREATE INDEX receipts_buyer ON receipts (buyer);
    GRANT SELECT ON receipts TO app_rw;
    ANALYZE receipts`);
  await rig.tier.caughtUp();
  await rig.look();
  expect(found(await rig.look({ unusedIndexDays: 30 }, 29), 'unused_index')).toEqual([]);
  await replica.query('SELECT count(*) FROM receipts WHERE buyer = 5');
  await flushed(replica);
  expect(found(await rig.look({ unusedIndexDays: 30 }, 2), 'unused_index')).toEqual(['receipts_shop']);
});

test('a missing partition is found and named', async () => {
  const now = new Date(rig.now);
  const next = `events_${now.getUTCFullYear()}_${String(now.getUTCMonth() + 1).padStart(2, '0')}`;
  await rig.tier.primary.query(`DROP TABLE IF EXISTS ${next}`);
  const report = await rig.look({ partitionMonthsAhead: 1 });
  expect(found(report, 'missing_partition')).toContain(next);
});

test('a long transaction is found on the server that has it', async () => {
  await replica.query('BEGIN; SELECT 1');
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const report = await rig.look({ longTransactionSeconds: 1 });
  await replica.query('ROLLBACK');
  const [transaction] = report.findings.filter(({ kind }) => kind === 'long_transaction');
  expect(transaction?.subject).toMatch(/^replica-1\/\d+$/);
  expect(transaction?.summary).toContain('idle in transaction');
});

test('dead rows that vacuum did not take are found', async () => {
  await rig.tier.primary.query('ALTER TABLE preferences SET (autovacuum_enabled = off)');
  await rig.tier.primary.query(
    "INSERT INTO preferences SELECT gen_random_uuid(), '{}' FROM generate_series(1, 15000); DELETE FROM preferences; SELECT pg_stat_force_next_flush()",
  );
  expect(found(await rig.look(), 'bloat')).toEqual(['preferences']);
});

test('a run that is repeated publishes the same metrics again and looks at nothing', async () => {
  await service.query('SELECT pg_sleep(0.3)');
  await rig.look();
  const published = rig.lines.slice(-rig.linesOfLastLook);
  rig.lines.length = 0;
  await expect(rig.look({}, 0)).rejects.toThrow('this window was looked at before');
  expect(rig.lines).toEqual(published);
  expect(published.join('')).toContain('"db_query_findings":1');
  rig.lines.length = 0;
  await expect(rig.look({}, -1)).rejects.toThrow('this window was looked at before');
  expect(rig.lines).toEqual([]);
  rig.now += 86_400_000;
});

test('of two runs at once one fails and publishes nothing', async () => {
  rig.lines.length = 0;
  const outcomes = await Promise.allSettled([rig.look(), rig.look()]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(new Set(rig.lines.map((line) => JSON.parse(line)._aws.Timestamp)).size).toBe(1);
});

test('no value of any statement is in a report, in what is remembered, or in a metric', () => {
  const everything = [...rig.store.objects.values(), ...rig.lines].join('\n');
  expect(everything).toContain('pg_sleep');
  expect(everything).not.toContain('hunter2');
  expect(everything).not.toContain('4111');
});
