import type { StatementRunner, Transaction } from '../database';

/** What came of an effect that happens once. */
export interface Once<T> {
  readonly result: T;
  /** Whether it had happened before, and `result` is of that time. */
  readonly repeated: boolean;
}

/** Another worker is at it, or died at it and its lease has not ended: try again later. */
export class LeaseHeldError extends Error {
  public override readonly name = 'LeaseHeldError';

  public constructor(key: string) {
    super(`somebody else works on ${key}`);
  }
}

const TAKE = 'INSERT INTO job_keys (key, done_at) VALUES ($1, now()) ON CONFLICT (key) DO NOTHING';
const KEEP = 'UPDATE job_keys SET result = $2 WHERE key = $1';
const FIND = 'SELECT result, done_at IS NOT NULL AS done FROM job_keys WHERE key = $1';

interface Key extends Record<string, unknown> {
  readonly result: unknown;
  readonly done: boolean;
}

/**
 * An effect in the database that happens exactly once for a key, however often and by however many it is asked for:
 * effect and key commit together or not at all. Whoever comes while another is at it waits for that one's end.
 *
 * @param key of the effect, such as the id of a job; remembered for 30 days
 * @param effect what it resolves with is kept as JSON, for those who ask again
 */
export async function effectOnce<T = undefined>(
  database: Pick<StatementRunner, 'transaction'>,
  key: string,
  effect: (transaction: Transaction) => Promise<T>,
): Promise<Once<T>> {
  const { value } = await database.transaction(async (transaction): Promise<Once<T>> => {
    const { rowCount } = await transaction.query(TAKE, [key]);
    if (rowCount === 0) {
      const { rows } = await transaction.query<Key>(FIND, [key]);
      return { result: resultOf(rows[0]), repeated: true };
    }
    const result = await effect(transaction);
    if (result !== undefined) await transaction.query(KEEP, [key, JSON.stringify(result)]);
    return { result, repeated: false };
  });
  return value;
}

const LEASE = `
  INSERT INTO job_keys (key, leased_until) VALUES ($1, clock_timestamp() + make_interval(secs => $2))
  ON CONFLICT (key) DO UPDATE SET leased_until = excluded.leased_until
  WHERE job_keys.done_at IS NULL AND job_keys.leased_until < clock_timestamp()
  RETURNING leased_until::text`;
const FINISH = `
  UPDATE job_keys SET done_at = now(), result = $2
  WHERE key = $1 AND done_at IS NULL AND leased_until::text = $3`;
const LET_GO =
  'UPDATE job_keys SET leased_until = now() WHERE key = $1 AND done_at IS NULL AND leased_until::text = $2';

/**
 * An effect outside of the database, by at most one at a time and never again once it is known to have happened. A
 * worker that dies between the effect and the note of it leaves the effect to be done again, so hand `key` on to
 * whoever has the effect if they take an idempotency key.
 *
 * @param leaseSeconds longer than the effect ever takes
 * @throws LeaseHeldError while another one holds the lease
 */
export async function leasedOnce<T = undefined>(
  database: Pick<StatementRunner, 'write' | 'read'>,
  key: string,
  leaseSeconds: number,
  effect: () => Promise<T>,
): Promise<Once<T>> {
  const { rows } = await database.write<{ leased_until: string }>(LEASE, [key, leaseSeconds]);
  const lease = rows[0]?.leased_until;
  if (lease === undefined) {
    const found = (await database.read<Key>(FIND, [key], { from: 'primary' })).rows[0];
    if (found?.done === true) return { result: resultOf(found), repeated: true };
    throw new LeaseHeldError(key);
  }
  try {
    const result = await effect();
    await database.write(FINISH, [key, result === undefined ? null : JSON.stringify(result), lease]);
    return { result, repeated: false };
  } catch (error) {
    await database.write(LET_GO, [key, lease]);
    throw error;
  }
}

/** As the effect left it: nothing and `undefined` are the same in JSON. */
function resultOf<T>(key: Key | undefined): T {
  return (key?.result ?? undefined) as T;
}
