/** One step of a plan, as EXPLAIN (FORMAT JSON) gives it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Filter?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** An index that would have saved reading rows only to throw them away. */
export interface IndexSuggestion {
  readonly statement: string;
  readonly reason: string;
}

/** Below this the table fits into a few pages, and reading all of it is the fastest way. */
const MANY_ROWS = 1_000;
const WASTE = 10;

/** Sequential scans that threw away at least ten rows for each that they kept. */
export function missingIndexes(plan: PlanNode): readonly IndexSuggestion[] {
  const below = (plan.Plans ?? []).flatMap(missingIndexes);
  const { Filter: filter, 'Relation Name': table, 'Actual Loops': loops = 1 } = plan;
  const removed = (plan['Rows Removed by Filter'] ?? 0) * loops;
  const kept = (plan['Actual Rows'] ?? 0) * loops;
  if (plan['Node Type'] !== 'Seq Scan' || filter === undefined || table === undefined) return below;
  if (removed < MANY_ROWS || removed < WASTE * kept) return below;
  const columns = columnsOf(filter);
  if (columns.length === 0) return below;
  const statement = `CREATE INDEX CONCURRENTLY ON ${table} (${columns.join(', ')})`;
  return [{ statement, reason: `read ${removed + kept} rows of ${table} to keep ${kept}: ${filter}` }, ...below];
}

/** Columns that a filter compares: those with = first, because an index can go on only behind an equality. */
function columnsOf(filter: string): readonly string[] {
  const found = [...filter.matchAll(/\(?\b([a-z_][a-z0-9_]*)\)?(?:::\w+)? (=|<=?|>=?|@@) /g)];
  const equal = found.filter(([, , operator]) => operator === '=').map(([, column]) => column ?? '');
  const others = found.filter(([, , operator]) => operator !== '=').map(([, column]) => column ?? '');
  return [...new Set([...equal, ...others.slice(0, 1)])];
}
