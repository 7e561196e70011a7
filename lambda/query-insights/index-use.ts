import type { IndexRow } from '../../runtime/insights';
import type { Finding } from './finding';

/** What is remembered of an index: since when nothing used it, and what each server had counted by then. */
export interface IndexUse {
  /** ISO 8601. */
  readonly since: string;
  readonly scans: Readonly<Record<string, number>>;
}

export type IndexUses = Readonly<Record<string, IndexUse>>;

/** In a smaller table reading all of it, or another index, often is as fast: that an index rests says nothing yet. */
const LEAST_ROWS = 50_000;
const DAY_MS = 86_400_000;

/**
 * Since when each index is unused. An index counts as used when any server scanned it since the last run, since
 * replicas count for themselves; counters that began again count from zero.
 */
export function indexUses(before: IndexUses, servers: ReadonlyMap<string, readonly IndexRow[]>, at: Date): IndexUses {
  const uses: Record<string, IndexUse> = {};
  for (const [server, rows] of servers) {
    for (const { name, scans } of rows) {
      const use = uses[name] ?? before[name] ?? { since: at.toISOString(), scans: {} };
      const last = before[name]?.scans[server] ?? 0;
      const used = scans > (scans < last ? 0 : last);
      uses[name] = { since: used ? at.toISOString() : use.since, scans: { ...use.scans, [server]: scans } };
    }
  }
  return uses;
}

/** Indexes that nothing used for `days`, and that keep nothing true. */
export function unusedIndexes(rows: readonly IndexRow[], uses: IndexUses, at: Date, days: number): readonly Finding[] {
  return rows.flatMap((index): readonly Finding[] => {
    const since = uses[index.name]?.since ?? at.toISOString();
    const idleDays = (at.getTime() - Date.parse(since)) / DAY_MS;
    if (index.needed || index.rows < LEAST_ROWS || idleDays < days) return [];
    return [
      {
        kind: 'unused_index',
        subject: index.name,
        summary: `no server used ${index.name} of ${index.table} for ${Math.floor(idleDays)} days`,
        evidence: { table: index.table, bytes: index.bytes, since },
        remedy: `DROP INDEX CONCURRENTLY ${index.name}; every write of ${index.table} becomes cheaper`,
      },
    ];
  });
}
