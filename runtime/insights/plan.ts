/** One step of a plan, as EXPLAIN (FORMAT JSON) gives it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Filter?: string;
  readonly 'Total Cost'?: number;
  readonly 'Plan Rows'?: number;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Every step of a plan, the outermost first. */
export function stepsOf(plan: PlanNode): readonly PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(stepsOf)];
}

/** Comparisons of a condition: `category` or `lower(title)`, and with what. */
const COMPARISON = /(\b[a-z_]\w*\([a-z_]\w*\)|\b[a-z_]\w*)\)?(?:::\w+)? (=|<=?|>=?|@@) /g;

/** Columns, or functions of one, that a condition compares: those with = first, since an index goes on only behind those. */
export function comparedColumns(condition: string): {
  readonly equal: readonly string[];
  readonly other: readonly string[];
} {
  const found = [...condition.matchAll(COMPARISON)].map(([, column = '', operator = '']) => ({ column, operator }));
  const columns = (wanted: (operator: string) => boolean): readonly string[] => [
    ...new Set(found.filter(({ operator }) => wanted(operator)).map(({ column }) => column)),
  ];
  const equal = columns((operator) => operator === '=');
  return { equal, other: columns((operator) => operator !== '=').filter((column) => !equal.includes(column)) };
}
