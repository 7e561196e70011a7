import { comparedColumns, type PlanNode, stepsOf } from '../../runtime/insights';
import type { TableRow } from './read-schema';
import type { StatementWindow } from './window';

/** A list and a look-up that ran once for each of its rows. */
export interface Pair {
  readonly list: StatementWindow;
  readonly lookUp: StatementWindow;
}

/** In how many windows in a row each pair matched, by `list>lookUp`. */
export type Matches = Readonly<Record<string, number>>;

const LEAST_CALLS = 50;
/** Rows of each list: below this, running a look-up for each is no waste. */
const LEAST_ROWS = 3;
/** How far look-ups and rows may be apart: a window cuts some lists in two. */
const TOLERANCE = 0.1;
/** One window may match by chance, traffic that changes will not match three times. */
const LEAST_WINDOWS = 3;

const pairKey = ({ list, lookUp }: Pair): string => `${list.id}>${lookUp.id}`;

/**
 * Pairs of this window: a statement that gives one row at most ran as often as another one gave rows. Whether one is
 * run because of the other is for their tables ({@link isRelated}) and the windows before to say.
 */
export function matchingPairs(window: readonly StatementWindow[]): readonly Pair[] {
  const lists = window.filter(({ rows, calls }) => rows >= LEAST_ROWS * calls);
  const lookUps = window.filter(({ rows, calls }) => calls >= LEAST_CALLS && rows > 0 && rows <= calls);
  return lists.flatMap((list) =>
    lookUps.filter(({ calls }) => Math.abs(calls / list.rows - 1) <= TOLERANCE).map((lookUp) => ({ list, lookUp })),
  );
}

/** The count with this window in it. A window in which the look-up hardly ran says nothing either way. */
export function countMatches(before: Matches, pairs: readonly Pair[], window: readonly StatementWindow[]): Matches {
  const busy = new Set(window.filter(({ calls }) => calls >= LEAST_CALLS).map(({ id }) => id));
  const kept = Object.entries(before).filter(([key]) => !busy.has(key.split('>')[1] ?? ''));
  return Object.fromEntries([...kept, ...pairs.map((pair) => [pairKey(pair), (before[pairKey(pair)] ?? 0) + 1])]);
}

export const isPersistent = (matches: Matches, pair: Pair): boolean => (matches[pairKey(pair)] ?? 0) >= LEAST_WINDOWS;

/**
 * Whether the look-up asks for what a row of the list names: it reads one table by equality, and that table is the
 * list's own, or a foreign key or a column called after it (`item_id` for `items.id`) joins the two.
 */
export function isRelated(list: PlanNode, lookUp: PlanNode, tables: readonly TableRow[]): boolean {
  const rootOf = (name: string): string => tables.find((table) => table.name === name)?.parent ?? name;
  const read = new Set(relationsOf(list).map(rootOf));
  const wanted = [...new Set(relationsOf(lookUp).map(rootOf))];
  const [table] = wanted;
  const conditions = stepsOf(lookUp).flatMap((step) => [step['Index Cond'] ?? '', step.Filter ?? '']);
  const keys = conditions.filter((text) => /\$\d/.test(text)).flatMap((text) => comparedColumns(text).equal);
  if (table === undefined || wanted.length > 1 || keys.length === 0) return false;
  if (read.has(table)) return true;
  const row = (name: string): TableRow | undefined => tables.find((one) => one.name === name);
  return [...read].some((name) => {
    const joined = row(table)?.references.includes(name) || row(name)?.references.includes(table);
    return joined || keys.some((key) => row(name)?.columns.includes(`${table.replace(/s$/, '')}_${key}`));
  });
}

function relationsOf(plan: PlanNode): readonly string[] {
  return stepsOf(plan).flatMap(({ 'Relation Name': name }) => (name === undefined ? [] : [name]));
}
