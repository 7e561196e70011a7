import type { StatementRunner } from '../../runtime/database';

/** One request to the CDN, made or to be made. */
export interface PurgeBatch {
  /** Its `CallerReference`: sent again it is the same request. */
  readonly reference: string;
  readonly paths: readonly string[];
  /** The cache tags that it is about, also where a wildcard stands for them. */
  readonly tags: readonly string[];
  /** When the oldest of it was wanted, in ms since the epoch. */
  readonly wantedAt: number;
}

/** How a batch is made of what is wanted. */
export interface BatchRule {
  /** What stands for everything. */
  readonly wildcard: string;
  /** From how many items on the wildcard is sent instead: it counts and costs as one. */
  readonly wildcardFrom: number;
}

interface BatchRow extends Record<string, unknown> {
  readonly reference: string;
  readonly paths: string[];
  readonly tags: string[];
  readonly wanted_at: Date;
}

const WANT = `
  INSERT INTO cdn_purges (item, wanted_at, ripe_at) SELECT item, $2, $3 FROM unnest($1::text[]) AS given (item)`;

const DUE = `
  SELECT least((SELECT min(ripe_at) FROM cdn_purges), (SELECT min(made_at) FROM cdn_purge_batches WHERE sent_at IS NULL))
         AS due_at`;

const UNSENT = `
  SELECT reference, paths, tags, wanted_at FROM cdn_purge_batches WHERE sent_at IS NULL ORDER BY made_at LIMIT 1`;

/** Items leave the one table and enter the other in one statement: a crash loses none and doubles none. */
const MAKE = `
  WITH taken AS (
    DELETE FROM cdn_purges
    WHERE ripe_at <= $2 AND EXISTS (SELECT FROM cdn_purge_turn WHERE holder = $1) RETURNING item, wanted_at
  ), items AS (SELECT item, min(wanted_at) AS wanted_at FROM taken GROUP BY item)
  INSERT INTO cdn_purge_batches (paths, tags, wanted_at, made_at)
  SELECT CASE WHEN count(*) >= $3 THEN ARRAY[$4] ELSE array_agg(item ORDER BY item) END,
         coalesce(array_agg(substr(item, 2) ORDER BY item) FILTER (WHERE item LIKE '#%'), '{}'), min(wanted_at), $2
  FROM items HAVING count(*) > 0
  RETURNING reference, paths, tags, wanted_at`;

/** A request that the CDN calls wrong is made anew with the wildcard, under a reference of its own. */
const REPLACE = `
  UPDATE cdn_purge_batches SET reference = gen_random_uuid(), paths = ARRAY[$2] WHERE reference = $1`;

const SENT = 'UPDATE cdn_purge_batches SET sent_at = $2, invalidation_id = $3 WHERE reference = $1';

const SPENT = `
  SELECT coalesce(sum(cardinality(paths)), 0)::int AS paths FROM cdn_purge_batches
  WHERE sent_at >= date_trunc('month', $1::timestamptz, 'UTC') AND invalidation_id IS NOT NULL`;

const PENDING = `
  SELECT (SELECT count(DISTINCT item) FROM cdn_purges)
       + (SELECT count(*) FROM cdn_purge_batches WHERE sent_at IS NULL) AS pending`;

const TIDY = "DELETE FROM cdn_purge_batches WHERE sent_at < $1::timestamptz - interval '40 days'";

const at = (milliseconds: number): Date => new Date(milliseconds);

/** What the CDN must forget, kept where a crash, a flushed cache or an outage of the CDN cannot lose it. */
export class PurgeStore {
  public constructor(private readonly database: Pick<StatementRunner, 'write'>) {}

  /** Remembers items (`#tag` or `/path`), to be sent from `ripeAt` on, until a request with them was taken by the CDN. */
  public async want(items: readonly string[], wantedAt: number, ripeAt: number): Promise<void> {
    if (items.length > 0) await this.database.write(WANT, [items, at(wantedAt), at(ripeAt)]);
  }

  /** From when on something may be sent, the window aside; `undefined` when nothing waits. */
  public async dueAt(): Promise<number | undefined> {
    const { rows } = await this.database.write<{ due_at: Date | null }>(DUE);
    return rows[0]?.due_at?.getTime();
  }

  /** The request that was made and not taken yet, else a new one of all that is ripe; for who holds the turn. */
  public async nextBatch(holder: string, now: number, rule: BatchRule): Promise<PurgeBatch | undefined> {
    const { rows: unsent } = await this.database.write<BatchRow>(UNSENT);
    if (unsent[0] !== undefined) return toBatch(unsent[0]);
    const { wildcard, wildcardFrom } = rule;
    const { rows } = await this.database.write<BatchRow>(MAKE, [holder, at(now), wildcardFrom, wildcard]);
    return rows[0] && toBatch(rows[0]);
  }

  /** @param invalidationId as the CDN calls it; `undefined` when nothing was sent, because the budget was spent */
  public async sent(reference: string, now: number, invalidationId: string | undefined): Promise<void> {
    await this.database.write(SENT, [reference, at(now), invalidationId ?? null]);
    await this.database.write(TIDY, [at(now)]);
  }

  public async replaceByWildcard(reference: string, wildcard: string): Promise<void> {
    await this.database.write(REPLACE, [reference, wildcard]);
  }

  /** Paths that the CDN has taken in this month (UTC); each is billed. */
  public async spentPaths(now: number): Promise<number> {
    const { rows } = await this.database.write<{ paths: number }>(SPENT, [at(now)]);
    return rows[0]?.paths ?? 0;
  }

  /** Items and requests that wait. */
  public async pending(): Promise<number> {
    const { rows } = await this.database.write<{ pending: string }>(PENDING);
    return Number(rows[0]?.pending ?? 0);
  }
}

function toBatch({ reference, paths, tags, wanted_at }: BatchRow): PurgeBatch {
  return { reference, paths, tags, wantedAt: wanted_at.getTime() };
}
