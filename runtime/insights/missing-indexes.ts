import { withoutLiterals } from './literals';
import { comparedColumns, type PlanNode, stepsOf } from './plan';

/** An index that would have saved reading rows only to throw them away. */
export interface IndexSuggestion {
  readonly table: string;
  readonly columns: readonly string[];
  readonly statement: string;
  readonly reason: string;
}

/** An index that is there: of a partitioned table the parent's. */
export interface ExistingIndex {
  readonly table: string;
  /** Columns in order; an expression as PostgreSQL writes it. */
  readonly columns: readonly string[];
}

/** What is known of the tables without running the statement. */
export interface TableFacts {
  readonly rows: number;
  /** Table that this one is a partition of; indexes belong there. @default - it is none */
  readonly parent?: string;
}

/** Below this the table fits into a few pages, and reading all of it is the fastest way. */
const MANY_ROWS = 1_000;
const WASTE = 10;

/**
 * Sequential scans that throw away at least ten rows for each that they keep. A plan that was executed says so itself.
 * For one that was only estimated `tables` says how many rows there are, and only what is compared with = counts: how
 * much `<` keeps of a parameter is a guess.
 */
export function missingIndexes(
  plan: PlanNode,
  tables: ReadonlyMap<string, TableFacts> = new Map(),
): readonly IndexSuggestion[] {
  return stepsOf(plan).flatMap((step) => {
    const { Filter: filter, 'Relation Name': scanned } = step;
    if (step['Node Type'] !== 'Seq Scan' || filter === undefined || scanned === undefined) return [];
    const executed = step['Actual Rows'] !== undefined;
    const { removed, kept } = executed ? counted(step) : estimated(step, tables.get(scanned)?.rows ?? 0);
    if (removed < MANY_ROWS || removed < WASTE * kept) return [];
    const { equal, other } = comparedColumns(filter);
    const columns = executed ? [...equal, ...other.slice(0, 1)] : equal;
    if (columns.length === 0) return [];
    const parent = tables.get(scanned)?.parent;
    const table = parent ?? scanned;
    // PostgreSQL makes no index of a partitioned table concurrently.
    const statement = `CREATE INDEX ${parent === undefined ? 'CONCURRENTLY ' : ''}ON ${table} (${columns.join(', ')})`;
    const [verb, about] = executed ? ['read', ''] : ['reads', 'about '];
    const reason = `${verb} ${about}${removed + kept} rows of ${table} to keep ${kept}: ${withoutLiterals(filter)}`;
    return [{ table, columns, statement, reason }];
  });
}

function counted(step: PlanNode): { removed: number; kept: number } {
  const { 'Actual Loops': loops = 1, 'Actual Rows': rows = 0, 'Rows Removed by Filter': removed = 0 } = step;
  return { removed: removed * loops, kept: rows * loops };
}

function estimated({ 'Plan Rows': kept = 0 }: PlanNode, rows: number): { removed: number; kept: number } {
  return { removed: Math.max(0, rows - kept), kept };
}

/** Whether an index begins with the suggested columns, in any order: then the planner had it and chose not to use it. */
export function isCovered({ table, columns }: IndexSuggestion, indexes: readonly ExistingIndex[]): boolean {
  return indexes.some(
    (index) =>
      index.table === table && columns.every((column) => index.columns.slice(0, columns.length).includes(column)),
  );
}

/** The indexes that are there, as {@link ExistingIndex} with more about each. Partitions are added to their parent. */
export const INDEXES = `
  SELECT root.index::regclass::text AS name, min(root.relation::regclass::text) AS table,
    bool_or(i.indisunique OR i.indisexclusion OR NOT i.indisvalid
      OR EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)) AS needed,
    sum(coalesce(s.idx_scan, 0))::float8 AS scans,
    sum(pg_relation_size(i.indexrelid))::float8 AS bytes,
    sum(greatest(t.reltuples, 0)) FILTER (WHERE t.relkind <> 'p') AS rows,
    ARRAY(
      SELECT pg_get_indexdef(root.index, position, true)
      FROM generate_series(1, i.indnkeyatts) AS position ORDER BY position
    ) AS columns
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_class t ON t.oid = i.indrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
  CROSS JOIN LATERAL (
    SELECT coalesce(pg_partition_root(i.indexrelid), i.indexrelid) AS index,
      coalesce(pg_partition_root(i.indrelid), i.indrelid) AS relation
  ) AS root
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  GROUP BY root.index, i.indnkeyatts`;

/** One row of {@link INDEXES}. */
export interface IndexRow extends ExistingIndex {
  readonly name: string;
  /** It keeps something true, such as a primary key, or is still being made. */
  readonly needed: boolean;
  /** Scans since the statistics began, over all partitions. */
  readonly scans: number;
  readonly bytes: number;
  /** Rows of the table. */
  readonly rows: number;
}
