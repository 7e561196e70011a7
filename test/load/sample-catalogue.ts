import { SAMPLE } from './request-mix';

/** What of a `pg` client, or of a server of the rig, is used. */
interface SqlRunner {
  query(sql: string, params?: unknown[]): Promise<unknown>;
}

const WORDS = ['blue', 'light', 'wooden', 'compact', 'classic', 'modern', 'small', 'strong', 'quiet', 'round'];

/**
 * Fills an empty catalogue with items, their features and the events of the last days: the same on every machine,
 * apart from the times. Made by the server itself, in one statement per table.
 */
export async function fillCatalogue(
  database: SqlRunner,
  { items = SAMPLE.items, events = 50_000 }: { readonly items?: number; readonly events?: number } = {},
): Promise<void> {
  await database.query(
    `INSERT INTO items (category, title, description, price_cents, popularity)
     SELECT ($2::text[])[1 + n % cardinality($2::text[])],
       initcap(($3::text[])[1 + n % 10]) || ' ' || ($3::text[])[1 + (n / 7) % 10] || ' thing ' || n,
       'A ' || ($3::text[])[1 + (n / 3) % 10] || ' thing for every day, number ' || n || '. ' || repeat('It lasts. ', n % 20),
       100 + n * 37 % 20000, n * 7919 % 1000
     FROM generate_series(1, $1::integer) AS n`,
    [items, SAMPLE.categories, WORDS],
  );
  await database.query(
    `INSERT INTO item_features (item_id, vector)
     SELECT id, (SELECT array_agg((hashint4(id * 31 + axis) % 1000) / 1000.0 ORDER BY axis)::real[] FROM generate_series(1, 16) AS axis)
     FROM items`,
  );
  await database.query(
    `INSERT INTO events (id, occurred_at, visitor_id, item_id, kind)
     SELECT gen_random_uuid(), now() - (n % 6000) * interval '1 minute', md5('visitor' || n % 500)::uuid,
       1 + (n::bigint * n) % $2::integer, (ARRAY['view', 'view', 'view', 'like', 'purchase'])[1 + n % 5]
     FROM generate_series(1, $1::integer) AS n
     WHERE now() - (n % 6000) * interval '1 minute' >= date_trunc('month', now(), 'UTC')`,
    [events, items],
  );
  await database.query('ANALYZE items, item_features, events');
}
