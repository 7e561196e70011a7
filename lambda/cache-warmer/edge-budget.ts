import type { StatementRunner } from '../../runtime/database';

const SPEND = `
  INSERT INTO cdn_warm_requests AS spent (month, requests) VALUES ($1, $2)
  ON CONFLICT (month) DO UPDATE SET requests = spent.requests + excluded.requests
  RETURNING requests`;

/** Adds to the requests that the CDN was asked in the month of `now` (UTC), and returns the sum. */
export function monthlyRequests(
  database: Pick<StatementRunner, 'write'>,
  now: number,
): (requests: number) => Promise<number> {
  // Of a run that goes on past midnight, what is given back must come off the month that was charged.
  const month = new Date(now).toISOString().slice(0, 'yyyy-mm'.length);
  return async (requests) => {
    const { rows } = await database.write<{ requests: number }>(SPEND, [month, requests]);
    return rows[0]?.requests ?? Number.POSITIVE_INFINITY;
  };
}
