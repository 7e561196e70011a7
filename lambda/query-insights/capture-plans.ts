import { classify } from '../../runtime/database/statement-classifier';
import type { PlanNode } from '../../runtime/insights';
import type { MonitorClient } from './read-statements';

/** A plan, and whether the statement was run for it. */
export interface CapturedPlan {
  readonly plan: PlanNode;
  readonly executed: boolean;
}

/** Where plans are asked for. */
export interface PlanServer {
  readonly client: MonitorClient;
  /** Whether it is a replica, which executes nothing that writes. */
  readonly replica: boolean;
}

const TIMEOUT_MS = 2_000;

/**
 * The plan of a statement as `pg_stat_statements` has it, with `$1` for each value; `undefined` when there is none to
 * be had. Only statements that surely read are planned, in a read-only transaction and for two seconds at most. One
 * without values is executed for it, on a replica only; for the others the plan is the generic one (PostgreSQL 16).
 *
 * What PostgreSQL says about a statement that it cannot plan may quote values, and is therefore not kept.
 */
export async function capturePlan(
  { client, replica }: PlanServer,
  text: string,
  before: readonly string[] = [],
): Promise<CapturedPlan | undefined> {
  const sql = plannable(text);
  if (classify(sql).kind !== 'read') return undefined;
  const executed = replica && !/\$\d/.test(sql);
  const options = executed ? 'ANALYZE, TIMING OFF, FORMAT JSON' : 'GENERIC_PLAN, FORMAT JSON';
  await client.query('BEGIN READ ONLY');
  try {
    await client.query(`SET LOCAL statement_timeout = ${TIMEOUT_MS}`);
    for (const statement of before) await client.query(statement);
    const { rows } = await client.query(`EXPLAIN (${options}) ${sql}`);
    const plan = (rows[0] as { 'QUERY PLAN': { Plan: PlanNode }[] } | undefined)?.['QUERY PLAN'][0]?.Plan;
    return plan === undefined ? undefined : { plan, executed };
  } catch {
    return undefined;
  } finally {
    await client.query('ROLLBACK');
  }
}

/** A typed literal became `interval $1`, which is no SQL. */
function plannable(text: string): string {
  return text.replace(/\b(interval|date|time|timestamp|timestamptz)\s+(\$\d+)/gi, '$2::$1');
}

/** Share of the cost that an index must save to be worth its upkeep. */
const WORTH = 0.5;

/**
 * Whether a suggested index would be used and pay, tried out with `hypopg`, which only pretends to make it; `undefined`
 * when the server does not have it or the statement cannot be planned.
 */
export async function hypotheticalSaving(
  server: PlanServer,
  text: string,
  createIndex: string,
): Promise<boolean | undefined> {
  const { rows } = await server.client.query("SELECT FROM pg_extension WHERE extname = 'hypopg'");
  if (rows.length === 0) return undefined;
  // hypopg knows no CONCURRENTLY, and the statement must not be executed: a pretended index cannot answer.
  const index = createIndex.replace('CONCURRENTLY ', '').replaceAll("'", "''");
  const generic = { ...server, replica: false };
  const [without, with_] = [
    await capturePlan(generic, text),
    await capturePlan(generic, text, [`SELECT hypopg_create_index('${index}')`]),
  ];
  await server.client.query('SELECT hypopg_reset()');
  const [now, then] = [without, with_].map((captured) => captured?.plan['Total Cost']);
  return now === undefined || then === undefined ? undefined : then <= (1 - WORTH) * now;
}
