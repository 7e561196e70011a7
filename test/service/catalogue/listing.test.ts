import { createDatabase, type Database } from '../../../runtime/database';
import { newEvent } from '../../../runtime/events';
import { cheapestItems, projectItem, rebuildListing } from '../../../service/src/catalogue/listing';
import { refreshPopularity } from '../../../service/src/catalogue/popularity';
import type { DataTier } from '../../local';
import { startServiceData } from '../rig/local-service';

let tier: DataTier;
let database: Database;

beforeAll(async () => {
  tier = await startServiceData({ replicas: 0, cache: false, items: 30, events: 200 });
  database = createDatabase({ credentials: { user: 'app_rw', database: 'app' }, primary: tier.primary });
});

afterAll(async () => {
  await database.close();
  await tier.stop();
});

beforeEach(async () => {
  await tier.primary.query('TRUNCATE catalogue_listing');
});

const changed = (id: number, itemVersion: number, priceCents = 100 * itemVersion) =>
  newEvent({
    type: 'ItemChanged',
    subject: `item-${id}`,
    data: { id, category: 'lamps', title: `Lamp ${id}`, priceCents, itemVersion },
  });

const listed = async () =>
  tier.primary.query(
    'SELECT item_id AS id, price_cents AS price, item_version AS version FROM catalogue_listing ORDER BY 1',
  );

test('shows what the events tell, cheapest first', async () => {
  await Promise.all(
    [changed(1, 2, 300), changed(2, 2, 100), changed(3, 2, 200)].map((event) => projectItem(database, event)),
  );
  expect(await cheapestItems(database, 'lamps', 2)).toEqual([
    { id: 2, title: 'Lamp 2', priceCents: 100 },
    { id: 3, title: 'Lamp 3', priceCents: 200 },
  ]);
});

test('events that are repeated, late and out of order lead to the newest version', async () => {
  const events = [4, 2, 5, 5, 3, 1].map((version) => changed(1, version));
  const took = [];
  for (const event of events) took.push(await projectItem(database, event));
  expect(took).toEqual([true, false, true, false, false, false]);
  expect(await listed()).toEqual([{ id: 1, price: 500, version: 5 }]);
});

test('ten readers of the same hundred events at once end with the newest version of each item', async () => {
  const events = Array.from({ length: 100 }, (_, index) => changed(1 + (index % 5), 1 + Math.floor(index / 5)));
  const readers = Array.from({ length: 10 }, () =>
    events.map((event) => ({ event, at: Math.random() })).sort((a, b) => a.at - b.at),
  );
  await Promise.all(
    readers.map(async (reader) => {
      for (const { event } of reader) await projectItem(database, event);
    }),
  );
  expect(await listed()).toEqual([1, 2, 3, 4, 5].map((id) => ({ id, price: 2000, version: 20 })));
});

test('made anew it shows every item once, forgets those that are gone, and keeps what an event knows better', async () => {
  await projectItem(database, changed(1, 9, 5));
  await projectItem(database, changed(999, 1));
  const { value } = await database.transaction(rebuildListing);
  expect(value).toEqual({ written: 29, removed: 1 });
  const rows = await listed();
  expect(rows).toHaveLength(30);
  expect(rows[0]).toEqual({ id: 1, price: 5, version: 9 });
});

test('an index serves the listing, whatever the number of items', async () => {
  await tier.primary.query(
    "INSERT INTO catalogue_listing SELECT n, 'category ' || n % 10, 'Lamp', n % 977, 1 FROM generate_series(1, 20000) AS n",
  );
  await tier.primary.query('ANALYZE catalogue_listing');
  const plan = await tier.primary.query(
    "EXPLAIN SELECT item_id FROM catalogue_listing WHERE category = 'category 3' ORDER BY price_cents, item_id LIMIT 20",
  );
  expect(JSON.stringify(plan)).toContain('catalogue_listing_price');
  expect(JSON.stringify(plan)).not.toContain('Sort');
});

test('popularity is what visitors did: ten for a purchase, three for a like, one for a view', async () => {
  const points = `
    SELECT i.id, (10 * count(*) FILTER (WHERE kind = 'purchase') + 3 * count(*) FILTER (WHERE kind = 'like')
      + count(*) FILTER (WHERE kind = 'view'))::int AS popularity
    FROM items i LEFT JOIN events e ON e.item_id = i.id AND e.occurred_at > now() - interval '30 days' GROUP BY i.id ORDER BY i.id`;
  await database.transaction((transaction) => refreshPopularity(transaction, 30));
  expect(await tier.primary.query('SELECT id, popularity FROM items ORDER BY id')).toEqual(
    await tier.primary.query(points),
  );
  expect((await database.transaction((transaction) => refreshPopularity(transaction, 30))).value).toEqual({
    changed: 0,
  });
});
