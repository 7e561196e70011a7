import type { StatementCounters } from './read-statements';

/** What one statement did on all servers between two runs. */
export interface StatementWindow {
  readonly id: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly rows: number;
}

/** Counters of one server by key, as they are kept from run to run: calls, milliseconds, rows, since when. */
export type KeptCounters = Readonly<Record<string, readonly [number, number, number, string]>>;

export function keep(counters: readonly StatementCounters[]): KeptCounters {
  return Object.fromEntries(
    counters.map(({ key, calls, totalMs, rows, since }) => [key, [calls, totalMs, rows, since]]),
  );
}

/** One server now and in the last run; absent when it was not asked then. */
interface ServerCounters {
  readonly counters: readonly StatementCounters[];
  readonly before: KeptCounters | undefined;
}

/**
 * What happened since the last run, by statement, over all servers. Counters that began again since then count from
 * zero. A server that was not there before says nothing yet: nobody knows when it counted what it has.
 */
export function windowOf(servers: readonly ServerCounters[]): readonly StatementWindow[] {
  const sums = new Map<string, StatementWindow>();
  for (const { counters, before } of servers) {
    if (before === undefined) continue;
    for (const { key, id, since, ...now } of counters) {
      const last = before[key];
      const [calls, totalMs, rows] = last !== undefined && last[3] === since && last[0] <= now.calls ? last : [0, 0, 0];
      const sum = sums.get(id) ?? { id, calls: 0, totalMs: 0, rows: 0 };
      sums.set(id, {
        id,
        calls: sum.calls + now.calls - calls,
        totalMs: sum.totalMs + now.totalMs - totalMs,
        rows: sum.rows + now.rows - rows,
      });
    }
  }
  return [...sums.values()].filter(({ calls }) => calls > 0).sort((a, b) => b.totalMs - a.totalMs);
}

export const meanMs = ({ totalMs, calls }: StatementWindow): number => totalMs / calls;
